package budget

import (
	"slices"
	"testing"

	"caucus/voting"
)

// countedBallot is a ballot of samples that have ended like this, all of them counted.
func countedBallot(o Options, samples ...Outcome) *ballot {
	b := &ballot{standing: new(Standing), weigh: o.weight, samples: samples}
	for i := range samples {
		r := ReadBare(samples[i].Answer)
		samples[i].Key, samples[i].value = r.value.Key(), r.value
	}
	b.countAll()
	return b
}

func TestALandedVoteCountsForWhatTheDiscountLeaves(t *testing.T) {
	samples := func() []Outcome {
		return []Outcome{{Status: Landed, Answer: "1"}, {Status: Landed, Answer: "1"}, {Status: Finished, Answer: "2"}}
	}
	for _, c := range []struct {
		discount float64
		answer   string
		votes    int
		tie      bool
	}{{0, "1", 3, false}, {0.4, "1", 3, false}, {0.5, "1", 3, false}, {0.6, "2", 3, false}, {1, "2", 1, false}} {
		r := countedBallot(Options{LandedDiscount: c.discount}, samples()...).result()
		if r.Answer != c.answer || r.Votes != c.votes || r.Votes+r.Abstentions != 3 {
			t.Errorf("discount %v: %s by %d votes with %d abstentions, want %s by %d", c.discount, r.Answer, r.Votes,
				r.Abstentions, c.answer, c.votes)
		}
	}
	r := countedBallot(Options{LandedDiscount: 1}, Outcome{Status: Landed, Answer: "1"}).result()
	if r.Answer != "" || !slices.Equal(r.Warnings, []Warning{NoAnswer}) {
		t.Errorf("%+v: a landed vote counts", r)
	}
}

func TestAWeightingDecidesAgainstMoreButUnsureVotes(t *testing.T) {
	weighting, err := voting.ParseWeighting("logprob")
	if err != nil {
		t.Fatal(err)
	}
	samples := func() []Outcome {
		return []Outcome{
			{Status: Finished, Answer: "1", Tokens: 10, LogProb: -2}, {Status: Finished, Answer: "1", Tokens: 10, LogProb: -2},
			{Status: Finished, Answer: "2", Tokens: 10, LogProb: -0.1},
		}
	}
	if r := countedBallot(Options{}, samples()...).result(); r.Answer != "1" || r.Counts[0].Weight != 2 {
		t.Errorf("%+v, want 1 by its two votes", r)
	}
	b := countedBallot(Options{Weighting: weighting}, samples()...)
	if r := b.result(); r.Answer != "2" || r.Votes != 3 || b.standing.Leader != 1 || b.standing.RunnerUp != 2 {
		t.Errorf("%+v, standing %+v; want 2 by its weight", r, b.standing)
	}
}

func TestATieGoesToTheAnswerThatWasLaunchedFirst(t *testing.T) {
	for _, c := range []struct {
		answers []string
		want    string
		tie     bool
	}{
		{[]string{"3", "4"}, "3", true},
		{[]string{"4", "3", "3", "4"}, "4", true},
		{[]string{"", "5", "3", "3", "5"}, "5", true},
		{[]string{"4", "3", "3"}, "3", false},
	} {
		var samples []Outcome
		for _, text := range c.answers {
			samples = append(samples, Outcome{Status: Finished, Answer: text})
		}
		r := countedBallot(Options{}, samples...).result()
		if r.Answer != c.want || slices.Contains(r.Warnings, Tie) != c.tie {
			t.Errorf("%q: %s with warnings %q, want %s", c.answers, r.Answer, r.Warnings, c.want)
		}
	}
}
