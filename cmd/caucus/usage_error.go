package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// What is said of a command line that cannot be parsed. The parser's own words tell what it did; these tell what to do.

func init() { cli.SuggestDidYouMeanTemplate = "%s" } // the sentence is ours

var (
	flagUnknown  = regexp.MustCompile(`(?s)^flag provided but not defined: -(.*)$`)
	valueRefused = regexp.MustCompile(`^invalid (?:boolean )?value (".*") for (?:flag )?-([\w-]+): `)
	flagName     = regexp.MustCompile(`^[A-Za-z][A-Za-z_-]*$`)
)

// onUsageError keeps a mistyped flag's message on standard error.
func onUsageError(c *cli.Context, err error, _ bool) error {
	said := err.Error()
	if m := flagUnknown.FindStringSubmatch(said); m != nil {
		return usagef("%s; see %s --help", unknownFlag(c.Command, m[1]), c.Command.HelpName)
	}
	if m := valueRefused.FindStringSubmatch(said); m != nil {
		return usagef("--%s: %s is %s", m[2], m[1], refusal(c.Command, m[2], said))
	}
	return usagef("%s; see %s --help", said, c.Command.HelpName)
}

// unknownFlag names the flag that may be meant, or says how text is kept from being one.
func unknownFlag(command *cli.Command, name string) string {
	if !flagName.MatchString(name) {
		return fmt.Sprintf("%q is no flag; put -- before an argument that begins with a minus sign", "-"+name)
	}
	said := "there is no flag -" + name
	if len(name) > 1 {
		said = "there is no flag --" + name
	}
	return said + nearest(cli.SuggestFlag(command.Flags, name, false))
}

// nearest says that of all names one is nearest, unless none is near at all.
func nearest(name string) string {
	if name == "" {
		return ""
	}
	return "; the nearest is " + name
}

// refusal says what a flag's value is not.
func refusal(command *cli.Command, name, said string) string {
	if strings.HasSuffix(said, "value out of range") {
		return "out of range"
	}
	at := slices.IndexFunc(command.Flags, func(f cli.Flag) bool { return slices.Contains(f.Names(), name) })
	switch command.Flags[at].(type) {
	case *cli.DurationFlag:
		return "no time with its unit, such as 5s or 2m"
	case *cli.Uint64Flag:
		return "no whole number from 0 on"
	case *cli.IntSliceFlag:
		return "no list of whole numbers, such as 1,32"
	case *cli.Float64Flag:
		return "no number"
	case *cli.BoolFlag:
		return "neither true nor false"
	}
	return "no whole number"
}
