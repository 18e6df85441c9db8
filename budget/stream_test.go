package budget

import (
	"math"
	"testing"
	"testing/synctest"
	"time"
)

// visible is an Observer and a plan: it looks at which problems have begun.
type visible struct {
	t       *testing.T
	begun   int // problems
	settled int
	ends    []float64 // seconds at which problems were settled
}

func (v *visible) Ended(Record)     {}
func (v *visible) Decided(Decision) {}
func (v *visible) Done(error)       {}

func (v *visible) Settled(problem int, r Result) {
	if problem != v.settled {
		v.t.Errorf("problem %d is settled after %d others", problem, v.settled)
	}
	v.settled++
	v.ends = append(v.ends, r.Seconds)
}

func (v *visible) start(problem int) {
	if problem > v.settled {
		v.t.Errorf("problem %d begins after %d are settled", problem, v.settled)
	}
	v.begun = max(v.begun, problem+1)
}

func TestAStreamShowsOneProblemAtATime(t *testing.T) {
	for name, policy := range policies(t, 64) {
		p, ok := policy().(Timed)
		if _, streams := p.(stream); !ok || !streams {
			continue
		}
		v := &visible{t: t}
		draw := lognormal(100, 0.5)
		s := newSim(16, affine(0.002, 0.0005, 0), window(30*time.Second), func(b Sample) drawn {
			v.start(b.Problem)
			return draw(b)
		})
		simulate(t, s, 12, p, Options{Observer: v})
		if v.begun != 12 || v.settled != 12 {
			t.Errorf("%s: %d of 12 problems have begun, %d are settled", name, v.begun, v.settled)
		}
	}
}

// hardFirst makes samples of the first problems never agree.
func hardFirst(hard int) func(Sample) drawn {
	draw := lognormal(60, 0.3)
	return func(b Sample) drawn {
		d := draw(b)
		d.answer = readings[7]
		if b.Problem < hard {
			d.answer = readings[b.Index%len(readings)]
		}
		return d
	}
}

func TestHardProblemsAtTheBeginningOfAStreamLeaveTimeForTheOthers(t *testing.T) {
	for _, name := range []string{"voi", "greedy-asc", "asc", "uniform", "esc-5"} {
		s := newSim(16, affine(0.002, 0.0005, 0), window(20*time.Second), hardFirst(5))
		report := simulate(t, s, 10, Stream(policyOf(t, name)), Options{})
		for i, r := range report.Results[5:] {
			if r.Answer != "7" || r.Votes < 3 {
				t.Errorf("%s: problem %d has the answer %q by %d votes", name, 5+i, r.Answer, r.Votes)
			}
		}
	}
}

func TestEasyProblemsAtTheBeginningOfAStreamLeaveTimeToAHardOne(t *testing.T) {
	for _, c := range []struct {
		policy string
		want   float64 // seconds for the last of ten problems in a window of 20
	}{{"voi", 10}, {"asc", 10}, {"uniform", 1.5}} {
		s := newSim(16, affine(0.002, 0.0005, 0), window(20*time.Second), func(b Sample) drawn {
			b.Problem = 9 - b.Problem // the last is hard
			return hardFirst(1)(b)
		})
		v := &visible{t: t}
		policy, err := ParsePolicy(c.policy, 100000)
		if err != nil {
			t.Fatal(err)
		}
		simulate(t, s, 10, Stream(policy), Options{Observer: v})
		if got := v.ends[9] - v.ends[8]; got < c.want {
			t.Errorf("%s: the last problem had %v s, want %v or more", c.policy, got, c.want)
		}
		if c.policy != "uniform" {
			continue
		}
		for i, end := range v.ends {
			if math.Abs(end-2*float64(i+1)) > 1 {
				t.Errorf("uniform: problem %d of 10 is settled after %v s of 20", i, end)
			}
		}
	}
}

// A sample that neither ends nor lands costs its own problem, not those that come after it.
func TestAStuckSampleHoldsUpItsProblemOnly(t *testing.T) {
	for name, policy := range policies(t, 6) {
		synctest.Test(t, func(t *testing.T) {
			f := newFake(8, 10*time.Millisecond, func(s Sample) plan {
				if s.Problem == 1 && s.Index == 0 {
					return plan{}
				}
				return answers(time.Second, 5)
			})
			f.land = func(id ID) time.Duration {
				if id == (ID{1, 0}) {
					return never
				}
				return 10 * f.step
			}
			report := spend(t, f, time.Minute, 6, policy())
			for i, r := range report.Results {
				if i != 1 && (r.Answer != "5" || r.Votes < 3) {
					t.Errorf("%s: problem %d has the answer %q by %d votes", name, i, r.Answer, r.Votes)
				}
			}
			if r := report.Results[1]; r.Samples[0].Status != Cancelled || r.Answer != "5" && r.Answer != "7" {
				t.Errorf("%s: the stuck sample is %s, its problem's answer %q", name, r.Samples[0].Status, r.Answer)
			}
		})
	}
}

func TestAStreamWaitsForLandingsAndPassesOverWhatIsTooLate(t *testing.T) {
	const none = -1
	done, landing, late := Standing{Started: 4, Closed: true, Settled: true}, Standing{Started: 4, Running: 1, Closed: true},
		Standing{Started: 4, Closed: true}
	for name, c := range map[string]struct {
		standings []Standing
		want      int
	}{
		"the first":     {[]Standing{{}, {}}, 0},
		"still":         {[]Standing{{Started: 4, Running: 4}, {}}, 0},
		"the next":      {[]Standing{done, {}, {}}, 1},
		"it lands":      {[]Standing{done, landing, {}}, none},
		"it is late":    {[]Standing{done, late, {}}, 2},
		"all are":       {[]Standing{late, late, done}, none},
		"has its share": {[]Standing{{Started: 64, Running: 3}, {}}, none},
	} {
		for _, policy := range []string{"voi", "greedy-asc", "uniform", "asc"} {
			for i := range c.standings {
				c.standings[i].Tokens = 64
			}
			got, ok := Stream(policyOf(t, policy)).Next(View{Problems: c.standings})
			if ok != (c.want != none) || ok && got != c.want {
				t.Errorf("%s: %s chooses %d, %v; want %d", name, policy, got, ok, c.want)
			}
		}
	}
}
