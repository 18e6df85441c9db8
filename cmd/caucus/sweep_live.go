package main

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"caucus/budget"
	"caucus/engine/replay"
	"caucus/engine/sampling"
	"caucus/problems"
	"caucus/voting"
)

// live is what the real windows of a cell came to.
type live struct {
	Right   float64 `json:"live_right"` // mean over the runs
	Low     float64 `json:"live_low"`   // of the interval of that mean
	High    float64 `json:"live_high"`
	Seconds float64 `json:"live_seconds"`
	Runs    int     `json:"live_runs"`
	Slow    float64 `json:"live_step_time"` // of a step, in proportion to the recorded one
	AtSpeed float64 `json:"live_replayed"`  // Right as a replay has it with steps as slow
}

// band is the interval.
func (l *live) band() voting.Interval {
	return voting.Interval{Mean: l.Right, Low: l.Low, High: l.High}
}

// spendAll spends the window of every cell in earnest, all in turn before any again, and says how the prediction fared.
func (s *sweep) spendAll(cells []sweptCell, p *replay.Play) error {
	if s.source == nil {
		if err := s.openRecorded(); err != nil {
			return err
		}
	}
	list, n := statementsOf(s.samples.Problems()), s.c.Int("live-runs")
	total := time.Duration(0)
	for i := range cells {
		total += cells[i].Window * time.Duration(n)
	}
	say(s.c.App.ErrWriter, "spending %d windows in earnest, %s in all", n*len(cells), brief(total))
	rights, means := make([][]float64, len(cells)), make([]live, len(cells))
	for run := range n {
		for i := range cells {
			x := &cells[i]
			played, step, err := s.spendOnce(x, list, p, s.run.Seed+uint64(run)+1)
			if err != nil {
				return err
			}
			rights[i] = append(rights[i], played.Right)
			means[i].Seconds += played.Seconds / float64(n)
			means[i].Slow += step / float64(n)
		}
	}
	for i := range cells {
		band, err := voting.OfShares(rights[i], len(list), level)
		if err != nil {
			return err
		}
		l := &means[i]
		l.Right, l.Low, l.High, l.Runs = band.Mean, band.Low, band.High, n
		cells[i].Live = l
	}
	return s.judge(cells, p)
}

// openRecorded opens the source that made the recording.
func (s *sweep) openRecorded() (err error) {
	if err := takeOver(s.c, s.run, slices.Concat(sampleSettings, []string{"model", "slots"})...); err != nil {
		return err
	}
	start := time.Now()
	s.source, err = openSource(s.c)
	s.loading = time.Since(start)
	return err
}

// spendOnce spends one window, with samples that the recording does not have. It opens as long ago as loading the model takes,
// so that this counts here as it does for a program that is started for the window. slow is how long steps took, by the recording's.
func (s *sweep) spendOnce(x *sweptCell, list []problems.Problem, p *replay.Play, seed uint64) (_ replay.Cell, slow float64, _ error) {
	policy, err := budget.ParsePolicy(x.Player.Policy, p.Samples)
	if err != nil {
		return replay.Cell{}, 0, err
	}
	if s.c.Bool("stream") {
		policy = budget.Stream(policy)
	}
	start := time.Now().Add(-s.loading)
	run, err := spend(s.c, s.source, spending{
		window: budget.Window{Start: start, End: start.Add(x.Window)}, list: list, seed: seed, policy: policy,
		weighting: x.Player.Weighting, landedWeight: 1 - p.LandedDiscount,
	})
	if run != nil {
		run.sampler.Close()
		keepProfile(s.c, s.source, run.Profile)
		if run.Interrupted {
			err = errors.Join(err, errInterrupted)
		}
	}
	if err != nil {
		return replay.Cell{}, 0, fmt.Errorf("spend %v with %v: %w", x.Window, x.Player, err)
	}
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
	}
	return replay.CellOf(run.Report, order, func(problem int, text string) bool {
		return isRight(list[problem].Answer, text)
	}), slowness(run.sampler, p.Profile.StepTime), nil
}

// slowness is how long the steps of a sampler took, on average, by what a model of their time says.
func slowness(s *sampling.Sampler, m budget.StepTime) float64 {
	step, made := s.MeanStep()
	if !made {
		return 1
	}
	return step.Time.Seconds() / m.At(step.Rows, step.Context).Seconds()
}

// judge says how well the recording predicted the real windows: as it is, and with their own speed, since a machine may be
// half as fast in one minute as in another.
func (s *sweep) judge(cells []sweptCell, p *replay.Play) error {
	inside, off := fared(cells)
	again := slices.Clone(cells)
	slow := 0.0
	for i := range again {
		x := &again[i]
		as := *p
		as.Profile.StepTime = p.Profile.StepTime.Times(x.Live.Slow)
		slow += x.Live.Slow / float64(len(cells))
		var err error
		if x.Cell, err = as.Window(s.c.Context, x.Player, x.Window); err != nil {
			return err
		}
		x.Live.AtSpeed = x.Right
	}
	insideAgain, offAgain := fared(again)
	say(s.c.App.ErrWriter, "of %d predictions %d lie in the interval of the real windows, which is %.0f points wide on average; "+
		"their times are off by %.1f%% at most", len(cells), inside, 100*meanWidth(cells), 100*off)
	say(s.c.App.ErrWriter, "steps took %.0f%% of their recorded time; with that, %d do, and times are off by %.1f%%", 100*slow,
		insideAgain, 100*offAgain)
	return nil
}

// rounding is how far sums of the same shares may differ by the order in which they were added.
const rounding = 1e-9

// fared is how many cells lie in the interval of their real windows, and how far their time is off at most.
func fared(cells []sweptCell) (inside int, off float64) {
	for i := range cells {
		x := &cells[i]
		if x.Live.Low-rounding <= x.Right && x.Right <= x.Live.High+rounding {
			inside++
		}
		off = max(off, math.Abs(x.Seconds/x.Live.Seconds-1))
	}
	return inside, off
}

// meanWidth is how wide the intervals of real windows are on average: to lie in a wide one means little.
func meanWidth(cells []sweptCell) float64 {
	width := 0.0
	for i := range cells {
		width += (cells[i].Live.High - cells[i].Live.Low) / float64(len(cells))
	}
	return width
}
