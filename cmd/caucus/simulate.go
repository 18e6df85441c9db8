package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"caucus/budget"
	"caucus/engine/replay"
	"caucus/voting"
)

func simulateCommand() *cli.Command {
	return &cli.Command{
		Name:      "simulate",
		Usage:     "compare policies in virtual time, on made-up problems or on recorded samples",
		ArgsUsage: "[RECORDING]",
		Description: "RECORDING is what batch --record wrote, best with --policy uniform and a long window, since samples that\n" +
			"were cut off are left out; - is standard input. Without it the problems are made up: easy,\n" +
			"medium and hard ones, ones with an attractive wrong answer, ones beyond the model. Every policy gets the\n" +
			"same samples. The band of 95% is for other problems of the kind; the difference to the first policy is\n" +
			"taken problem by problem. \"sd\" is that of one run's accuracy: over seeds, and over orders of the problems\n" +
			"with the same samples.\n\n" + policyHelp(),
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "policies", Value: strings.Join(policyNames(), ","), DefaultText: "all",
				Usage: "compare `A,B,...`; one can be an expression, \"score: (1-lead) / tokens\""},
			&cli.StringFlag{Name: "weightings", Value: "plain", Usage: "with votes weighed by `W,...`: " + strings.Join(voting.Weightings(), ", ")},
			&cli.StringFlag{Name: "budgets", Value: "5s,10s,20s,40s", Usage: "in windows of `TIME,...`"},
			&cli.IntFlag{Name: "runs", Value: 100, Usage: "play each `N` times"},
			&cli.IntFlag{Name: "problems", Value: 200, Usage: "make up `N` problems"},
			&cli.Float64Flag{Name: "wrong", Value: 1, Usage: "let wrong samples of made-up problems be `F` times as long as right ones"},
			&cli.IntFlag{Name: "samples", Value: 64, Usage: "sample a problem at most `N` times"},
			&cli.IntFlag{Name: "slots", Value: 64, Usage: "run `N` samples at once"},
			&cli.BoolFlag{Name: "stream", Usage: "show the problems one at a time"},
			&cli.StringFlag{Name: "profile", Usage: "take the step time from `FILE`, which calibrate wrote", DefaultText: "4 ms and 0.1 ms a sample"},
			&cli.Uint64Flag{Name: "seed", Value: 1, Usage: "`S` decides problems, samples and orders"},
			&cli.BoolFlag{Name: "json", Usage: "write JSON lines instead of a table"},
		},
		Action: runSimulate,
	}
}

// plainStepTime is that of no machine in particular.
var plainStepTime = budget.StepTime{Rows: []float64{1, 64}, Seconds: []float64{0.0041, 0.0104}}

func runSimulate(c *cli.Context) error {
	players, windows, err := simulateFlags(c)
	if err != nil {
		return err
	}
	s := &simulation{
		stepTime: plainStepTime, slots: c.Int("slots"), samples: c.Int("samples"), stream: c.Bool("stream"),
		runs: c.Int("runs"), seed: c.Uint64("seed"),
	}
	if path := c.String("profile"); path != "" {
		profile, err := readProfile(path)
		if err != nil {
			return err
		}
		if !profile.StepTime.Known() {
			return fmt.Errorf("read the profile %s: it has no step time; caucus calibrate --out measures one", path)
		}
		s.stepTime = profile.StepTime
	}
	if s.source, err = simulateSource(c); err != nil {
		return err
	}
	if len(s.source.IDs()) < 2 {
		return errors.New("the recording has one problem, which has no spread; record two or more")
	}
	if have := s.source.Samples(); have > 0 && have < s.samples {
		say(c.App.ErrWriter, "the recording has %d samples of some problem, so no policy draws more", have)
		s.samples = have
	}
	start := time.Now()
	var rows []simulatedRow
	for _, window := range windows {
		of, err := s.compare(c, players, window)
		if err != nil {
			return err
		}
		rows = append(rows, of...)
	}
	if err := writeSimulated(c, players[0].String(), rows); err != nil {
		return err
	}
	played := 2 * s.runs * len(rows)
	say(c.App.ErrWriter, "%d runs in %.1f s, %.0f a second", played, time.Since(start).Seconds(), float64(played)/time.Since(start).Seconds())
	return nil
}

// simulateFlags checks the flags.
func simulateFlags(c *cli.Context) (players []player, windows []time.Duration, err error) {
	if err := flagsFirst(c); err != nil {
		return nil, nil, err
	}
	for flag, most := range map[string]int{"runs": 100_000, "problems": 100_000, "samples": 1 << 16, "slots": 1 << 16} {
		if n := c.Int(flag); n < 1 || n > most {
			return nil, nil, usagef("--%s %d is not between 1 and %d", flag, n, most)
		}
	}
	if c.Int("runs") < 2 || c.Int("problems") < 2 {
		return nil, nil, usagef("one run or one problem has no spread; give at least 2")
	}
	if w := c.Float64("wrong"); !(w > 0 && w <= 100) {
		return nil, nil, usagef("--wrong %v is not above 0 and at most 100", w)
	}
	for _, policy := range splitPolicies(c.String("policies")) {
		if _, err := budget.ParsePolicy(policy, c.Int("samples")); err != nil {
			return nil, nil, usagef("--policies: %v", err)
		}
		for name := range strings.SplitSeq(c.String("weightings"), ",") {
			weighting, err := voting.ParseWeighting(strings.TrimSpace(name))
			if err != nil {
				return nil, nil, usagef("--weightings: %v", err)
			}
			players = append(players, player{policy, weighting})
		}
	}
	for text := range strings.SplitSeq(c.String("budgets"), ",") {
		d, err := time.ParseDuration(strings.TrimSpace(text))
		if err != nil || d <= 0 {
			return nil, nil, usagef("--budgets: %q is no duration such as 5s", text)
		}
		windows = append(windows, d)
	}
	return players, windows, nil
}

// splitPolicies splits at commas, but not within the brackets of an expression.
func splitPolicies(list string) []string {
	var names []string
	depth, from := 0, 0
	for i, r := range list + "," {
		switch {
		case r == '(' || r == '[':
			depth++
		case r == ')' || r == ']':
			depth--
		case r == ',' && depth <= 0:
			names, from = append(names, strings.TrimSpace(list[from:i])), i+1
		}
	}
	return names
}

func simulateSource(c *cli.Context) (replay.Source, error) {
	switch path := c.Args().First(); {
	case c.NArg() > 1:
		return nil, usagef("simulate takes one recording, got %d arguments", c.NArg())
	case path == "":
		return replay.Mix(c.Int("problems"), c.Uint64("seed"), c.Float64("wrong")), nil
	case path == "-":
		return within(c.Context, "reading standard input", func() (replay.Source, error) {
			return replay.ReadRecording(c.App.Reader)
		})
	default:
		file, err := os.Open(path)
		if err != nil {
			return nil, fmt.Errorf("open the recording: %w", err)
		}
		defer func() { _ = file.Close() }() // nothing was written: closing cannot lose data
		return replay.ReadRecording(file)
	}
}
