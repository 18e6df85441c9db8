package voting

import (
	"fmt"
	"math"
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

func TestTheTieRuleIsFair(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	samples := []answer.Key{"a", "a", "a", "b", "b", "b", "c", "c", "c", "d", "d", ""}
	wins := map[answer.Key]int{}
	const runs = 30_000
	for range runs {
		var tally Tally
		for launched, i := range rng.Perm(len(samples)) {
			tally.Add(vote(launched, samples[i]))
		}
		leader, _ := tally.Leader()
		wins[leader.Key]++
	}
	for _, key := range []answer.Key{"a", "b", "c"} {
		if share := float64(wins[key]) / runs; math.Abs(share-1.0/3) > 4*math.Sqrt(2.0/9/runs) {
			t.Errorf("%s wins %v of all ties of three", key, share)
		}
	}
}

func TestTopTwoAreTheLeadersVotesAndTheMostOfItsRivals(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	for range 500 {
		var tally Tally
		for i := range rng.IntN(20) {
			tally.Add(Vote{Sample: i, Key: []answer.Key{"", "1", "2", "3"}[rng.IntN(4)], Weight: float64(1 + rng.IntN(3))})
		}
		var want [2]int
		for i, c := range tally.Counts() {
			place := min(i, 1)
			want[place] = max(want[place], c.Votes)
		}
		var leader, runnerUp int
		if allocations := testing.AllocsPerRun(1, func() { leader, runnerUp = tally.TopTwo() }); allocations > 0 {
			t.Fatalf("TopTwo allocates %v times", allocations)
		}
		if leader != want[0] || runnerUp != want[1] {
			t.Fatalf("TopTwo of %v = %d, %d", tally.Counts(), leader, runnerUp)
		}
	}
}
