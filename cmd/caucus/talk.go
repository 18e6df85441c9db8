package main

// How caucus talks to people. Results go to standard output, as a table or, with --json, as JSON. Everything else goes to
// standard error, each line with "caucus: " before it: no capital letter, no full stop, and an error ends with what to
// do next. Flags stand before arguments; a flag behind an argument is an error, because the parser would take it as data.

import (
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"
)

// say writes one line for the person at the terminal.
func say(w io.Writer, format string, args ...any) {
	fmt.Fprintf(w, "caucus: %s\n", fmt.Sprintf(format, args...))
}

// usagef is an error in the words of the command line.
func usagef(format string, args ...any) error {
	return cli.Exit(fmt.Sprintf(format, args...), exitUsage)
}

// noArguments refuses anything that stands after the flags.
func noArguments(c *cli.Context) error {
	if c.NArg() > 0 {
		return usagef("%s takes no arguments, got %q; see %s --help", c.Command.Name, c.Args().First(), c.Command.HelpName)
	}
	return nil
}

// flagsFirst refuses a flag that stands after an argument.
func flagsFirst(c *cli.Context) error {
	for _, arg := range c.Args().Tail() {
		if strings.HasPrefix(arg, "-") {
			return usagef("put flag %s before the argument %q", arg, c.Args().First())
		}
	}
	return nil
}
