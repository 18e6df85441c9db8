package voting

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"testing"
)

// weightedBruteForce is the weighted maj@k as the mean over all subsets of k votes.
func weightedBruteForce(votes []Vote, k int) float64 {
	sum, subsets := 0.0, 0.0
	for set := range uint(1) << len(votes) {
		if bits.OnesCount(set) != k {
			continue
		}
		subsets++
		var tally Tally
		for i, v := range votes {
			if set>>i&1 == 1 {
				tally.Add(v)
			}
		}
		best, tied, right := Count{}, 0.0, false
		for _, c := range tally.Counts() {
			if tied == 0 {
				best = c
			}
			if c.Weight == best.Weight && c.Votes == best.Votes {
				tied++
				right = right || c.Key == "0"
			}
		}
		if right {
			sum += 1 / tied
		}
	}
	return sum / subsets
}

func TestWeightedMajAtKIsTheMeanOverSubsets(t *testing.T) {
	rng := rand.New(rand.NewPCG(20, 21))
	for range 25 {
		samples := make([]int, 1+rng.IntN(10))
		for i := range samples {
			samples[i] = rng.IntN(4) - 1 // -1 abstains
		}
		votes := votesOf(rng, samples, 1, 2, 0.5, 0)
		k := 1 + rng.IntN(len(votes))
		const subsets = 4000
		got, err := WeightedMajAtK(votes, "0", k, subsets, 7)
		if want := weightedBruteForce(votes, k); err != nil || math.Abs(got-want) > 4*0.5/math.Sqrt(subsets) {
			t.Errorf("WeightedMajAtK(%v, %d) = %v, %v; want %v", votes, k, got, err, want)
		}
	}
}

func TestWeightedMajAtKWithEqualWeightsIsMajAtK(t *testing.T) {
	rng := rand.New(rand.NewPCG(22, 23))
	p := newProblem(rng)
	samples := p.samples(rng, 64)
	const subsets = 20_000
	got, err := WeightedMajAtK(votesOf(rng, samples, 0.25), "0", 8, subsets, 1)
	if want := majOf(samples, len(p), 8); err != nil || math.Abs(got-want) > 4*0.5/math.Sqrt(subsets) {
		t.Errorf("WeightedMajAtK = %v, %v; want %v", got, err, want)
	}
}

func TestWeightedMajAtKFollowsItsSeedAndLeavesTheVotes(t *testing.T) {
	rng := rand.New(rand.NewPCG(24, 25))
	votes := votesOf(rng, shares{.4, .3, .3}.samples(rng, 32), 1, 2)
	first := votes[0]
	a, _ := WeightedMajAtK(votes, "0", 5, 500, 1)
	b, _ := WeightedMajAtK(votes, "0", 5, 500, 1)
	c, _ := WeightedMajAtK(votes, "0", 5, 500, 2)
	if a != b || a == c || votes[0] != first {
		t.Errorf("seed 1 gives %v and %v, seed 2 %v", a, b, c)
	}
	wrong := []Vote{{Key: "1", Weight: 1}, {}, {Key: "0", Weight: 0}}
	if none, err := WeightedMajAtK(wrong, "0", 3, 10, 1); none != 0 || err != nil {
		t.Errorf("without a vote for the right answer it is %v, %v", none, err)
	}
	if one, err := WeightedMajAtK([]Vote{{Key: "0", Weight: 1}, {}, {}}, "0", 3, 10, 1); one != 1 || err != nil {
		t.Errorf("without a vote for a wrong answer it is %v, %v", one, err)
	}
}

func TestWeightedMajAtKRefusesWhatItCannotEstimate(t *testing.T) {
	votes := []Vote{{Key: "0", Weight: 1}, {Key: "1", Weight: 1}}
	for name, err := range map[string]error{
		"k of 0":          second(WeightedMajAtK(votes, "0", 0, 10, 1)),
		"k beyond votes":  second(WeightedMajAtK(votes, "0", 3, 10, 1)),
		"no subsets":      second(WeightedMajAtK(votes, "0", 1, 0, 1)),
		"no right answer": second(WeightedMajAtK(votes, "", 1, 10, 1)),
		"no votes":        second(WeightedMajAtK(nil, "0", 1, 10, 1)),
	} {
		if err == nil {
			t.Errorf("%s gives no error", name)
		}
	}
}

func second[A any](_ A, err error) error { return err }

func BenchmarkWeightedMajAtK(b *testing.B) {
	rng := rand.New(rand.NewPCG(26, 27))
	votes := votesOf(rng, newProblem(rng).samples(rng, 256), 1, 2, 3)
	for b.Loop() {
		if _, err := WeightedMajAtK(votes, "0", 64, 1000, 1); err != nil {
			b.Fatal(err)
		}
	}
}
