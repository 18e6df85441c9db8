package main

import (
	"fmt"
	"time"

	"github.com/urfave/cli/v2"

	"caucus/budget"
	"caucus/engine/replay"
)

func simulateCommand() *cli.Command {
	return &cli.Command{
		Name:  "simulate",
		Usage: "compare policies on made-up problems, in virtual time",
		Description: "There are easy, medium and hard problems, ones with an attractive wrong answer, and ones beyond the model.\n" +
			"Every policy gets the same samples. The band of 95% is for other problems of the kind; the difference to\n" +
			"the first policy is taken problem by problem. \"sd\" is that of one run's accuracy: over seeds, and over\n" +
			"orders of the problems with the same samples. caucus sweep does the same for real problems.\n" + tableHelp + policyHelp(),
		Flags: append(matrixFlags(allPolicies(), "5s,10s,20s,40s"),
			&cli.IntFlag{Name: "runs", Value: 100, Usage: "play each `N` times"},
			&cli.IntFlag{Name: "problems", Value: 200, Usage: "make up `N` problems"},
			&cli.Float64Flag{Name: "wrong", Value: 1, Usage: "let wrong samples be `F` times as long as right ones"},
			&cli.IntFlag{Name: "samples", Value: 64, Usage: "sample a problem at most `N` times"},
			&cli.IntFlag{Name: "slots", Value: 64, Usage: "run `N` samples at once"},
			stepModelFlag("4 ms and 0.1 ms a sample"),
			&cli.Uint64Flag{Name: "seed", Value: 1, Usage: "`S` decides problems, samples and orders"},
			outFlag(), &cli.BoolFlag{Name: "json", Usage: "write JSON lines instead of a table"},
		),
		Action: runSimulate,
	}
}

// plainStepTime is that of no machine in particular.
var plainStepTime = budget.StepTime{Rows: []float64{1, 64}, Seconds: []float64{0.0041, 0.0104}}

func runSimulate(c *cli.Context) error {
	if err := noArguments(c); err != nil {
		return err
	}
	if err := checkSimulateFlags(c); err != nil {
		return err
	}
	players, windows, err := matrix(c)
	if err != nil {
		return err
	}
	outputs, err := outputsOf(c, len(players))
	if err != nil {
		return err
	}
	p := &replay.Play{
		Source: replay.Mix(c.Int("problems"), c.Uint64("seed"), c.Float64("wrong")), Profile: budget.Profile{StepTime: plainStepTime},
		Slots: c.Int("slots"), Samples: c.Int("samples"), Stream: c.Bool("stream"), Runs: c.Int("runs"), Orders: c.Int("runs"),
		Seed: c.Uint64("seed"),
	}
	if profile, err := stepModel(c); err != nil {
		return err
	} else if profile != nil {
		p.Profile = budget.Profile{StepTime: profile.StepTime}
	}
	start := time.Now()
	cells, err := playMatrix(c, p, players, windows)
	if err != nil {
		return err
	}
	took := time.Since(start).Seconds()
	err = outputs.write(c, swept{title: fmt.Sprintf("%d made-up problems", c.Int("problems")), cells: cells, players: players, orders: true})
	played := (p.Runs + p.Orders) * len(cells)
	say(c.App.ErrWriter, "%d runs in %.1f s, %.0f a second", played, took, float64(played)/took)
	return err
}

func checkSimulateFlags(c *cli.Context) error {
	for flag, most := range map[string]int{"runs": 100_000, "problems": 100_000, "samples": 1 << 16, "slots": 1 << 16} {
		if n := c.Int(flag); n < 1 || n > most {
			return usagef("--%s %d is not between 1 and %d", flag, n, most)
		}
	}
	if c.Int("runs") < 2 || c.Int("problems") < 2 {
		return usagef("one run or one problem has no spread; give at least 2")
	}
	if w := c.Float64("wrong"); !(w > 0 && w <= 100) {
		return usagef("--wrong %v is not above 0 and at most 100", w)
	}
	return nil
}
