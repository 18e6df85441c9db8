package budget

import (
	"cmp"
	"fmt"

	"caucus/voting"
)

// A Policy decides who gets the next free slot. It is asked from one goroutine and must answer at once.
type Policy interface {
	// Next is the problem to sample next; ok is false when none is worth another sample now. A Closed problem must not
	// be chosen.
	Next([]Standing) (problem int, ok bool)
	// Decided reports whether a problem's votes need no more samples. It is asked after every counted sample.
	Decided(Standing) bool
}

// A Standing is a problem as a policy sees it.
type Standing struct {
	Started          int  // samples launched
	Running          int  // of them not ended
	Counted          int  // ended samples that count: the first ones in launch order, without a gap
	Leader, RunnerUp int  // votes among those
	Closed           bool // decided, or too late for another sample
}

// A StopRule says when a problem has had enough samples. A zero field means its default.
type StopRule struct {
	Confidence float64 // voting.LeadProbability at which a problem is decided, above 0.5 and below 1 (0.95)
	MinVotes   int     // of the leader, before that (3)
	MaxSamples int     // started for one problem (64)
}

// withDefaults fills in the zero fields and checks the rest.
func (r StopRule) withDefaults() (StopRule, error) {
	r.Confidence = cmp.Or(r.Confidence, 0.95)
	r.MinVotes = cmp.Or(r.MinVotes, 3)
	r.MaxSamples = cmp.Or(r.MaxSamples, 64)
	switch {
	case !(r.Confidence > 0.5 && r.Confidence < 1):
		return r, fmt.Errorf("stop rule: confidence %v is not between 0.5 and 1", r.Confidence)
	case r.MinVotes < 0:
		return r, fmt.Errorf("stop rule: %d votes at least, want 0 or more", r.MinVotes)
	case r.MaxSamples < 0:
		return r, fmt.Errorf("stop rule: %d samples at most, want 0 or more", r.MaxSamples)
	}
	return r, nil
}

// Decided implements Policy: Adaptive-Consistency on the counted samples.
func (r StopRule) Decided(s Standing) bool {
	return s.Leader >= r.MinVotes && voting.LeadProbability(s.Leader, s.RunnerUp) >= r.Confidence
}

func (r StopRule) open(s Standing) bool { return !s.Closed && s.Started < r.MaxSamples }
