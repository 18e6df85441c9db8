package main

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"
)

// newApp is the command line. opened is when the program began: a window is counted from there.
func newApp(opened time.Time, stdin io.Reader, stdout, stderr io.Writer) *cli.App {
	app := &cli.App{
		Name:      "caucus",
		Usage:     "answer mathematics problems before a deadline, by voting over sampled solutions",
		UsageText: "caucus COMMAND [flags] [arguments]\n\ncaucus solve --budget 5s \"What is 3*(17 - 5)/4?\"",
		Reader:    stdin, Writer: stdout, ErrWriter: stderr,
		Metadata:             map[string]any{"opened": opened},
		Version:              fmt.Sprintf("%s %s %s/%s", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH),
		HideHelpCommand:      true,
		EnableBashCompletion: true,
		ExitErrHandler:       func(*cli.Context, error) {}, // run owns the exit code
		OnUsageError:         onUsageError,
		CommandNotFound:      func(c *cli.Context, _ string) { showHelp(c) }, // an argument behind --help is no topic
		Commands: []*cli.Command{
			solveCommand(),
			batchCommand(),
			sweepCommand(),
			replayCommand(),
			compareCommand(),
			simulateCommand(),
			serveCommand(),
			gradeCommand(),
			benchCommand(),
			calibrateCommand(),
			genCommand(),
			modelCommand(),
			versionCommand(),
		},
		Action: runNoCommand,
	}
	for _, command := range app.Commands {
		command.OnUsageError = onUsageError
		command.HideHelpCommand = true // or "help" could be no problem's text, and a misspelt topic would exit with 3
		for _, sub := range command.Subcommands {
			sub.OnUsageError, sub.HideHelpCommand = onUsageError, true
		}
	}
	return app
}

// opened is when the program began.
func opened(c *cli.Context) time.Time { return c.App.Metadata["opened"].(time.Time) }

// runNoCommand is for those who name none of a command's own commands. "help solve" is "solve --help".
func runNoCommand(c *cli.Context) error {
	switch name := c.Args().First(); name {
	case "":
		showHelp(c)
		return nil
	case "help", "h":
		return c.App.RunContext(c.Context, slices.Concat(strings.Fields(c.Command.HelpName), c.Args().Tail(), []string{"--help"}))
	default:
		return usagef("unknown command %q%s; see %s --help", name, nearest(cli.SuggestCommand(c.Command.Subcommands, name)), c.Command.HelpName)
	}
}

// showHelp shows that of the context's command.
func showHelp(c *cli.Context) {
	if c.Command.Name == c.App.Name {
		_ = cli.ShowAppHelp(c) // which cannot fail
		return
	}
	_ = cli.ShowSubcommandHelp(c)
}
