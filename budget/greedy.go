package budget

import "caucus/voting"

// greedyASC is asc with the problems served by need: the next sample goes to the one whose leader is least sure, the samples
// that run being taken to agree with it.
type greedyASC struct{ asc }

func (g greedyASC) Next(v View) (problem int, ok bool) {
	problem, _, ok = v.largest(g.most, func(_ int, s *Standing) float64 {
		return -voting.LeadProbability(s.Leader+s.Running, s.RunnerUp)
	})
	return problem, ok
}
