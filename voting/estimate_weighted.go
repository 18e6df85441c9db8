package voting

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"caucus/answer"
)

// WeightedMajAtK estimates the probability that the weighted majority of k samples is right, from all samples: the mean
// over so many random subsets of k of them, without replacement. The winner is that of a Tally; a tie of t answers is right
// with probability 1/t, and a subset of abstentions is wrong. The same seed gives the same subsets, so that weightings of
// the same samples can be compared. From s subsets it is within 0.5/sqrt(s) of the mean over all of them (one standard
// error). It needs 1 <= k <= votes, at least one subset, and a key for the right answer.
func WeightedMajAtK(votes []Vote, right answer.Key, k, subsets int, seed uint64) (float64, error) {
	if k < 1 || k > len(votes) {
		return 0, fmt.Errorf("weighted maj@%d of %d samples: want 1 <= k <= samples", k, len(votes))
	}
	if subsets < 1 || right == "" {
		return 0, fmt.Errorf("weighted maj@%d from %d subsets with %q as the right answer: want a subset or more and a key",
			k, subsets, right)
	}
	random, votes := rand.New(rand.NewPCG(seed, 0)), slices.Clone(votes)
	var tally Tally
	sum := 0.0
	for range subsets {
		tally.reset()
		for i := range k { // whatever the order was before
			j := i + random.IntN(len(votes)-i)
			votes[i], votes[j] = votes[j], votes[i]
			tally.Add(votes[i])
		}
		sum += tally.chance(right)
	}
	return sum / float64(subsets), nil
}

// reset takes all votes out and keeps the memory.
func (t *Tally) reset() {
	clear(t.places)
	*t = Tally{counts: t.counts[:0], places: t.places}
}

// chance is the probability that an answer wins if lots are drawn among tied ones.
func (t *Tally) chance(key answer.Key) float64 {
	place, known := t.places[key]
	if !known {
		return 0
	}
	c, tied := t.counts[place], 0
	for _, other := range t.counts {
		if other.Weight > c.Weight || other.Weight == c.Weight && other.Votes > c.Votes {
			return 0
		}
		if other.Weight == c.Weight && other.Votes == c.Votes {
			tied++
		}
	}
	return 1 / float64(tied)
}
