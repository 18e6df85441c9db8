// Package voting counts the answers of many samples and says what the count is worth. It is pure counting: no clock, no
// goroutine, and no randomness but what follows from a seed that the caller gives.
//
//	var t voting.Tally
//	t.Add(voting.Vote{Sample: 0, Key: "1/2", Text: `\frac12`, Weight: 1})
//	t.Add(voting.Vote{Sample: 1})     // a sample without an answer abstains
//	leader, ok := t.Leader()          // ok is false while nobody has voted
//	_, runnerUp := t.TopTwo()
//	p := voting.LeadProbability(4, 0) // 0.97: how sure the leader is to stay the leader
//
//	c, err := voting.NewCertificate(0.05)
//	c.Add("1/2")                      // in launch order
//	v := c.Verdict(leader, runnerUp)  // certified mode (delta 0.05), leading or split
//
// Words:
//
//   - A vote is the answer of one sample, with its weight (1 in a plain majority).
//   - A weighting makes a vote's weight of the evidence, what the model's probabilities tell about the sample.
//   - A key is the class of answers that a vote counts for (package answer).
//   - A tally holds the votes of one problem, counted per key.
//   - An abstention is a sample without an answer. It is counted, and it can never win.
//   - The leader has the most weight; with equal weight the most votes; with equal votes too, the answer whose first
//     sample was launched first. So the leader depends on the votes alone, not on the order in which they came in.
//   - A tie is more than one answer with the leader's weight and votes. Its rule is a fair draw that the run's seed has
//     made already: the samples of a problem are exchangeable, so each of the tied answers is as likely to be the one
//     launched first, and the seed decides which. No randomness is added, and every replay gives the same leader.
//   - The runner-up is the rival of the leader with the most votes.
//   - The mode is the most probable answer of the model. A vote estimates it; no vote can tell whether it is right.
//   - A certificate says that an answer is the mode, with a bound on the probability that it errs (delta) which holds
//     however often it is looked at.
//   - A verdict puts what a count is worth into words: certified, leading, or split.
//   - pass@k is the probability that k samples hold a right answer, maj@k that their majority is right. pass@1 is the
//     mean accuracy of a sample.
//   - An interval is a mean over problems with a band that is to hold the mean over all problems of their kind.
package voting

import (
	"cmp"
	"math"
	"slices"

	"caucus/answer"
)

// A Vote is what one sample answered.
type Vote struct {
	Sample int        // position in launch order, which breaks ties
	Key    answer.Key // the empty key abstains
	Text   string     // the answer as the sample wrote it
	Weight float64    // finite and above 0; any other weight abstains
}

// A Count is the votes for one answer.
type Count struct {
	Key    answer.Key
	Text   string  // as the earliest of its samples wrote it
	First  int     // that sample
	Votes  int     // samples
	Weight float64 // sum of their weights
}

// A Tally counts the votes on one problem. Its zero value is empty and ready. Votes may be added in any order.
type Tally struct {
	counts      []Count // by first appearance
	places      map[answer.Key]int
	votes       int
	weight      float64
	abstentions int
}

// abstains reports whether a vote counts for no answer.
func (v Vote) abstains() bool { return v.Key == "" || !(v.Weight > 0) || math.IsInf(v.Weight, 0) }

// Add counts one sample.
func (t *Tally) Add(v Vote) {
	if v.abstains() {
		t.abstentions++
		return
	}
	place, known := t.places[v.Key]
	if !known {
		if t.places == nil {
			t.places = map[answer.Key]int{}
		}
		place = len(t.counts)
		t.places[v.Key] = place
		t.counts = append(t.counts, Count{Key: v.Key, First: v.Sample, Text: v.Text})
	}
	c := &t.counts[place]
	if v.Sample < c.First {
		c.First, c.Text = v.Sample, v.Text
	}
	c.Votes++
	c.Weight += v.Weight
	t.votes++
	t.weight += v.Weight
}

// Votes is the number of samples that voted.
func (t *Tally) Votes() int { return t.votes }

// Abstentions is the number of samples that did not.
func (t *Tally) Abstentions() int { return t.abstentions }

// Counts lists the answers, the leader first.
func (t *Tally) Counts() []Count {
	counts := slices.Clone(t.counts)
	slices.SortFunc(counts, func(a, b Count) int { return a.compare(&b) })
	return counts
}

// compare is negative if an answer goes before another.
func (c *Count) compare(other *Count) int {
	return cmp.Or(cmp.Compare(other.Weight, c.Weight), cmp.Compare(other.Votes, c.Votes), cmp.Compare(c.First, other.First),
		cmp.Compare(c.Key, other.Key))
}

// Leader is the answer that wins, if any sample voted.
func (t *Tally) Leader() (Count, bool) {
	if len(t.counts) == 0 {
		return Count{}, false
	}
	return t.counts[t.leader()], true
}

// leader is the place of the leader, where there is one.
func (t *Tally) leader() int {
	best := 0
	for i := range t.counts {
		if t.counts[i].compare(&t.counts[best]) < 0 {
			best = i
		}
	}
	return best
}

// TopTwo is the number of votes of the leader and of the best rival, 0 where there is none. With weights the rival may have
// more. It takes some nanoseconds an answer and no memory, so that it can be asked for after each vote.
func (t *Tally) TopTwo() (leader, runnerUp int) {
	if len(t.counts) == 0 {
		return 0, 0
	}
	best := t.leader()
	for i := range t.counts {
		if i != best {
			runnerUp = max(runnerUp, t.counts[i].Votes)
		}
	}
	return t.counts[best].Votes, runnerUp
}

// Tied reports whether the leader leads only by having been launched first.
func (t *Tally) Tied() bool {
	leader, _ := t.Leader()
	return slices.ContainsFunc(t.counts, func(c Count) bool {
		return c.Key != leader.Key && c.Weight == leader.Weight && c.Votes == leader.Votes
	})
}

// Share is the part of the votes' weight that key has, between 0 and 1; 0 while nobody has voted.
func (t *Tally) Share(key answer.Key) float64 {
	place, known := t.places[key]
	if !known {
		return 0
	}
	return t.counts[place].Weight / t.weight
}
