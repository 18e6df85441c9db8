package main

import (
	"github.com/sourcegraph/conc/iter"

	"caucus/engine/replay"
	"caucus/voting"
)

// estimatesOf estimates pass@k and maj@k for powers of two up to half of the samples: beyond that the estimates of the
// problems are made of nearly the same subsets.
func estimatesOf(r *replay.Recording, seed uint64) ([]estimate, error) {
	counts, least := countsOfAll(r)
	var ks []int
	for k := 1; k <= max(least/2, 1); k *= 2 {
		ks = append(ks, k)
	}
	all := make([]estimate, len(ks))
	for i, k := range ks {
		pass, err := iter.MapErr(counts, func(c *replay.Counts) (float64, error) { return voting.PassAtK(c.Samples(), c.Right, k) })
		if err != nil {
			return nil, err
		}
		maj, err := iter.MapErr(counts, func(c *replay.Counts) (float64, error) { return voting.MajAtK(c.Right, c.Wrong, c.None, k) })
		if err != nil {
			return nil, err
		}
		all[i].K = k
		if all[i].Pass, err = voting.Bootstrap(pass, level, seed); err != nil {
			return nil, err
		}
		if all[i].Maj, err = voting.Bootstrap(maj, level, seed); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// countsOfAll counts the samples of every problem, and finds the problem with the fewest.
func countsOfAll(r *replay.Recording) (counts []replay.Counts, least int) {
	for i := range r.IDs() {
		counts = append(counts, r.Counts(i))
		if n := counts[i].Samples(); i == 0 || n < least {
			least = n
		}
	}
	return counts, least
}
