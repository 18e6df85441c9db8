package main

import (
	"io"
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
		HideVersion:          true,
		HideHelpCommand:      true,
		EnableBashCompletion: true,
		ExitErrHandler:       func(*cli.Context, error) {}, // run owns the exit code
		OnUsageError:         onUsageError,
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
		Action: func(c *cli.Context) error {
			if name := c.Args().First(); name != "" && name != "help" {
				return usagef("unknown command %q; see caucus --help", name)
			}
			return cli.ShowAppHelp(c)
		},
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
