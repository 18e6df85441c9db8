package budget

import (
	"cmp"
	"fmt"
	"time"

	"caucus/voting"
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
	Step       time.Duration // first guess of a step's time, until the sampler or Profile tells one (50ms)
	LandTokens int           // the most tokens that a sample draws when it is landed (24)
	Profile    *Profile      // what is known of the sampler beforehand (nothing)

	Weighting      voting.Weighting // of a vote, by what is known of its sample (plain: 1)
	LandedDiscount float64          // taken off the weight of a landed vote: 0 counts it in full, 1 not at all

	// Earlier are samples of a run with the same Seed that ended by themselves before it was broken off (none). They count
	// when their turn comes, as they did there, and take no time. Their answers have been read.
	Earlier map[ID]Event

	Observer Observer // is told what happens (nobody)
}

func (o Options) withDefaults() (Options, error) {
	switch {
	case o.Step < 0 || o.LandTokens < 0:
		return o, fmt.Errorf("budget options: Step is %v and LandTokens %d, want neither below 0", o.Step, o.LandTokens)
	case !(o.LandedDiscount >= 0 && o.LandedDiscount <= 1):
		return o, fmt.Errorf("budget options: LandedDiscount is %v, want 0 to 1", o.LandedDiscount)
	}
	o.Step = cmp.Or(o.Step, 50*time.Millisecond)
	o.LandTokens = cmp.Or(o.LandTokens, 24)
	return o, nil
}

// weight is what a sample's vote weighs.
func (o Options) weight(s Outcome) float64 {
	w := o.Weighting.Weight(voting.Evidence{
		Tokens: s.Tokens, MeanLogProb: s.LogProb, TailLogProb: s.TailLogProb, MeanEntropy: s.Entropy,
	})
	if s.Status == Landed {
		w *= 1 - o.LandedDiscount
	}
	return w
}
