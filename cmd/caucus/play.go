package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"caucus/budget"
	"caucus/engine/replay"
	"caucus/voting"
)

// How simulate, sweep and replay play windows in virtual time.

// stepModelFlag names a machine.
func stepModelFlag(otherwise string) cli.Flag {
	return &cli.StringFlag{Name: "step-model", Usage: "take the time of a step from `FILE`, which calibrate --out wrote", DefaultText: otherwise}
}

// matrixFlags are the players and the windows to play.
func matrixFlags(policies, budgets string) []cli.Flag {
	shown := ""
	if policies == allPolicies() {
		shown = "all"
	}
	return []cli.Flag{
		&cli.StringFlag{Name: "policies", Value: policies, DefaultText: shown,
			Usage: "compare `A,B,...`; one can be an expression, \"score: (1-lead) / tokens\""},
		&cli.StringFlag{Name: "weightings", Value: "plain", Usage: "with votes weighed by `W,...`: " + strings.Join(voting.Weightings(), ", ")},
		&cli.StringFlag{Name: "budgets", Value: budgets, Usage: "in windows of `TIME,...`"},
		&cli.BoolFlag{Name: "stream", Usage: "show the problems one at a time"},
	}
}

// tableHelp tells what columns of the table are.
const tableHelp = "In the table, silent is the share of problems without any vote, landed that of samples which had to answer when\n" +
	"the window closed, and busy that of slots in use.\n\n"

// allPolicies lists all of them for --policies.
func allPolicies() string { return strings.Join(policyNames(), ",") }

// matrix reads matrixFlags. What is named twice is played once.
func matrix(c *cli.Context) (players []replay.Player, windows []time.Duration, err error) {
	for _, policy := range splitPolicies(c.String("policies")) {
		if policy == "" {
			return nil, nil, usagef("--policies %q has an empty place; there are %s", c.String("policies"), strings.Join(policyNames(), ", "))
		}
		if _, err := budget.ParsePolicy(policy, 1); err != nil {
			return nil, nil, usagef("--policies: %v", err)
		}
		for name := range strings.SplitSeq(c.String("weightings"), ",") {
			weighting, err := voting.ParseWeighting(strings.TrimSpace(name))
			if err != nil {
				return nil, nil, usagef("--weightings: %v", err)
			}
			if player := (replay.Player{Policy: policy, Weighting: weighting}); !slices.Contains(players, player) {
				players = append(players, player)
			}
		}
	}
	for text := range strings.SplitSeq(c.String("budgets"), ",") {
		d, err := time.ParseDuration(strings.TrimSpace(text))
		if err != nil || d <= 0 {
			return nil, nil, usagef("--budgets: %q is no duration such as 5s", text)
		}
		windows = append(windows, d)
	}
	slices.Sort(windows)
	return players, slices.Compact(windows), nil
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

// stepModel reads the file of --step-model; nil without one.
func stepModel(c *cli.Context) (*budget.Profile, error) {
	path := c.String("step-model")
	if path == "" {
		return nil, nil
	}
	profile, err := readProfile(path)
	if err != nil {
		return nil, fmt.Errorf("--step-model: %w", err)
	}
	if !profile.StepTime.Known() {
		return nil, fmt.Errorf("--step-model: read the profile %s: it has no step time; caucus calibrate --out measures one", path)
	}
	return profile, nil
}

// level is that of the bands.
const level = 0.95

// A sweptCell is what came of a player in a window, with its bands.
type sweptCell struct {
	replay.Cell
	Player replay.Player
	Window time.Duration
	Band   voting.Interval // of Right, over problems
	Gain   voting.Interval // over the first player, problem by problem
	Live   *live           // what real windows came to; nil if there were none
}

// playMatrix lets all play in all windows, a window after the other.
func playMatrix(c *cli.Context, p *replay.Play, players []replay.Player, windows []time.Duration) ([]sweptCell, error) {
	bar, _ := newBar(c, int64(len(players)*len(windows)))
	defer bar.Clear() //nolint:errcheck // what cannot be drawn need not be cleared
	var cells []sweptCell
	for _, window := range windows {
		for _, player := range players {
			bar.Describe(fmt.Sprintf("%v in %v", player, window))
			_ = bar.Add(1)
			played, err := p.Window(c.Context, player, window)
			if err != nil {
				if c.Err() != nil {
					err = fmt.Errorf("play %v in %v: %w", player, window, errInterrupted)
				}
				return nil, err
			}
			cells = append(cells, sweptCell{Cell: played, Player: player, Window: window})
		}
	}
	return cells, measure(cells, len(players), p.Seed)
}

// measure adds the bands, where so many cells are those of one window.
func measure(cells []sweptCell, players int, seed uint64) (err error) {
	for i := range cells {
		x, first := &cells[i], &cells[i-i%players]
		if x.Band, err = voting.Bootstrap(x.OfProblems, level, seed); err != nil {
			return err
		}
		if x.Gain, err = voting.PairedDifference(x.OfProblems, first.OfProblems, level, seed); err != nil {
			return err
		}
	}
	return nil
}
