package budget

import "testing"

func TestPoliciesChooseAsTheySay(t *testing.T) {
	rule := StopRule{MaxSamples: 5}
	inOrder, err := NewASC(rule)
	if err != nil {
		t.Fatal(err)
	}
	even := policyOf(t, rule)
	for name, c := range map[string]struct {
		standings []Standing
		asc, even int // -1: none
	}{
		"all new":      {[]Standing{{}, {}}, 0, 0},
		"fewest":       {[]Standing{{Started: 3}, {Started: 2}, {Started: 2}}, 0, 1},
		"closed":       {[]Standing{{Closed: true}, {Started: 4}}, 1, 1},
		"at the cap":   {[]Standing{{Started: 5}, {Started: 4}, {Started: 3}}, 1, 2},
		"nothing left": {[]Standing{{Started: 5}, {Closed: true}}, -1, -1},
		"no problems":  {nil, -1, -1},
	} {
		for policy, want := range map[Policy]int{inOrder: c.asc, even: c.even} {
			if got, ok := policy.Next(c.standings); ok != (want >= 0) || ok && got != want {
				t.Errorf("%s: %T chooses %d, %v; want %d", name, policy, got, ok, want)
			}
		}
	}
}

func TestTheStopRuleNeedsConfidenceAndVotes(t *testing.T) {
	for _, c := range []struct {
		rule             StopRule
		leader, runnerUp int
		want             bool
	}{
		{StopRule{}, 3, 0, false},
		{StopRule{}, 4, 0, true},
		{StopRule{}, 5, 1, false},
		{StopRule{}, 6, 1, true},
		{StopRule{MinVotes: 6}, 5, 0, false},
		{StopRule{MinVotes: 6}, 6, 0, true},
		{StopRule{Confidence: 0.99}, 5, 0, false},
		{StopRule{Confidence: 0.99}, 6, 0, true},
		{StopRule{}, 0, 0, false},
	} {
		if got := policyOf(t, c.rule).Decided(Standing{Leader: c.leader, RunnerUp: c.runnerUp}); got != c.want {
			t.Errorf("%+v at %d to %d: %v, want %v", c.rule, c.leader, c.runnerUp, got, c.want)
		}
	}
	for _, rule := range []StopRule{{Confidence: 0.5}, {Confidence: 1}, {Confidence: -1}, {MinVotes: -1}, {MaxSamples: -1}} {
		if _, err := NewUniform(rule); err == nil {
			t.Errorf("%+v is accepted", rule)
		}
	}
}
