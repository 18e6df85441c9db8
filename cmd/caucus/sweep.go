package main

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"caucus/engine/replay"
)

func sweepCommand() *cli.Command {
	return &cli.Command{
		Name:      "sweep",
		Usage:     "draw accuracy against time, from one recording",
		ArgsUsage: "[FILE]",
		Description: "FILE is a ledger (batch --ledger, or an earlier sweep's) or a problem file, whose samples are recorded first:\n" +
			"--samples of every problem, and what some of them answer when they are landed. Without it there are\n" +
			"examples, or the problems of --ledger. Then every policy is played in every window, in virtual time, on the same\n" +
			"samples. --live spends the windows in earnest, too, and compares. Problems without a reference answer are left out.\n" +
			tableHelp + policyHelp(),
		Flags: slices.Concat(matrixFlags("uniform,voi", "1s,2s,5s,10s,30s"), sourceFlags(), samplingFlags(), problemFlags(), []cli.Flag{
			&cli.StringFlag{Name: "ledger", Usage: "keep the recording in `FILE`, and go on with what it holds"},
			&cli.IntFlag{Name: "runs", Usage: "play each `N` times", DefaultText: "as often as 10000 problems take, 10 to 100 times"},
			stepModelFlag("the recording's own"),
			&cli.BoolFlag{Name: "live", Usage: "spend each window in earnest, too"},
			&cli.IntFlag{Name: "live-runs", Value: 5, Usage: "... `N` times"},
			&cli.StringFlag{Name: "title", Usage: "write `TEXT` above the figures", DefaultText: "the file and the model"},
			outFlag(), &cli.BoolFlag{Name: "json", Usage: "write JSON lines instead of tables"},
		}),
		Action: runSweep,
	}
}

func runSweep(c *cli.Context) error {
	s, err := newSweep(c)
	if err != nil {
		return err
	}
	outputs, err := outputsOf(c, len(s.players))
	if err != nil {
		return err
	}
	defer s.forget()
	if err := s.record(); err != nil {
		return err
	}
	if s.recordedRun, err = openRecording(c, s.path, s.wanted()); err != nil {
		return err
	}
	play, err := s.playOf(c)
	if err != nil {
		return err
	}
	if play.Runs = c.Int("runs"); play.Runs == 0 {
		play.Runs = min(max(10_000/len(s.samples.IDs()), 10), 100)
	}
	cells, err := playMatrix(c, play, s.players, s.windows)
	if err != nil {
		return err
	}
	least, _ := s.sizes()
	estimates, err := estimatesOf(s.samples, least, c.Uint64("seed"))
	if err != nil {
		return err
	}
	var failed error
	if c.Bool("live") {
		failed = s.spendAll(cells, play)
	}
	err = outputs.write(c, swept{title: s.title(), notes: s.notes(play), players: s.players, cells: cells, estimates: estimates})
	return errors.Join(failed, err)
}

// A sweep is what the command knows while it works.
type sweep struct {
	c       *cli.Context
	players []replay.Player
	windows []time.Duration
	file    string // the argument

	path      string          // of the ledger
	ids       map[string]bool // of the problems; nil for all that the ledger has
	temporary bool
	source    source        // nil until it is needed
	loading   time.Duration // that opening the source takes, from the program's start where that is known
	recordedRun
}

func newSweep(c *cli.Context) (*sweep, error) {
	if err := errors.Join(flagsFirst(c), checkSamplingFlags(c)); err != nil {
		return nil, err
	}
	if c.NArg() > 1 {
		return nil, usagef("sweep takes one ledger or problem file, got %s", counted(c.NArg(), "argument"))
	}
	for flag, most := range map[string]int{"runs": 100_000, "live-runs": 1000} {
		if n := c.Int(flag); c.IsSet(flag) && (n < 2 || n > most) {
			return nil, usagef("--%s %d is not between 2 and %d", flag, n, most)
		}
	}
	s := &sweep{c: c, file: c.Args().First()}
	var err error
	s.players, s.windows, err = matrix(c)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// wanted tells which of the ledger's problems are asked for.
func (s *sweep) wanted() func(id string) bool {
	if s.ids == nil {
		return nil
	}
	return func(id string) bool { return s.ids[id] }
}

func (s *sweep) title() string {
	if s.c.IsSet("title") {
		return s.c.String("title")
	}
	file := s.file
	if file == "" {
		file = "examples"
	}
	return fmt.Sprintf("%s, %s", file, s.run.Model)
}

// notes are what a reader of the report must know.
func (s *sweep) notes(p *replay.Play) []string {
	least, most := s.sizes()
	recorded := fmt.Sprintf("Recorded with %s (%.12s) on %s: %d problems, %d to %d samples of each, seed %d.", s.run.Model, s.run.Fingerprint,
		s.session.Machine, len(s.samples.IDs()), least, most, s.run.Seed)
	played := fmt.Sprintf("Played %d times with %d slots and at most %d samples a problem, in virtual time", p.Runs, p.Slots, p.Samples)
	if path := s.c.String("step-model"); path != "" {
		played += ", with the step times of " + path
	}
	return []string{recorded, played + ".", "Bands are 95% intervals of a bootstrap over problems; differences are paired by problem."}
}
