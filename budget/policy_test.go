package budget

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
)

func TestPoliciesChooseAsTheySay(t *testing.T) {
	const none = -1
	tokens := func(list ...Standing) []Standing {
		for i := range list {
			if list[i].Tokens == 0 {
				list[i].Tokens = 100
			}
		}
		return list
	}
	fresh, clear, split := Standing{}, Standing{Started: 3, Counted: 3, Votes: 3, Leader: 3},
		Standing{Started: 3, Counted: 3, Votes: 3, Leader: 2, RunnerUp: 1}
	for name, c := range map[string]struct {
		standings []Standing
		want      map[string]int
	}{
		"all fresh": {tokens(fresh, fresh), map[string]int{
			"voi": 0, "greedy-asc": 0, "uniform": 0, "asc": 0, "esc-5": 0, "first-to-4": 0, "bank": 0, "clip": 0}},
		"one fresh": {tokens(split, fresh, split), map[string]int{"voi": 1, "greedy-asc": 1, "uniform": 1, "asc": 0, "esc-5": 0}},
		"a running sample is as good as a vote": {tokens(Standing{Started: 1, Running: 1}, fresh), map[string]int{
			"voi": 1, "greedy-asc": 1, "uniform": 1, "asc": 0}},
		"the undecided one": {tokens(clear, split), map[string]int{"voi": 1, "greedy-asc": 1, "uniform": 0, "asc": 0}},
		"the shorter of two alike": {tokens(split, Standing{Started: 3, Counted: 3, Votes: 3, Leader: 2, RunnerUp: 1, Tokens: 50}),
			map[string]int{"voi": 1, "greedy-asc": 0}},
		"the fewest": {tokens(Standing{Started: 3}, Standing{Started: 2}, Standing{Started: 2}), map[string]int{"uniform": 1}},
		"closed": {tokens(Standing{Started: 1, Closed: true}, Standing{Started: 4, Counted: 4, Leader: 2, RunnerUp: 2}),
			map[string]int{"voi": 1, "greedy-asc": 1, "uniform": 1, "asc": 1, "esc-5": 1, "first-to-4": 1, "bank": 1, "clip": 1}},
		"at the cap": {tokens(Standing{Started: 8, Running: 8}, split), map[string]int{
			"voi": 1, "greedy-asc": 1, "uniform": 1, "asc": 1, "first-to-4": 1, "bank": 1, "clip": 1}},
		"a window is out": {tokens(Standing{Started: 5, Running: 1, Counted: 4}, fresh), map[string]int{"esc-5": 1, "asc": 0}},
		"a window is in":  {tokens(Standing{Started: 5, Counted: 5}, fresh), map[string]int{"esc-5": 0}},
		"nothing left": {tokens(Standing{Started: 8}, Standing{Closed: true}), map[string]int{
			"voi": none, "greedy-asc": none, "uniform": none, "asc": none, "esc-5": none, "first-to-4": none, "bank": none, "clip": none}},
		"no problems": {nil, map[string]int{"voi": none, "greedy-asc": none, "uniform": none, "asc": none, "esc-5": none}},
	} {
		for policy, want := range c.want {
			p, err := ParsePolicy(policy, 8)
			if err != nil {
				t.Fatal(err)
			}
			for range 2 { // the second time from what it remembers
				if got, ok := p.Next(View{Problems: c.standings}); ok != (want != none) || ok && got != want {
					t.Errorf("%s: %s chooses %d, %v; want %d", name, policy, got, ok, want)
				}
			}
		}
	}
}

func TestPoliciesStopAsTheySay(t *testing.T) {
	for policy, c := range map[string]struct{ more, enough []Standing }{
		"asc": {
			[]Standing{{}, {Leader: 3}, {Leader: 5, RunnerUp: 1}, {Counted: 63}},
			[]Standing{{Leader: 4}, {Leader: 6, RunnerUp: 1}, {Counted: 64}},
		},
		"greedy-asc": {
			[]Standing{{}, {Leader: 3}, {Leader: 5, RunnerUp: 1}},
			[]Standing{{Leader: 4}, {Leader: 6, RunnerUp: 1}, {Counted: 64}},
		},
		"esc-3": {
			[]Standing{{}, {Counted: 3, Streak: 2}, {Counted: 4, Streak: 3}, {Counted: 5, Streak: 5}},
			[]Standing{{Counted: 3, Streak: 3}, {Counted: 6, Streak: 5}, {Counted: 64}},
		},
		"first-to-4": {
			[]Standing{{}, {Counted: 7, Leader: 3, RunnerUp: 3}},
			[]Standing{{Counted: 7, Leader: 4, RunnerUp: 3}, {Counted: 8, Leader: 3, RunnerUp: 3}},
		},
		"bank": {[]Standing{{}, {Counted: 15, Leader: 3}}, []Standing{{Leader: 4}, {Counted: 16}}},
		"clip": {[]Standing{{}, {Counted: 7, Leader: 3}}, []Standing{{Leader: 4}, {Counted: 8}}},
		"uniform": {
			[]Standing{{}, {Counted: 63, Leader: 63, Streak: 63}},
			[]Standing{{Counted: 64, Leader: 64}},
		},
		"voi": {
			[]Standing{{}, {Counted: 3, Leader: 3}, {Counted: 10, Leader: 6, RunnerUp: 4}, {Counted: 9}},
			[]Standing{{Counted: 8, Leader: 8}, {Counted: 20, Leader: 17, RunnerUp: 1}, {Counted: 64, Leader: 32, RunnerUp: 32}},
		},
	} {
		p := policyOf(t, policy)
		for _, s := range c.more {
			if p.Decided(s) {
				t.Errorf("%s has enough at %+v", policy, s)
			}
		}
		for _, s := range c.enough {
			if !p.Decided(s) {
				t.Errorf("%s has not enough at %+v", policy, s)
			}
		}
	}
}

