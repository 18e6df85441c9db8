// Command caucus answers mathematics problems before a deadline: it samples many solutions from a hybrid Mamba model and
// lets their answers vote.
package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/urfave/cli/v2"
)

// Exit codes beside 0.
const (
	exitFailed   = 1
	exitUsage    = 2
	exitNoAnswer = 3 // the window closed without a vote
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // the first signal lands the samples, a second one ends the process
	os.Exit(run(ctx, os.Args, os.Stdin, os.Stdout, os.Stderr))
}

// run is main without the globals, so that tests can call it.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	err := newApp(time.Now(), stdin, stdout, stderr).RunContext(ctx, args)
	if err == nil {
		return 0
	}
	say(stderr, "%v", err)
	var coded cli.ExitCoder
	if errors.As(err, &coded) {
		return coded.ExitCode()
	}
	return exitFailed
}
