// Package voting counts the answers of many samples and says what the count is worth. It is pure counting: no clock, no
// goroutine, no randomness.
//
//	var t voting.Tally
//	t.Add(voting.Vote{Sample: 0, Key: "1/2", Text: `\frac12`, Weight: 1})
//	t.Add(voting.Vote{Sample: 1})     // a sample without an answer abstains
//	leader, ok := t.Leader()          // ok is false while nobody has voted
//	p := voting.LeadProbability(4, 0) // 0.97: how sure the leader is to stay the leader
//
// Words:
//
//   - A vote is the answer of one sample, with its weight (1 in a plain majority).
//   - A key is the class of answers that a vote counts for (package answer).
//   - A tally holds the votes of one problem, counted per key.
//   - An abstention is a sample without an answer. It is counted, and it can never win.
//   - The leader has the most weight; with equal weight the most votes; with equal votes too, the answer whose first
//     sample was launched first. So the leader depends on the votes alone, not on the order in which they came in.
//   - A tie is more than one answer with the leader's weight and votes.
//   - The mode is the most probable answer of the model. A vote estimates it; no vote can tell whether it is right.
//   - pass@k is the probability that k samples hold a right answer, maj@k that their majority is right.
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
	counts      map[answer.Key]*Count
	votes       int
	weight      float64
	abstentions int
}

// Add counts one sample.
func (t *Tally) Add(v Vote) {
	if v.Key == "" || !(v.Weight > 0) || math.IsInf(v.Weight, 0) {
		t.abstentions++
		return
	}
	if t.counts == nil {
		t.counts = map[answer.Key]*Count{}
	}
	c, known := t.counts[v.Key]
	if !known {
		c = &Count{Key: v.Key, First: v.Sample, Text: v.Text}
		t.counts[v.Key] = c
	}
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
	counts := make([]Count, 0, len(t.counts))
	for _, c := range t.counts {
		counts = append(counts, *c)
	}
	slices.SortFunc(counts, func(a, b Count) int {
		return cmp.Or(cmp.Compare(b.Weight, a.Weight), cmp.Compare(b.Votes, a.Votes), cmp.Compare(a.First, b.First),
			cmp.Compare(a.Key, b.Key))
	})
	return counts
}

// Leader is the answer that wins, if any sample voted.
func (t *Tally) Leader() (Count, bool) {
	counts := t.Counts()
	if len(counts) == 0 {
		return Count{}, false
	}
	return counts[0], true
}

// Tied reports whether the leader leads only by having been launched first.
func (t *Tally) Tied() bool {
	counts := t.Counts()
	return len(counts) > 1 && counts[0].Weight == counts[1].Weight && counts[0].Votes == counts[1].Votes
}

// Share is the part of the votes' weight that key has, between 0 and 1; 0 while nobody has voted.
func (t *Tally) Share(key answer.Key) float64 {
	c, known := t.counts[key]
	if !known {
		return 0
	}
	return c.Weight / t.weight
}
