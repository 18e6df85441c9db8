package voting

import (
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"

	"caucus/answer"
)

func vote(sample int, key answer.Key) Vote {
	return Vote{Sample: sample, Key: key, Text: fmt.Sprintf("%s as in %d", key, sample), Weight: 1}
}

func TestTheTieRuleIsWeightThenVotesThenLaunch(t *testing.T) {
	for name, c := range map[string]struct {
		votes []Vote
		want  answer.Key
		tied  bool
	}{
		"most votes":               {[]Vote{vote(0, "a"), vote(1, "b"), vote(2, "b")}, "b", false},
		"weight before votes":      {[]Vote{{0, "a", "", 3}, {1, "b", "", 1}, {2, "b", "", 1}}, "a", false},
		"votes at equal weight":    {[]Vote{{0, "a", "", 2}, {1, "b", "", 1}, {2, "b", "", 1}}, "b", false},
		"launch at equal votes":    {[]Vote{vote(3, "a"), vote(1, "b"), vote(2, "a"), vote(5, "b")}, "b", true},
		"zero is an answer":        {[]Vote{vote(0, "0"), vote(1, ""), vote(2, "")}, "0", false},
		"abstentions do not count": {[]Vote{vote(0, ""), vote(1, ""), vote(2, "a")}, "a", false},
	} {
		var tally Tally
		for _, v := range c.votes {
			tally.Add(v)
		}
		if leader, ok := tally.Leader(); !ok || leader.Key != c.want || tally.Tied() != c.tied {
			t.Errorf("%s: leader %+v, tied %v; want %q, %v", name, leader, tally.Tied(), c.want, c.tied)
		}
	}
}

func TestAnAbstentionNeverWins(t *testing.T) {
	var tally Tally
	for i, w := range []float64{0, -1, math.NaN(), math.Inf(1)} {
		tally.Add(Vote{Sample: i, Key: "a", Weight: w})
	}
	tally.Add(Vote{Sample: 9, Weight: 1})
	if leader, ok := tally.Leader(); ok || tally.Abstentions() != 5 || tally.Votes() != 0 || tally.Share("a") != 0 {
		t.Errorf("leader %+v, %d abstentions, %d votes", leader, tally.Abstentions(), tally.Votes())
	}
}

func TestATallyDoesNotDependOnTheOrderOfVotes(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		votes := make([]Vote, rng.IntN(20))
		for i := range votes {
			votes[i] = vote(i, []answer.Key{"", "1", "2", "3"}[rng.IntN(4)])
		}
		var inOrder, shuffled Tally
		for _, v := range votes {
			inOrder.Add(v)
		}
		for _, i := range rng.Perm(len(votes)) {
			shuffled.Add(votes[i])
		}
		if a, b := inOrder.Counts(), shuffled.Counts(); !slices.Equal(a, b) {
			t.Fatalf("%v in order, %v shuffled", a, b)
		}
		total := 0.0
		for _, c := range inOrder.Counts() {
			total += inOrder.Share(c.Key)
		}
		if inOrder.Votes() > 0 && math.Abs(total-1) > 1e-12 {
			t.Fatalf("shares sum to %v", total)
		}
		if inOrder.Votes()+inOrder.Abstentions() != len(votes) {
			t.Fatalf("%d votes and %d abstentions of %d samples", inOrder.Votes(), inOrder.Abstentions(), len(votes))
		}
	}
}

func TestLeadProbabilityIsTheBinomialSum(t *testing.T) {
	for a := range 30 {
		for b := range 30 {
			want, n := 0.0, a+b+1
			for k := 0; k <= a; k++ {
				want += math.Exp(logChoose(n, k)) / math.Pow(2, float64(n))
			}
			if got := LeadProbability(a, b); math.Abs(got-want) > 1e-12 {
				t.Errorf("LeadProbability(%d, %d) = %v, want %v", a, b, got, want)
			}
		}
	}
}

// The states where Adaptive-Consistency stops at .95.
func TestLeadProbabilityStopsWhereItShould(t *testing.T) {
	for b, a := range []int{4, 6, 8, 9, 11, 12, 14, 15, 17} {
		if LeadProbability(a, b) < 0.95 || LeadProbability(a-1, b) >= 0.95 {
			t.Errorf("%d to %d is not the first to reach .95: %v after %v", a, b, LeadProbability(a, b), LeadProbability(a-1, b))
		}
	}
	if p := LeadProbability(100000, 100); !(p > 0.999 && p <= 1) {
		t.Errorf("LeadProbability(100000, 100) = %v", p)
	}
}

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
