package budget

import (
	"slices"
	"testing"

	"caucus/voting"
)

// repeat is so many samples of one kind.
func repeat(n int, s Status, text string) []Outcome {
	return slices.Repeat([]Outcome{{Status: s, Answer: text}}, n)
}

func TestAVerdictSaysWhatTheVotesAreWorth(t *testing.T) {
	const certified = "certified mode (delta 0.05)"
	for name, c := range map[string]struct {
		samples []Outcome
		want    voting.Verdict
	}{
		"nothing":      {nil, voting.NoVerdict},
		"abstentions":  {repeat(5, Truncated, ""), voting.NoVerdict},
		"one vote":     {repeat(1, Finished, "1"), voting.Leading},
		"a tie":        {slices.Concat(repeat(5, Finished, "1"), repeat(5, Finished, "2")), voting.Split},
		"a small lead": {slices.Concat(repeat(6, Finished, "1"), repeat(5, Finished, "2")), voting.Split},
		"a lead":       {slices.Concat(repeat(8, Finished, "1"), repeat(4, Finished, "2")), voting.Leading},
		"all agree":    {repeat(12, Finished, "1"), certified},
		"they abstain": {slices.Concat(repeat(12, Finished, "1"), repeat(9, Truncated, ""), repeat(9, Failed, "")), certified},
		"all landed":   {repeat(12, Landed, "1"), voting.Leading},
		"cut off first": {
			slices.Concat(repeat(1, Cancelled, ""), repeat(12, Finished, "1")), voting.Leading},
		"landed first": {slices.Concat(repeat(1, Landed, "1"), repeat(12, Finished, "1")), voting.Leading},
		"landed early": {slices.Concat(repeat(3, Finished, "1"), repeat(1, Landed, "1"), repeat(12, Finished, "1")), voting.Leading},
		"landed late":  {slices.Concat(repeat(12, Finished, "1"), repeat(3, Landed, "2")), certified},
		"another leads": {
			slices.Concat(repeat(12, Finished, "1"), repeat(40, Landed, "2")), voting.Leading},
	} {
		r := countedBallot(Options{}, c.samples...).result()
		if got, err := r.Verdict(0.05); err != nil || got != c.want {
			t.Errorf("%s: %q, error %v; want %q", name, got, err, c.want)
		}
	}
	for _, delta := range []float64{0, 1, -1} {
		if _, err := countedBallot(Options{}, repeat(3, Finished, "1")...).result().Verdict(delta); err == nil {
			t.Errorf("delta %v is accepted", delta)
		}
	}
}

func TestAVerdictLooksAtCountedSamplesOnly(t *testing.T) {
	b := countedBallot(Options{}, repeat(3, Finished, "1")...)
	b.samples = append(b.samples, repeat(20, Finished, "1")...) // came in after the decision
	if got, err := b.result().Verdict(0.05); err != nil || got != voting.Leading {
		t.Errorf("%q, error %v; want leading by 3 votes", got, err)
	}
}

func TestWarningsNameWhatDeservesLessTrust(t *testing.T) {
	for name, c := range map[string]struct {
		samples []Outcome
		want    []Warning
	}{
		"no samples":  {nil, []Warning{NoAnswer}},
		"no answer":   {repeat(9, Cancelled, ""), []Warning{NoAnswer}},
		"one landed":  {repeat(1, Landed, "1"), []Warning{FewVotes, OnlyLanded}},
		"two":         {repeat(2, Finished, "1"), []Warning{FewVotes}},
		"three":       {repeat(3, Finished, "1"), nil},
		"landed":      {repeat(3, Landed, "1"), []Warning{OnlyLanded}},
		"mixed":       {slices.Concat(repeat(3, Landed, "1"), repeat(1, Finished, "2")), nil},
		"tied":        {slices.Concat(repeat(3, Finished, "1"), repeat(3, Finished, "2")), []Warning{Tie}},
		"tied landed": {slices.Concat(repeat(1, Landed, "1"), repeat(1, Landed, "2")), []Warning{Tie, FewVotes, OnlyLanded}},
	} {
		if got := countedBallot(Options{}, c.samples...).result().Warnings; !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
