package budget

import (
	"math"

	"caucus/voting"
)

// voi serves problems by the value of information: the next sample goes where it raises the chance that the leader is the
// model's commonest answer by most for its expected time.
//
// Of the votes, those for the two leading answers matter; their shares between the two are taken for a draw from the
// uniform prior, so that the chance that the leader is ahead is voting.LeadProbability, and how k more such votes fall
// follows the beta-binomial distribution. One vote seldom turns a lead around where a few would, so that the gain is taken
// per sample over the number of samples for which it is the largest: the knowledge gradient of Frazier and Powell (2010),
// of several measurements. How likely a sample votes for one of the two says how many samples k votes take: a problem whose
// answers are all different gains little by more of them.
//
// Samples that run are taken to agree with the leader. That is what makes the problems take turns; were they left out, all
// slots would go to one problem, and were their mean taken, to those that gain as little by many samples as by few.
type voi struct {
	most  int
	known []known // of each problem
}

// known is a gain that need not be computed again.
type known struct {
	leader, runnerUp, counted, running, started int
	gain                                        float64
}

const (
	pseudoVotes = 0.3  // of each answer, before any is seen
	unseen      = 3    // answers that nobody has given
	leastGain   = 0.01 // that all further samples of a problem together must promise
)

// lookahead are the numbers of samples that a gain is computed for.
var lookahead = [...]int{1, 2, 4, 8, 16, 32}

func (v *voi) Next(view View) (problem int, ok bool) {
	for len(v.known) < len(view.Problems) {
		v.known = append(v.known, known{started: -1})
	}
	problem, _, ok = view.largest(v.most, func(i int, s *Standing) float64 { return v.gainOf(i, s) / s.Tokens })
	return problem, ok
}

// Decided reports whether any number of further samples is unlikely to change the answer for the better.
func (v *voi) Decided(s Standing) bool {
	settled := s.Leader > 0 && relevance(s)*(1-voting.LeadProbability(s.Leader, s.RunnerUp)) < leastGain
	return settled || s.Counted >= v.most
}

// gainOf is gain, computed only when the standing has changed.
func (v *voi) gainOf(problem int, s *Standing) float64 {
	k := known{s.Leader, s.RunnerUp, s.Counted, s.Running, s.Started, v.known[problem].gain}
	if k != v.known[problem] {
		k.gain = gain(*s, v.most-s.Started)
		v.known[problem] = k
	}
	return k.gain
}

// gain is the largest mean gain of a sample, of at most so many.
func gain(s Standing, atMost int) float64 {
	q := relevance(s)
	leader := s.Leader + s.Running
	now, largest := chance(leader, s.RunnerUp, 0), 0.0
	for _, m := range lookahead {
		if m > atMost {
			break
		}
		largest = max(largest, (chance(leader, s.RunnerUp, q*float64(m))-now)/float64(m))
	}
	return largest
}

// relevance is the probability that a sample votes for one of the two leading answers.
func relevance(s Standing) float64 {
	two := float64(s.Leader + s.RunnerUp)
	return (two + 2*pseudoVotes) / (float64(s.Counted) + (2+unseen)*pseudoVotes)
}

// chance is the expected probability that the better of two answers with a and b votes leads after so many more, between
// whole numbers by interpolation.
func chance(a, b int, more float64) float64 {
	k := int(more)
	c := chanceAfter(a, b, k)
	if w := more - float64(k); w > 0 {
		c += w * (chanceAfter(a, b, k+1) - c)
	}
	return c
}

// chanceAfter is chance for a whole number: the mean over how many of k votes go to the first. Without any vote there is no
// answer, which is never the right one.
func chanceAfter(a, b, k int) float64 {
	if a+b+k == 0 {
		return 0
	}
	sum, total := 0.0, 0.0
	p := 1.0 // of j votes for the first, up to a factor
	for j := range k + 1 {
		lead := voting.LeadProbability(a+j, b+k-j)
		sum += p * math.Max(lead, 1-lead)
		total += p
		p *= float64(k-j) / float64(j+1) * float64(a+1+j) / float64(b+k-j)
	}
	return sum / total
}
