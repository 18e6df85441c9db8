package budget

import "caucus/voting"

// asc is Adaptive-Consistency (arXiv 2305.11860): one problem after the other, each until its lead is sure enough. The
// posterior is for spending samples; looked at after every vote, it promises nothing.
type asc struct {
	inOrder
	confidence float64 // voting.LeadProbability at which a problem is decided
	atLeast    int     // votes of the leader, before that
}

func (a asc) Decided(s Standing) bool {
	sure := s.Leader >= a.atLeast && voting.LeadProbability(s.Leader, s.RunnerUp) >= a.confidence
	return sure || a.inOrder.Decided(s)
}

// inOrder serves one problem after the other, each until it has all its samples.
type inOrder struct{ most int }

func (o inOrder) Next(v View) (problem int, ok bool) {
	for i := range v.Problems {
		if v.Problems[i].open(o.most) {
			return i, true
		}
	}
	return 0, false
}

func (o inOrder) Decided(s Standing) bool { return s.Counted >= o.most }
