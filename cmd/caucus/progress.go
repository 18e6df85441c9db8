package main

import (
	"fmt"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"caucus/budget"
)

// showProgress draws the window as a bar, with the number of samples that have ended, if standard error is a terminal.
// The function that it returns takes the bar away again.
func showProgress(c *cli.Context, w budget.Window, s *sampler) (hide func()) {
	f, ok := c.App.ErrWriter.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return func() {}
	}
	bar := progressbar.NewOptions64(w.End.Sub(w.Start).Milliseconds(),
		progressbar.OptionSetWriter(f), progressbar.OptionSetWidth(30), progressbar.OptionSetElapsedTime(false),
		progressbar.OptionSetPredictTime(false), progressbar.OptionClearOnFinish())
	stop, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for {
			bar.Describe(fmt.Sprintf("%4.1f s left, %d samples", time.Until(w.End).Seconds(), s.ended.Load()))
			_ = bar.Set64(time.Since(w.Start).Milliseconds()) // a bar that cannot be drawn is no reason to stop
			select {
			case <-stop:
				_ = bar.Clear()
				return
			case <-tick.C:
			}
		}
	}()
	return func() {
		close(stop)
		select {
		case <-gone:
		case <-time.After(50 * time.Millisecond): // a stopped terminal must not hold the answer back
		}
	}
}
