package voting

import "testing"

func TestAVerdictIsNoMoreThanTheVotesAreWorth(t *testing.T) {
	open := newCertificate(t, 0.05)
	forA := newCertificate(t, 0.05)
	addAll(forA, "a", 9)
	for _, c := range []struct {
		certificate *Certificate
		leader      Count
		runnerUp    int
		want        Verdict
	}{
		{open, Count{}, 0, NoVerdict},
		{forA, Count{}, 0, NoVerdict},
		{open, Count{Key: "a", Votes: 1}, 0, Leading}, // three to one, exactly
		{open, Count{Key: "a", Votes: 1}, 1, Split},
		{open, Count{Key: "a", Votes: 2}, 1, Split}, // .69
		{open, Count{Key: "a", Votes: 3}, 1, Leading},
		{open, Count{Key: "a", Votes: 30}, 0, Leading},
		{open, Count{Key: "a", Votes: 2}, 5, Split}, // by weight
		{forA, Count{Key: "a", Votes: 9}, 0, "certified mode (delta 0.05)"},
		{forA, Count{Key: "a", Votes: 20}, 19, "certified mode (delta 0.05)"},
		{forA, Count{Key: "b", Votes: 20}, 9, Leading},
		{forA, Count{Key: "b", Votes: 10}, 9, Split},
	} {
		if got := c.certificate.Verdict(c.leader, c.runnerUp); got != c.want {
			t.Errorf("%q with %d to %d votes is %q, want %q", c.leader.Key, c.leader.Votes, c.runnerUp, got, c.want)
		}
	}
}
