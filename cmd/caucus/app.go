package main

import (
	"io"

	"github.com/urfave/cli/v2"
)

func newApp(stdin io.Reader, stdout, stderr io.Writer) *cli.App {
	app := &cli.App{
		Name:      "caucus",
		Usage:     "answer mathematics problems before a deadline, by voting over sampled solutions",
		UsageText: "caucus COMMAND [flags] [arguments]\n\ncaucus solve --budget 5s \"What is 3*(17 - 5)/4?\"",
		Reader:    stdin, Writer: stdout, ErrWriter: stderr,
		HideVersion:          true,
		EnableBashCompletion: true,
		ExitErrHandler:       func(*cli.Context, error) {}, // run owns the exit code
		Commands: []*cli.Command{
			genCommand(),
		},
		Action: func(c *cli.Context) error {
			if c.NArg() > 0 {
				return usagef("unknown command %q; see caucus --help", c.Args().First())
			}
			return cli.ShowAppHelp(c)
		},
		OnUsageError: onUsageError,
	}
	for _, command := range app.Commands {
		command.OnUsageError = onUsageError
		for _, sub := range command.Subcommands {
			sub.OnUsageError = onUsageError
		}
	}
	return app
}