func TestPoliciesAreFoundByTheirNames(t *testing.T) {
	for _, help := range PolicyHelp() {
		if _, err := ParsePolicy(help[0], 8); err != nil || help[1] == "" {
			t.Errorf("%q: %v", help, err)
		}
	}
	for name, want := range map[string]string{
		"esc": "{{9} 5}", "esc-1": "{{9} 1}", "esc-1000": "{{9} 1000}",
		"first-to": "{{8} 4}", "first-to-2": "{{4} 2}", "first-to-6": "{{9} 6}", // no more than 9 samples
		"bank": "{{{9} 4}}", "clip": "{{{8} 4}}",
	} {
		p, err := ParsePolicy(name, 9)
		if got := fmt.Sprint(p); err != nil || got != want {
			t.Errorf("%s is %s, error %v; want %s", name, got, err, want)
		}
	}
	for _, name := range []string{"", "VOI", "voi-2", "asc ", "esc-", "esc-0", "esc--1", "esc-1001", "esc-x", "first-to-0", "first-4", "uniform-1"} {
		_, err := ParsePolicy(name, 9)
		if err == nil {
			t.Errorf("%q is a policy", name)
			continue
		}
		for _, help := range PolicyHelp() {
			if !strings.Contains(err.Error(), help[0]) {
				t.Errorf("%q: the error does not name %s: %v", name, help[0], err)
			}
		}
	}
	for _, samples := range []int{0, -1} {
		if _, err := ParsePolicy("voi", samples); err == nil {
			t.Errorf("%d samples are accepted", samples)
		}
	}
}

// The rules of two AIMO winners, in their own numbers: 50 problems in 18,000 seconds.
func TestTimedPoliciesAllotTheirWinnersSeconds(t *testing.T) {
	for _, c := range []struct {
		policy      string
		begun       int
		elapsed     float64 // seconds
		own, others float64
	}{
		{"bank", 0, 0, 350, 350},
		{"bank", 1, 250, 350 + 100, 350},  // the first left 100 s
		{"bank", 10, 500, 350 + 210, 350}, // no more than 210 s
		{"bank", 10, 3700, 350, 350},      // nobody left any
		{"clip", 0, 0, 900, 300},          // all others have their 300 s
		{"clip", 49, 17500, 500, 300},     // what is left
		{"clip", 40, 18000 - 9*300 - 450, 450, 300},
		{"clip", 40, 18000 - 9*300 - 100, 300, 300}, // no less
	} {
		v := View{
			Problems: make([]Standing, 50), Total: 50,
			Elapsed: time.Duration(c.elapsed * float64(time.Second)),
			Left:    time.Duration((18000 - c.elapsed) * float64(time.Second)),
		}
		for i := range c.begun {
			v.Problems[i].Started = 1
		}
		timed, ok := policyOf(t, c.policy).(Timed)
		if !ok {
			t.Fatalf("%s is not timed", c.policy)
		}
		own, others := timed.Allot(v, c.begun)
		if math.Abs(own.Seconds()-c.own) > 1e-3 || math.Abs(others.Seconds()-c.others) > 1e-3 {
			t.Errorf("%s, problem %d after %v s: %v and %v for the others, want %v and %v", c.policy, c.begun, c.elapsed, own,
				others, c.own, c.others)
		}
	}
}

// All problems are alike before their first sample has ended.
func TestEveryProblemGetsAFirstSampleBeforeAnyGetsASecond(t *testing.T) {
	for _, name := range []string{"voi", "greedy-asc", "uniform"} {
		for _, problems := range []int{1, 2, 5, 16} {
			p, v := policyOf(t, name), View{Problems: make([]Standing, problems)}
			for i := range v.Problems {
				v.Problems[i].Tokens = 64
			}
			for i := range 3 * problems {
				problem, ok := p.Next(v)
				if !ok || v.Problems[problem].Started != i/problems {
					t.Fatalf("%s: sample %d of %d problems goes to problem %d, %v", name, i, problems, problem, ok)
				}
				v.Problems[problem].Started++
				v.Problems[problem].Running++
			}
		}
	}
}
