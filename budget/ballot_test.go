package budget

import (
	"fmt"
	"testing"

	"caucus/answer"
)

// ballotOf is a ballot whose samples have ended with these answers; an empty one abstains.
func ballotOf(answers ...string) *ballot {
	b := &ballot{standing: new(Standing), weigh: Options{}.weight}
	for _, text := range answers {
		o := Outcome{Status: Finished}
		if v, ok := answer.Read(answer.Bare(text)); ok {
			o.Answer, o.Key, o.value = text, v.Key(), v
		}
		b.samples = append(b.samples, o)
	}
	return b
}

func TestVotesAreCountedForTheClassesOfTheVote(t *testing.T) {
	for _, c := range []struct {
		answers []string
		want    string
	}{
		{[]string{"25%", "25", "25%"}, "25% 3"},
		{[]string{"25%", "25", "25%", "0.25"}, "25% 3, 25 1"}, // what 25% means is known with the last vote
		{[]string{"0.333", "5", "1/3", "", "0.3333"}, "0.333 3, 5 1"},
		{[]string{"5 cm", "5", "x = 5 cm", "5"}, "5 cm 4"},
		{[]string{"5", "5 cm", "5 km"}, "5 1, 5 cm 1, 5 km 1"},
	} {
		b := ballotOf(c.answers...)
		b.countAll()
		got := ""
		for i, count := range b.tally.Counts() {
			if i > 0 {
				got += ", "
			}
			got += fmt.Sprintf("%s %d", count.Text, count.Votes)
		}
		if got != c.want {
			t.Errorf("%q: the counts are %q, want %q", c.answers, got, c.want)
		}
		if n := b.tally.Votes() + b.tally.Abstentions(); n != len(c.answers) {
			t.Errorf("%q: %d samples are counted", c.answers, n)
		}
	}
}

func TestADecisionCountsTheClassesSoFar(t *testing.T) {
	b := ballotOf("1/2", "0.5", `\frac12`, "0.25", "0.25", "0.25", "0.25")
	b.count(asc{inOrder{64}, 0.9, 3})
	if leader, _ := b.tally.Leader(); !b.decided || b.counted != 3 || leader.Key != "1/2" || leader.Votes != 3 {
		t.Errorf("decided is %v after %d samples, with the leader %+v", b.decided, b.counted, leader)
	}
}

func TestAStreakEndsWithAnotherAnswerOrWithNone(t *testing.T) {
	for _, c := range []struct {
		answers []string
		want    int
	}{
		{nil, 0},
		{[]string{""}, 0},
		{[]string{"5"}, 1},
		{[]string{"5", "5", "10/2"}, 3},
		{[]string{"5", "5", "4"}, 1},
		{[]string{"5", "5", ""}, 0},
		{[]string{"5", "", "5", "5"}, 2},
		{[]string{"5", "", "", "5"}, 1},
	} {
		b := ballotOf(c.answers...)
		b.countAll()
		if b.standing.Streak != c.want {
			t.Errorf("%q: a streak of %d, want %d", c.answers, b.standing.Streak, c.want)
		}
	}
}
