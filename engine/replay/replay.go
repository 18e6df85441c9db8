// Package replay plays samples back in virtual time: it is the engine of a simulation. What a sample says and how long it is
// comes from a [Source], a synthetic [Population] or a [Recording] of real samples; how fast the batch runs comes from a
// budget.StepTime. A window of minutes then passes in a fraction of a millisecond, with the decisions of a real one.
//
//	source := replay.Mix(50, 1, 1)
//	window := budget.Window{Start: start, End: start.Add(time.Minute)}
//	s := replay.New(source, 64, stepTime, start)
//	report, err := budget.Simulate(window, source.IDs(), s, policy, budget.Options{})
//
// The batch is a fluid: every running sample advances by one token a step, a prompt is read in chunks beside them before its
// first sample begins, and a step takes what the StepTime says for the rows and the context of the moment.
package replay

import (
	"container/heap"
	"math"
	"slices"
	"time"

	"caucus/budget"
)

// A Source knows what every sample would be.
type Source interface {
	// IDs are the problems.
	IDs() []string
	// Prompt is the length of a problem's prompt in tokens.
	Prompt(problem int) int
	// Samples is how many samples a problem has; 0 stands for any number. A source that is asked for more gives them again.
	Samples(problem int) int
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

// prefillChunk is how many tokens of prompts a step reads at most: the engine's default.
const prefillChunk = 128

// Sampler is a budget.Virtual.
type Sampler struct {
	source   Source
	slots    int
	stepTime budget.StepTime
	now      time.Time
	made     float64 // steps so far, which is how many tokens a sample has drawn that runs from the first
	rows     rows
	byID     map[budget.ID]*row
	starts   float64 // summed over the rows: the step at which each would have begun, had it drawn its prompt too
	prompts  map[int]*prompt
	reading  []*prompt // in the order in which they were asked for
	told     bool      // the step time
}

// row is a running sample, or one that waits for its prompt.
type row struct {
	budget.Sample
	prompt     *prompt
	plan       Sample
	running    bool
	began, end float64 // the steps
	started    time.Time
	at         int // in the heap
}

// prompt is that of a problem.
type prompt struct {
	problem      int
	tokens, left float64 // left to read
	waiting      []*row
}

var _ budget.Virtual = (*Sampler)(nil)

// New is a sampler of so many slots whose time begins at start.
func New(source Source, slots int, stepTime budget.StepTime, start time.Time) *Sampler {
	return &Sampler{source: source, slots: slots, stepTime: stepTime, now: start, byID: make(map[budget.ID]*row, slots),
		prompts: make(map[int]*prompt)}
}

// Slots implements budget.Virtual, as do the methods that follow.
func (s *Sampler) Slots() int { return s.slots }

// Now is its time.
func (s *Sampler) Now() time.Time { return s.now }

// Start begins a sample, or lets it wait until its prompt is read.
func (s *Sampler) Start(b budget.Sample) {
	r := &row{Sample: b, plan: s.source.Draw(b.Problem, b.Index, b.Seed), prompt: s.promptOf(b.Problem)}
	s.byID[b.ID] = r
	if r.prompt.left > 0 {
		r.prompt.waiting = append(r.prompt.waiting, r)
	} else {
		s.begin(r, float64(max(r.plan.Tokens, 1)))
	}
}

func (s *Sampler) promptOf(problem int) *prompt {
	p := s.prompts[problem]
	if p == nil {
		tokens := float64(s.source.Prompt(problem))
		p = &prompt{problem: problem, tokens: tokens, left: tokens}
		s.prompts[problem] = p
		if tokens > 0 {
			s.reading = append(s.reading, p)
		}
	}
	return p
}

// begin lets a sample run for so many steps.
func (s *Sampler) begin(r *row, steps float64) {
	r.running = true
	r.began, r.started = s.made, s.now
	r.end = r.began + steps
	s.starts += r.began - r.prompt.tokens
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
	delete(s.byID, r.ID)
	if !r.running {
		s.leave(r)
		return
	}
	heap.Remove(&s.rows, r.at)
	s.starts -= r.began - r.prompt.tokens
}

// leave takes a sample from those that wait for its prompt. Without any, that is read no further until it is asked for
// again.
func (s *Sampler) leave(r *row) {
	p := r.prompt
	p.waiting = slices.DeleteFunc(p.waiting, func(w *row) bool { return w == r })
	if len(p.waiting) == 0 {
		s.reading = slices.DeleteFunc(s.reading, func(q *prompt) bool { return q == p })
		delete(s.prompts, p.problem)
	}
}

// Land makes samples end with what the source says. One that has not begun is cancelled, as by the engine.
func (s *Sampler) Land(ids []budget.ID) {
	for _, id := range ids {
		r := s.byID[id]
		if r == nil {
			continue
		}
		if !r.running {
			s.leave(r)
			r.plan = Sample{Status: budget.Cancelled}
			s.begin(r, 0)
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
	for {
		steps, idle := s.next()
		if idle {
			s.now = until
			return s.now, e, false
		}
		context := s.context(steps / 2)
		step := s.step(context)
		if left := until.Sub(s.now).Seconds(); left < steps*step.Seconds() {
			s.make(s.within(left, steps, step.Seconds()))
			s.now = until
			return s.now, e, false
		}
		rows := s.width()
		s.make(steps)
		s.now = s.now.Add(time.Duration(steps * float64(step)))
		if e, ok = s.event(budget.Step{Time: step, Rows: rows, Context: context, Count: max(int(s.made), 1)}); ok {
			return s.now, e, true
		}
	}
}

// next is how many steps there are to the next end of a sample or of a prompt.
func (s *Sampler) next() (steps float64, idle bool) {
	steps = math.Inf(1)
	if len(s.rows) > 0 {
		steps = s.rows[0].end - s.made
	}
	if len(s.reading) > 0 {
		steps = min(steps, s.reading[0].left/prefillChunk)
	}
	if !s.told {
		steps = min(steps, 1)
	}
	return steps, len(s.rows)+len(s.reading) == 0
}

// make makes steps, no more than there are to the next end.
func (s *Sampler) make(steps float64) {
	s.made += steps
	if len(s.reading) > 0 {
		s.reading[0].left -= steps * prefillChunk
	}
}

// event is what has happened by now, if anything has that is to be told. A prompt that has been read is not.
func (s *Sampler) event(step budget.Step) (e budget.Event, ok bool) {
	e.Step = step
	if len(s.reading) > 0 && s.reading[0].left < 1e-6 {
		s.read()
	}
	if len(s.rows) > 0 && s.made >= s.rows[0].end {
		s.told = true
		return s.ended(s.rows[0], e), true
	}
	if s.told {
		return e, false
	}
	s.told = true
	e.Status = budget.Running
	return e, true
}

// read ends the reading of a prompt: its samples begin.
func (s *Sampler) read() {
	p := s.reading[0]
	s.reading = s.reading[1:]
	p.left = 0
	for _, r := range p.waiting {
		s.begin(r, float64(max(r.plan.Tokens, 1)))
	}
	p.waiting = nil
}

// ended takes out a sample and says what it came to.
func (s *Sampler) ended(r *row, e budget.Event) budget.Event {
	s.remove(r)
	p := r.plan
	e.ID, e.Status, e.Tokens, e.Answer = r.ID, p.Status, p.Tokens, p.Answer
	e.LogProb, e.TailLogProb, e.Entropy = p.LogProb, p.TailLogProb, p.Entropy
	e.Seconds = s.now.Sub(r.started).Seconds()
	return e
}

// step is the time of a step of the running samples with so much context. It grows linearly with that, so that the mean time
// of several is the time with their mean context.
func (s *Sampler) step(context float64) time.Duration {
	return max(s.stepTime.At(s.width(), context), time.Nanosecond)
}

// width is the number of tokens that a step reads.
func (s *Sampler) width() float64 {
	if len(s.reading) > 0 {
		return float64(len(s.rows)) + prefillChunk
	}
	return float64(len(s.rows))
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
	return float64(len(s.rows))*(s.made+later) - s.starts
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
