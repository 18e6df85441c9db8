package main

import (
	"github.com/sourcegraph/conc/iter"

	"caucus/engine/replay"
	"caucus/voting"
)

// estimatesOf estimates pass@k and maj@k for powers of two up to half of the samples that every problem has at least: beyond
// that the estimates of the problems are made of nearly the same subsets.
func estimatesOf(r *replay.Recording, least int, seed uint64) ([]estimate, error) {
	var counts []replay.Counts
	for i := range r.IDs() {
		counts = append(counts, r.Counts(i))
	}
	var ks []int
	for k := 1; k <= max(least/2, 1); k *= 2 {
		ks = append(ks, k)
	}
	all := make([]estimate, len(ks))
	for i, k := range ks {
		pass, err := iter.MapErr(counts, func(c *replay.Counts) (float64, error) { return c.PassAtK(k) })
		if err != nil {
			return nil, err
		}
		maj, err := iter.MapErr(counts, func(c *replay.Counts) (float64, error) { return c.MajAtK(k) })
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
