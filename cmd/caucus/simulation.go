package main

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"time"

	"github.com/sourcegraph/conc/pool"
	"github.com/urfave/cli/v2"
	"gonum.org/v1/gonum/stat"

	"caucus/budget"
	"caucus/engine/replay"
	"caucus/voting"
)

// A simulation plays policies on one source.
type simulation struct {
	source   replay.Source
	stepTime budget.StepTime
	slots    int
	samples  int // of a problem, at most
	stream   bool
	runs     int
	seed     uint64
}

// A player is a policy with a way to weigh votes.
type player struct {
	policy    string
	weighting voting.Weighting
}

func (p player) String() string {
	if p.weighting == (voting.Weighting{}) {
		return p.policy
	}
	return p.policy + ", " + p.weighting.String()
}

// simulatedRow is what came of one policy in one window.
type simulatedRow struct {
	Window     float64   `json:"window_seconds"`
	Policy     string    `json:"policy"`
	Right      float64   `json:"right"` // share of the problems
	Low        float64   `json:"right_low"`
	High       float64   `json:"right_high"`
	Gain       float64   `json:"gain"` // over the first policy
	GainLow    float64   `json:"gain_low"`
	GainHigh   float64   `json:"gain_high"`
	SeedsSD    float64   `json:"sd_over_seeds"`
	OrdersSD   float64   `json:"sd_over_orders"`
	Silent     float64   `json:"no_answer"` // share of the problems
	Samples    float64   `json:"samples_a_problem"`
	Landed     float64   `json:"landed"` // share of those
	Occupancy  float64   `json:"occupancy"`
	Seconds    float64   `json:"seconds"`
	OfProblems []float64 `json:"-"` // share of the runs that answered each rightly
}

// level is that of the bands.
const level = 0.95

// compare lets all play in one window.
func (s *simulation) compare(c *cli.Context, players []player, window time.Duration) ([]simulatedRow, error) {
	var rows []simulatedRow
	for _, p := range players {
		row, err := s.play(c, p, window)
		if err != nil {
			return nil, err
		}
		band, err := voting.Bootstrap(row.OfProblems, level, s.seed)
		if err != nil {
			return nil, err
		}
		row.Right, row.Low, row.High = band.Mean, band.Low, band.High
		if len(rows) > 0 {
			gain, err := voting.PairedDifference(row.OfProblems, rows[0].OfProblems, level, s.seed)
			if err != nil {
				return nil, err
			}
			row.Gain, row.GainLow, row.GainHigh = gain.Mean, gain.Low, gain.High
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// play plays with one of them: runs with seeds of their own, and as many that differ only in the order of the problems.
func (s *simulation) play(c *cli.Context, p player, window time.Duration) (simulatedRow, error) {
	row := simulatedRow{Window: window.Seconds(), Policy: p.String(), OfProblems: make([]float64, len(s.source.IDs()))}
	runs := make([]simulatedRow, 2*s.runs)
	workers := pool.New().WithMaxGoroutines(runtime.GOMAXPROCS(0)).WithContext(c.Context).WithCancelOnError().WithFirstError()
	for i := range runs {
		workers.Go(func(ctx context.Context) error {
			if ctx.Err() != nil {
				return errInterrupted // conc still runs what was queued
			}
			order, samples := s.seed+uint64(i), s.seed
			if i < s.runs {
				samples = order
			}
			var err error
			runs[i], err = s.once(p, window, order, samples)
			return err
		})
	}
	if err := workers.Wait(); err != nil {
		return row, fmt.Errorf("simulate %v in %v: %w", p, window, err)
	}
	var seeds, orders []float64
	for i, run := range runs {
		if i >= s.runs {
			orders = append(orders, run.Right)
			continue
		}
		seeds = append(seeds, run.Right)
		row.add(run, 1/float64(s.runs))
	}
	row.SeedsSD, row.OrdersSD = stat.StdDev(seeds, nil), stat.StdDev(orders, nil)
	return row, nil
}

// add adds a run to the means of all.
func (r *simulatedRow) add(run simulatedRow, part float64) {
	for p, right := range run.OfProblems {
		r.OfProblems[p] += part * right
	}
	r.Silent += part * run.Silent
	r.Samples += part * run.Samples
	r.Landed += part * run.Landed
	r.Occupancy += part * run.Occupancy
	r.Seconds += part * run.Seconds
}

// once is one run.
func (s *simulation) once(p player, window time.Duration, orderSeed, sampleSeed uint64) (simulatedRow, error) {
	policy, err := budget.ParsePolicy(p.policy, s.samples)
	if err != nil {
		return simulatedRow{}, err
	}
	if s.stream {
		policy = budget.Stream(policy)
	}
	source, order := replay.Shuffle(s.source, orderSeed, sampleSeed)
	start := time.Unix(0, 0)
	report, err := budget.Simulate(budget.Window{Start: start, End: start.Add(window)}, source.IDs(),
		replay.New(source, s.slots, s.stepTime, start), policy,
		budget.Options{Seed: sampleSeed, Weighting: p.weighting, Profile: &budget.Profile{StepTime: s.stepTime}})
	if err != nil {
		return simulatedRow{}, err
	}
	row := simulatedRow{OfProblems: make([]float64, len(order)), Seconds: report.Seconds, Occupancy: report.Occupancy}
	problem := 1 / float64(len(order))
	landed := 0.0
	for i, r := range report.Results {
		switch {
		case r.Answer == "":
			row.Silent += problem
		case source.Right(i, r.Answer):
			row.OfProblems[order[i]] = 1
			row.Right += problem
		}
		landed += problem * float64(r.Count(budget.Landed))
		row.Samples += problem * float64(r.Count(budget.Finished)+r.Count(budget.Truncated))
	}
	row.Samples += landed
	row.Landed = landed / max(row.Samples, problem)
	return row, nil
}

// writeSimulated writes a table or JSON lines.
func writeSimulated(c *cli.Context, first string, rows []simulatedRow) error {
	if c.Bool("json") {
		encoder := json.NewEncoder(c.App.Writer)
		for _, r := range rows {
			if err := encoder.Encode(r); err != nil {
				return fmt.Errorf("write the results: %w", err)
			}
		}
		return nil
	}
	columns := []column{{"window", right}, {"policy", left}, {"right", right}, {"95%", right}, {"against " + first, right},
		{"95%", right}, {"sd seeds", right}, {"orders", right}, {"silent", right}, {"samples", right}, {"landed", right},
		{"busy", right}, {"seconds", right}}
	var cells [][]string
	for _, r := range rows {
		gain, band := "", ""
		if r.Policy != first {
			gain, band = fmt.Sprintf("%+.1f", 100*r.Gain), fmt.Sprintf("%+.1f to %+.1f", 100*r.GainLow, 100*r.GainHigh)
		}
		cells = append(cells, []string{
			seconds(r.Window).String(), r.Policy, percent(r.Right), fmt.Sprintf("%.1f to %.1f", 100*r.Low, 100*r.High), gain, band,
			fmt.Sprintf("%.1f", 100*r.SeedsSD), fmt.Sprintf("%.1f", 100*r.OrdersSD), percent(r.Silent),
			fmt.Sprintf("%.1f", r.Samples), percent(r.Landed), percent(r.Occupancy), fmt.Sprintf("%.2f", r.Seconds),
		})
	}
	return table(c.App.Writer, columns, cells)
}

func percent(share float64) string { return fmt.Sprintf("%.1f%%", 100*share) }

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
