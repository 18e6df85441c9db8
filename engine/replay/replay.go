// Package replay plays samples back in virtual time: it is the engine of a simulation. What a sample says and how long it is
// comes from a [Source], a synthetic [Population] or a [Recording] of real samples; how fast the batch runs comes from a
// budget.StepTime. A window of minutes then passes in a fraction of a millisecond, with the decisions of a real one.
//
//	source := replay.Mix(50, 1, 1)
//	window := budget.Window{Start: start, End: start.Add(time.Minute)}
//	s := replay.New(source, 64, stepTime, start)
//	report, err := budget.Simulate(window, source.IDs(), s, policy, budget.Options{})
//
// The batch is a fluid: every running sample advances by one token a step, and a step takes what the StepTime says for the
// samples and the context of the moment.
package replay

import (
	"container/heap"
	"math"
	"time"

	"caucus/budget"
)

// A Source knows what every sample would be.
type Source interface {
	// IDs are the problems.
	IDs() []string
	// Samples is how many samples a problem has; 0 stands for any number.
	Samples() int
	// Draw is the sample of a problem with this index and seed, were it to end by itself.
	Draw(problem, index int, seed uint64) Sample
	// Land is what that sample would answer if it were made to after drawn tokens.
	Land(problem int, s Sample, drawn float64, seed uint64) Sample
	// Right reports whether an answer to a problem is the right one.
	Right(problem int, answer string) bool
}

// A Sample is what a sample comes to.
type Sample struct {
	Status      budget.Status // Finished, or another by which it ends
	Tokens      int
	Answer      budget.Reading
	LogProb     float64
	TailLogProb float64
	Entropy     float64

	launched int // of a recorded one: its index
}

// promptTokens is the context that a sample has from its beginning.
const promptTokens = 64

// Sampler is a budget.Virtual.
type Sampler struct {
	source   Source
	slots    int
	stepTime budget.StepTime
	now      time.Time
	made     float64 // steps so far, which is how many tokens a sample has drawn that runs from the first
	rows     rows
	byID     map[budget.ID]*row
	starts   float64 // summed over the rows
	told     bool    // the step time
}

// row is a running sample.
type row struct {
	budget.Sample
	plan       Sample
	began, end float64 // the steps
	started    time.Time
	at         int // in the heap
}

var _ budget.Virtual = (*Sampler)(nil)

// New is a sampler of so many slots whose time begins at start.
func New(source Source, slots int, stepTime budget.StepTime, start time.Time) *Sampler {
	return &Sampler{source: source, slots: slots, stepTime: stepTime, now: start, byID: make(map[budget.ID]*row, slots)}
}

// Slots implements budget.Virtual, as do the methods that follow.
func (s *Sampler) Slots() int { return s.slots }

// Start begins a sample.
func (s *Sampler) Start(b budget.Sample) {
	r := &row{Sample: b, plan: s.source.Draw(b.Problem, b.Index, b.Seed), began: s.made, started: s.now}
	r.end = r.began + float64(max(r.plan.Tokens, 1))
	s.starts += r.began
	s.byID[b.ID] = r
	heap.Push(&s.rows, r)
}

// Cancel ends samples without an event.
func (s *Sampler) Cancel(ids []budget.ID) {
	for _, id := range ids {
		if r := s.byID[id]; r != nil {
			s.remove(r)
		}
	}
}

func (s *Sampler) remove(r *row) {
	heap.Remove(&s.rows, r.at)
	delete(s.byID, r.ID)
	s.starts -= r.began
}

// Land makes samples end with what the source says.
func (s *Sampler) Land(ids []budget.ID) {
	for _, id := range ids {
		r := s.byID[id]
		if r == nil {
			continue
		}
		drawn := s.made - r.began
		r.plan = s.source.Land(id.Problem, r.plan, drawn, r.Seed)
		r.end = s.made + max(float64(r.plan.Tokens)-drawn, 1)
		heap.Fix(&s.rows, r.at)
	}
}

// Advance moves on to the next sample's end, or to until. The first time it stops after a step, to tell its time.
func (s *Sampler) Advance(until time.Time) (now time.Time, e budget.Event, ok bool) {
	if len(s.rows) == 0 {
		s.now = until
		return s.now, e, false
	}
	next := s.rows[0]
	steps := next.end - s.made
	if !s.told {
		steps = min(steps, 1)
	}
	context := s.context(steps / 2)
	step := s.step(context)
	if left := until.Sub(s.now).Seconds(); left < steps*step.Seconds() {
		s.made += s.within(left, steps, step.Seconds())
		s.now = until
		return s.now, e, false
	}
	s.made += steps
	s.now = s.now.Add(time.Duration(steps * float64(step)))
	e.Step = budget.Step{Time: step, Rows: float64(len(s.rows)), Context: context, Count: max(int(s.made), 1)}
	if s.told = true; s.made < next.end {
		e.Status = budget.Running
		return s.now, e, true
	}
	s.remove(next)
	p := next.plan
	e.ID, e.Status, e.Tokens, e.Answer = next.ID, p.Status, p.Tokens, p.Answer
	e.LogProb, e.TailLogProb, e.Entropy = p.LogProb, p.TailLogProb, p.Entropy
	e.Seconds = s.now.Sub(next.started).Seconds()
	return s.now, e, true
}

// step is the time of a step of the running samples with so much context. It grows linearly with that, so that the mean time
// of several is the time with their mean context.
func (s *Sampler) step(context float64) time.Duration {
	return max(s.stepTime.At(float64(len(s.rows)), context), time.Nanosecond)
}

// within is how many of the next steps, whose mean is known, so many seconds are enough for: x of them take first*x +
// growth*x*x/2.
func (s *Sampler) within(seconds, steps, mean float64) float64 {
	first := s.step(s.context(0)).Seconds()
	growth := 2 * (mean - first) / steps
	return 2 * seconds / (first + math.Sqrt(first*first+2*growth*seconds))
}

// context is the number of positions that a step attends to, so many steps from now.
func (s *Sampler) context(later float64) float64 {
	return float64(len(s.rows))*(promptTokens+s.made+later) - s.starts
}

// rows is a heap of the running samples, the first to end on top.
type rows []*row

func (h rows) Len() int           { return len(h) }
func (h rows) Less(i, j int) bool { return h[i].end < h[j].end }
func (h rows) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].at, h[j].at = i, j
}

// Push and Pop are for package heap.
func (h *rows) Push(x any) {
	r := x.(*row)
	r.at = len(*h)
	*h = append(*h, r)
}

func (h *rows) Pop() any {
	last := len(*h) - 1
	r := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	return r
}
