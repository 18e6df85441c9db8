package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"caucus/budget"
	"caucus/engine/replay"
	"caucus/voting"
)

func replayCommand() *cli.Command {
	return &cli.Command{
		Name:      "replay",
		Usage:     "play recorded samples in another window, by another policy, or on another machine",
		ArgsUsage: "LEDGER",
		Description: "LEDGER is what batch --ledger or sweep --ledger wrote. What is not set is as it was when that was written. The\n" +
			"window passes in virtual time, " + fmt.Sprint(replayRuns) + " times with the samples and problems in other orders, and the line shows the\n" +
			"mean. --step-model plans for another machine or model.\n" + tableHelp + policyHelp(),
		Flags: []cli.Flag{
			&cli.DurationFlag{Name: "budget", Usage: "answer within `TIME`", DefaultText: "the recorded window's"},
			&cli.StringFlag{Name: "policy", Usage: "give slots to problems by `POLICY`", DefaultText: "the recorded one"},
			&cli.StringFlag{Name: "weighting", Value: "plain", Usage: "weigh votes by `W`: " + strings.Join(voting.Weightings(), ", ")},
			&cli.IntFlag{Name: "samples", Usage: "sample a problem at most `N` times", DefaultText: "as recorded"},
			&cli.IntFlag{Name: "slots", Usage: "run `N` samples at once", DefaultText: "as recorded"},
			&cli.BoolFlag{Name: "stream", Usage: "show the problems one at a time"},
			stepModelFlag("the recorded one"),
			&cli.Uint64Flag{Name: "seed", Value: 1, Usage: "`S` decides the orders"},
			&cli.BoolFlag{Name: "json", Usage: "write JSON lines instead of a table"},
		},
		Action: runReplay,
	}
}

// replayRuns is how often a window is played.
const replayRuns = 100

func runReplay(c *cli.Context) error {
	if err := flagsFirst(c); err != nil {
		return err
	}
	if c.NArg() != 1 {
		return usagef("replay takes one ledger, got %s", counted(c.NArg(), "argument"))
	}
	r, err := openRecording(c, c.Args().First(), nil)
	if err != nil {
		return err
	}
	if err := takeOver(c, r.run, "policy", "samples", "weighting", "stream"); err != nil {
		return err
	}
	player, window, err := replayed(c, r.window)
	if err != nil {
		return err
	}
	p, err := r.playOf(c)
	if err != nil {
		return err
	}
	p.Runs = replayRuns
	cells, err := playMatrix(c, p, []replay.Player{player}, []time.Duration{window})
	if err != nil {
		return err
	}
	return writeReplay(c, cells[0])
}

// replayed is what to play.
func replayed(c *cli.Context, recorded time.Duration) (player replay.Player, window time.Duration, err error) {
	if window = c.Duration("budget"); !c.IsSet("budget") {
		window = recorded
	}
	if window <= 0 {
		return player, 0, usagef("--budget %v is no time at all; give it a duration such as 5s", window)
	}
	for _, name := range []string{"samples", "slots"} {
		if n := c.Int(name); c.IsSet(name) && n < 1 {
			return player, 0, usagef("--%s %d is not 1 or more", name, n)
		}
	}
	player.Policy = c.String("policy")
	if _, err := budget.ParsePolicy(player.Policy, 1); err != nil {
		return player, 0, usagef("--policy: %v", err)
	}
	if player.Weighting, err = voting.ParseWeighting(c.String("weighting")); err != nil {
		return player, 0, usagef("--weighting: %v", err)
	}
	return player, window, nil
}

// writeReplay writes what was predicted.
func writeReplay(c *cli.Context, x sweptCell) error {
	s := swept{players: []replay.Player{x.Player}, cells: []sweptCell{x}}
	if c.Bool("json") {
		return s.writeJSONLines(c.App.Writer)
	}
	columns, rows := s.cellTable()
	return table(c.App.Writer, columns, rows)
}
