package voting

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"testing"
)

// bruteForce is pass@k and maj@k as means over all subsets of k of the samples. Class 0 is right, class -1 abstains.
func bruteForce(classes []int, k int) (pass, maj float64) {
	subsets := 0.0
	for set := range uint(1) << len(classes) {
		if bits.OnesCount(set) != k {
			continue
		}
		subsets++
		counts := map[int]int{}
		for i, c := range classes {
			if set>>i&1 == 1 && c >= 0 {
				counts[c]++
			}
		}
		if counts[0] == 0 {
			continue
		}
		pass++
		best, tied := 0, 0
		for _, n := range counts {
			if n > best {
				best, tied = n, 0
			}
			if n == best {
				tied++
			}
		}
		if counts[0] == best {
			maj += 1 / float64(tied)
		}
	}
	return pass / subsets, maj / subsets
}

func TestPassAtKAndMajAtKAreMeansOverAllSubsets(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for range 60 {
		classes := make([]int, 1+rng.IntN(12))
		counts := make([]int, 1+rng.IntN(5))
		abstentions := 0
		for i := range classes {
			if classes[i] = rng.IntN(len(counts)+1) - 1; classes[i] < 0 {
				abstentions++
			} else {
				counts[classes[i]]++
			}
		}
		for k := 1; k <= len(classes); k++ {
			pass, maj := bruteForce(classes, k)
			gotPass, err := PassAtK(len(classes), counts[0], k)
			if err != nil || math.Abs(gotPass-pass) > 1e-10 {
				t.Fatalf("PassAtK of %v at %d = %v, %v; want %v", classes, k, gotPass, err, pass)
			}
			gotMaj, err := MajAtK(counts[0], counts[1:], abstentions, k)
			if err != nil || math.Abs(gotMaj-maj) > 1e-10 {
				t.Fatalf("MajAtK of %v at %d = %v, %v; want %v", classes, k, gotMaj, err, maj)
			}
		}
	}
}

func TestEstimatorsRefuseImpossibleCounts(t *testing.T) {
	for _, c := range [][3]int{{5, 6, 1}, {5, -1, 1}, {5, 2, 0}, {5, 2, 6}, {0, 0, 1}} {
		if _, err := PassAtK(c[0], c[1], c[2]); err == nil {
			t.Errorf("PassAtK%v gives no error", c)
		}
	}
	if _, err := MajAtK(1, []int{2, -1}, 0, 1); err == nil {
		t.Error("MajAtK takes a negative count")
	}
	if _, err := MajAtK(1, []int{2}, 0, 4); err == nil {
		t.Error("MajAtK takes more samples than there are")
	}
}
