package replay

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"github.com/sourcegraph/conc/pool"

	"caucus/budget"
	"caucus/voting"
)

// A Play plays windows on a source, each several times.
type Play struct {
	Source         Source
	Profile        budget.Profile // the machine: its step time, and the lengths of samples that it has seen
	Begun          time.Duration  // from a window's opening to its first sample: what starting and loading take
	Slots          int
	Samples        int     // of a problem, at most
	LandTokens     int     // as budget.Options has it
	LandedDiscount float64 // the same
	Stream         bool
	Runs           int // with seeds of their own
	Orders         int // further ones, which differ in the order of the problems alone
	Seed           uint64
}

// A Player is a policy with a way to weigh votes.
type Player struct {
	Policy    string
	Weighting voting.Weighting
}

// String is its name.
func (p Player) String() string {
	if p.Weighting == (voting.Weighting{}) {
		return p.Policy
	}
	return p.Policy + ", " + p.Weighting.String()
}

// A Cell is what came of one player in one window: means over the runs.
type Cell struct {
	Right      float64   // share of the problems
	OfProblems []float64 // share of the runs that answered each rightly, in the source's order
	Silent     float64   // share of the problems without an answer
	Samples    float64   // a problem
	Landed     float64   // share of those
	Occupancy  float64   // of the slots
	Seconds    float64   // until the last answer
	SeedsSD    float64   // standard deviation of Right over the runs
	OrdersSD   float64   // and over the orders
}

// Window plays one window.
func (p *Play) Window(ctx context.Context, player Player, window time.Duration) (Cell, error) {
	runs := make([]Cell, p.Runs+p.Orders)
	workers := pool.New().WithMaxGoroutines(runtime.GOMAXPROCS(0)).WithContext(ctx).WithCancelOnError().WithFirstError()
	for i := range runs {
		workers.Go(func(ctx context.Context) error {
			if err := ctx.Err(); err != nil {
				return err // conc still runs what was queued
			}
			order, samples := p.Seed+uint64(i), p.Seed
			if i < p.Runs {
				samples = order
			}
			var err error
			runs[i], err = p.once(player, window, order, samples)
			return err
		})
	}
	if err := workers.Wait(); err != nil {
		return Cell{}, fmt.Errorf("play %v in %v: %w", player, window, err)
	}
	return p.mean(runs), nil
}

// mean is what the runs came to together.
func (p *Play) mean(runs []Cell) Cell {
	mean := Cell{OfProblems: make([]float64, len(p.Source.IDs()))}
	var seeds, orders []float64
	for i, run := range runs {
		if i >= p.Runs {
			orders = append(orders, run.Right)
			continue
		}
		seeds = append(seeds, run.Right)
		mean.add(run)
	}
	mean.divide(float64(p.Runs))
	mean.SeedsSD, mean.OrdersSD = deviation(seeds), deviation(orders)
	return mean
}

// deviation is 0 for what has none.
func deviation(values []float64) float64 {
	if len(values) < 2 {
		return 0
	}
	_, sd := voting.MeanDeviation(values)
	return sd
}

// add adds a run.
func (c *Cell) add(run Cell) {
	for p, right := range run.OfProblems {
		c.OfProblems[p] += right
	}
	for i, v := range run.values() {
		*c.values()[i] += *v
	}
}

// divide makes a sum of n runs their mean.
func (c *Cell) divide(n float64) {
	for p := range c.OfProblems {
		c.OfProblems[p] /= n
	}
	for _, v := range c.values() {
		*v /= n
	}
}

// values are what a run has one of.
func (c *Cell) values() []*float64 {
	return []*float64{&c.Right, &c.Silent, &c.Samples, &c.Landed, &c.Occupancy, &c.Seconds}
}

// once is one run.
func (p *Play) once(player Player, window time.Duration, orderSeed, sampleSeed uint64) (Cell, error) {
	source, order := Shuffle(p.Source, orderSeed, sampleSeed)
	policy, err := budget.ParsePolicy(player.Policy, p.Samples)
	if err != nil {
		return Cell{}, err
	}
	if p.Stream {
		policy = budget.Stream(policy)
	}
	start := time.Unix(0, 0)
	report, err := budget.Simulate(budget.Window{Start: start, End: start.Add(window)}, source.IDs(),
		New(source, p.Slots, p.Profile.StepTime, start.Add(min(p.Begun, window))), policy,
		budget.Options{
			Seed: sampleSeed, Weighting: player.Weighting, LandedDiscount: p.LandedDiscount, LandTokens: p.LandTokens,
			Profile: &p.Profile,
		})
	if err != nil {
		return Cell{}, err
	}
	return CellOf(report, order, source.Right), nil
}

// CellOf is what a report came to, whose ith problem is that of order[i] in the cell. right tells whether an answer to its
// ith problem is right.
func CellOf(report budget.Report, order []int, right func(problem int, answer string) bool) Cell {
	cell := Cell{OfProblems: make([]float64, len(order)), Seconds: report.Seconds, Occupancy: report.Occupancy}
	var rightly, silent, landed, samples float64
	for i, r := range report.Results {
		switch {
		case r.Answer == "":
			silent++
		case right(i, r.Answer):
			cell.OfProblems[order[i]] = 1
			rightly++
		}
		n := r.Count(budget.Landed)
		landed += float64(n)
		samples += float64(n + r.Count(budget.Finished) + r.Count(budget.Truncated))
	}
	problems := float64(len(order))
	cell.Right, cell.Silent, cell.Samples, cell.Landed = rightly/problems, silent/problems, samples/problems, landed/max(samples, 1)
	return cell
}
