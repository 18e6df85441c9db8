package budget

import "caucus/voting"

// greedyASC is asc with the problems served by need: the next sample goes to the one whose leader is least sure, the samples
// that run being taken to agree with it.
type greedyASC struct{ asc }

func (g greedyASC) Next(v View) (problem int, ok bool) {
	lowest := 0.0
	for i, s := range v.Problems {
		if s.Closed || s.Started >= g.most {
			continue
		}
		if c := voting.LeadProbability(s.Leader+s.Running, s.RunnerUp); !ok || c < lowest {
			problem, ok, lowest = i, true, c
		}
	}
	return problem, ok
}
