package budget

import "time"

// stream serves problems as they become visible, one at a time: the next is seen when the answer to the one before is
// final. Each may take some times its equal share of the time that is left, as long as a part of that share, and what a
// sample takes, is kept for each of those to come. Without that, a few hard problems early on would use up the time of all.
type stream struct {
	policy   Policy // sees the visible problem alone
	patience float64
}

const (
	keptPart = 0.8 // of an equal share is kept for each problem to come
	patience = 2.5 // equal shares that a problem may take
)

func (s stream) Next(v View) (problem int, ok bool) {
	for i, p := range v.Problems {
		if p.Settled {
			continue
		}
		if p.Closed && p.Running > 0 {
			return 0, false // its last samples are landing
		}
		if p.Closed {
			continue // it is too late for another
		}
		seen := v
		seen.Problems = v.Problems[i : i+1]
		_, ok = s.policy.Next(seen)
		return i, ok
	}
	return 0, false
}

func (s stream) Decided(p Standing) bool { return s.policy.Decided(p) }

func (s stream) Allot(v View, problem int) (own, others time.Duration) {
	if timed, ok := s.policy.(Timed); ok {
		return timed.Allot(v, problem)
	}
	coming := float64(v.Total - problem - 1)
	share := float64(v.Left) / (coming + 1)
	kept := min(share, max(keptPart*share, float64(v.Sample)))
	return time.Duration(min(s.patience*share, float64(v.Left)-kept*coming)), time.Duration(kept)
}
