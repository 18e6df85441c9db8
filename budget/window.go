package budget

import (
	"cmp"
	"fmt"
	"time"
)

// A Window is the time that a run may use. The run answers by its End, the deadline T.
type Window struct {
	Start, End time.Time
}

// Open is the window of length d that begins now.
func Open(d time.Duration) Window {
	now := time.Now()
	return Window{Start: now, End: now.Add(d)}
}

// Options of a Run. A zero field means its default.
type Options struct {
	Seed       uint64        // of the run: equal seeds give equal samples
	Step       time.Duration // first guess of a step's time, until the sampler reports one (50ms)
	LandTokens int           // the most tokens that a sample draws when it is landed (24)
}

func (o Options) withDefaults() (Options, error) {
	if o.Step < 0 || o.LandTokens < 0 {
		return o, fmt.Errorf("budget options: Step is %v and LandTokens %d, want neither below 0", o.Step, o.LandTokens)
	}
	o.Step = cmp.Or(o.Step, 50*time.Millisecond)
	o.LandTokens = cmp.Or(o.LandTokens, 24)
	return o, nil
}

// What landing takes besides its tokens, and when a sample is too late to begin.
const (
	landMargin = 8                     // steps: reading the landing's text, and steps that grow slower
	minReserve = 50 * time.Millisecond // scheduling and reading answers, when steps are quick
	minTokens  = 16                    // that a sample should have before it is landed
	minPart    = 4                     // ... and one in so many of a finished sample's mean
)

// A pace is what a run knows about the engine's speed and the samples' lengths.
type pace struct {
	step       time.Duration // estimate: rises at once, falls slowly, so that a landing is rather early than late
	measured   bool
	landTokens int
	finished   int // samples
	tokens     int // of them
}

func newPace(o Options) pace { return pace{step: o.Step, landTokens: o.LandTokens} }

// observe learns from an event.
func (p *pace) observe(e Event) {
	if e.Status == Finished {
		p.finished++
		p.tokens += max(e.Tokens, 0)
	}
	switch {
	case e.Step <= 0:
	case !p.measured:
		p.step, p.measured = e.Step, true
	default:
		p.step = max(e.Step, (9*p.step+e.Step)/10)
	}
}

// reserve is how long before the deadline landing begins. It is at most half of the time for sampling, so that a short
// one is not all landing.
func (p *pace) reserve(sampling time.Duration) time.Duration {
	steps := time.Duration(p.landTokens + landMargin)
	return min(max(steps*p.step, minReserve), sampling/2)
}

// landable is how many of n samples can be landed in time. A step is taken to be as much shorter as it has fewer samples.
func (p *pace) landable(n int, left time.Duration) int {
	need := time.Duration(p.landTokens) * p.step
	if !p.measured || need <= left {
		return n
	}
	return min(n, max(1, int(float64(n)*float64(left)/float64(need))))
}

// worthwhile is the time before landing that a new sample needs to be worth its slot.
func (p *pace) worthwhile() time.Duration {
	tokens := minTokens
	if p.finished > 0 {
		tokens = max(tokens, p.tokens/p.finished/minPart)
	}
	return time.Duration(tokens) * p.step
}
