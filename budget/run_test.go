package budget

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// fake is a Sampler in virtual time. Its samples last as long as their plan says.
type fake struct {
	slots  int
	step   time.Duration
	plan   func(Sample) plan
	land   func(ID) time.Duration // how long landing takes
	onCall func()                 // runs in every call, on the caller's goroutine

	events  chan Event
	ends    map[ID]*time.Timer
	most    int // samples started and not cancelled
	started map[ID]Sample
	landed  map[ID]bool
	stopped map[ID]bool
}

type plan struct {
	lasts  time.Duration // 0: for ever
	text   string
	status Status
}

const never = time.Duration(0)

func newFake(slots int, step time.Duration, p func(Sample) plan) *fake {
	return &fake{
		slots: slots, step: step, plan: p,
		land:   func(ID) time.Duration { return 10 * step },
		onCall: func() {},
		events: make(chan Event, 1<<14), ends: map[ID]*time.Timer{},
		started: map[ID]Sample{}, landed: map[ID]bool{}, stopped: map[ID]bool{},
	}
}

func (f *fake) Slots() int           { return f.slots }
func (f *fake) Events() <-chan Event { return f.events }

func (f *fake) end(id ID, after time.Duration, status Status, text string) {
	if timer := f.ends[id]; timer != nil {
		timer.Stop()
	}
	e := Event{ID: id, Status: status, Text: text, Tokens: 10, Seconds: after.Seconds(), Step: f.step}
	f.ends[id] = time.AfterFunc(after, func() { f.events <- e })
}

func (f *fake) Start(s Sample) {
	f.onCall()
	f.started[s.ID] = s
	f.most = max(f.most, len(f.started)-len(f.stopped))
	if p := f.plan(s); p.lasts != never {
		f.end(s.ID, p.lasts, p.status, p.text)
	}
}

func (f *fake) Cancel(ids []ID) {
	f.onCall()
	for _, id := range ids {
		f.stopped[id] = true
		if timer := f.ends[id]; timer != nil {
			timer.Stop()
		}
	}
}

func (f *fake) Land(ids []ID) {
	f.onCall()
	for _, id := range ids {
		f.landed[id] = true
		if d := f.land(id); d != never {
			f.end(id, d, Landed, `so \boxed{7`)
		}
	}
}

func boxed(n int) string { return fmt.Sprintf(`\boxed{%d}`, n) }

func answers(lasts time.Duration, n int) plan { return plan{lasts, boxed(n), Finished} }

func policyOf(t testing.TB, rule StopRule) Policy {
	t.Helper()
	p, err := NewUniform(rule)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func idsOf(n int) []string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = fmt.Sprintf("p%d", i)
	}
	return ids
}

// spend runs f for d and fails the test when the run is not back in time.
func spend(t testing.TB, f *fake, d time.Duration, problems int, rule StopRule) Report {
	t.Helper()
	start := time.Now()
	report, err := Run(t.Context(), Open(d), idsOf(problems), f, policyOf(t, rule), Options{Step: f.step})
	if err != nil {
		t.Fatal(err)
	}
	if took := time.Since(start); took > d {
		t.Fatalf("back after %v of a window of %v", took, d)
	}
	synctest.Wait() // the courier's last calls
	return report
}

func TestAnAgreedProblemEndsEarlyAndItsOtherSamplesAreCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(8, 10*time.Millisecond, func(s Sample) plan { return answers(time.Duration(1+s.Index)*time.Second, 42) })
		report := spend(t, f, time.Minute, 1, StopRule{})
		r := report.Results[0]
		if r.Answer != "42" || !r.Decided || r.Votes != 4 || report.Seconds != 4 {
			t.Errorf("%+v after %v s, want 42 decided by 4 votes after 4 s", r, report.Seconds)
		}
		// Every slot that ended was filled again.
		if r.Count(Finished) != 4 || r.Count(Cancelled) != 7 || len(f.stopped) != 7 {
			t.Errorf("%d finished, %d cancelled, %d told to stop", r.Count(Finished), r.Count(Cancelled), len(f.stopped))
		}
	})
}

func TestRunningSamplesLandBeforeTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(4, 10*time.Millisecond, func(Sample) plan { return plan{} })
		r := spend(t, f, 10*time.Second, 2, StopRule{}).Results
		for _, r := range r {
			if r.Answer != "7" || r.Count(Landed) != 2 || !slices.Contains(r.Warnings, OnlyLanded) {
				t.Errorf("%+v, want 7 by 2 landed samples", r)
			}
		}
	})
}

func TestASamplerThatHangsCostsAnswersNotTime(t *testing.T) {
	for name, hang := range map[string]func(*fake, chan struct{}){
		"no event ever":  func(f *fake, _ chan struct{}) { f.land = func(ID) time.Duration { return never } },
		"calls block":    func(f *fake, release chan struct{}) { f.onCall = func() { <-release } },
		"late by a hair": func(f *fake, _ chan struct{}) { f.land = func(ID) time.Duration { return time.Minute } },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(4, 10*time.Millisecond, func(Sample) plan { return plan{} })
				release := make(chan struct{})
				hang(f, release)
				defer close(release)
				r := spend(t, f, 10*time.Second, 1, StopRule{}).Results[0]
				if r.Count(Cancelled) != 4 || r.Answer != "" || !slices.Contains(r.Warnings, NoAnswer) {
					t.Errorf("%+v, want 4 cancelled samples and no answer", r)
				}
			})
		})
	}
}

func TestASamplerThatFailsIsAnErrorWithAReport(t *testing.T) {
	for name, fail := range map[string]func(*fake){
		"panic": func(f *fake) { f.onCall = func() { panic("out of memory") } },
		"closed events": func(f *fake) {
			time.AfterFunc(time.Second, func() { close(f.events) })
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(2, 10*time.Millisecond, func(Sample) plan { return plan{} })
				fail(f)
				report, err := Run(t.Context(), Open(time.Minute), idsOf(1), f, policyOf(t, StopRule{}), Options{})
				if err == nil || report.Results[0].Count(Failed) != 2 || report.Seconds > 1 {
					t.Errorf("error %v, report %+v", err, report)
				}
			})
		})
	}
}

func TestACancelledRunLandsWithinTheGrace(t *testing.T) {
	for _, landing := range []time.Duration{100 * time.Millisecond, never} {
		synctest.Test(t, func(t *testing.T) {
			f := newFake(4, 10*time.Millisecond, func(Sample) plan { return plan{} })
			f.land = func(ID) time.Duration { return landing }
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
			defer cancel()
			report, err := Run(ctx, Open(time.Hour), idsOf(1), f, policyOf(t, StopRule{}), Options{})
			want := 3 + Grace.Seconds()
			if landing != never {
				want = 3 + landing.Seconds()
			}
			if err != nil || !report.Interrupted || report.Seconds != want {
				t.Errorf("error %v, interrupted %v after %v s, want %v s", err, report.Interrupted, report.Seconds, want)
			}
			if got := report.Results[0].Count(Landed); got != 4 && landing != never {
				t.Errorf("%d landed, want 4", got)
			}
		})
	}
}

func TestDecisionsFollowLaunchOrder(t *testing.T) {
	// Wrong answers are short: on arrival they would be first with four votes.
	synctest.Test(t, func(t *testing.T) {
		f := newFake(16, 10*time.Millisecond, func(s Sample) plan {
			if s.Index%3 == 2 {
				return answers(time.Second, 13)
			}
			return answers(10*time.Second, 5)
		})
		if r := spend(t, f, time.Minute, 1, StopRule{}).Results[0]; r.Answer != "5" || !r.Decided {
			t.Errorf("%+v, want 5", r)
		}
	})
}

func TestTheVotesOfADecidedProblemDoNotDependOnSpeed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var first []Result
		for speed := range uint64(50) {
			rng := rand.New(rand.NewPCG(speed, 1))
			f := newFake(1+rng.IntN(20), time.Millisecond, func(s Sample) plan {
				said := rand.New(rand.NewPCG(s.Seed, 0)).IntN(10) / 7 // a function of the seed alone
				return answers(time.Duration(1+rng.IntN(5000))*time.Millisecond, said)
			})
			results := spend(t, f, time.Hour, 5, StopRule{}).Results
			for i := range results {
				results[i].Samples, results[i].Seconds, results[i].Tokens = nil, 0, 0
			}
			if first == nil {
				first = results
			}
			if !reflect.DeepEqual(results, first) {
				t.Fatalf("speed %d: %+v\nwant %+v", speed, results, first)
			}
		}
	})
}

// TestRandomRunsKeepTheContract runs samplers with random speeds, hangs, bursts, failures and landings that never come.
func TestRandomRunsKeepTheContract(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for seed := range uint64(2000) {
			rng := rand.New(rand.NewPCG(seed, 2))
			step := time.Duration(1+rng.IntN(100)) * time.Millisecond
			burst := rng.IntN(4) == 0
			f := newFake(1+rng.IntN(12), step, func(Sample) plan {
				p := plan{time.Duration(1+rng.IntN(200)) * step, boxed(rng.IntN(3)), Finished}
				switch k := rng.IntN(12); {
				case k == 0:
					p.lasts = never
				case k < 4:
					p.status = []Status{Truncated, Failed, "nonsense"}[k-1]
				case burst:
					p.lasts = 50 * step
				}
				return p
			})
			f.land = func(ID) time.Duration {
				if rng.IntN(6) == 0 {
					return never
				}
				return time.Duration(1+rng.IntN(60)) * step
			}
			problems := 1 + rng.IntN(6)
			d := time.Duration(1+rng.IntN(20000)) * time.Millisecond
			checkRun(t, f, d, spend(t, f, d, problems, StopRule{MaxSamples: 1 + rng.IntN(30)}))
		}
	})
}

func checkRun(t *testing.T, f *fake, window time.Duration, report Report) {
	t.Helper()
	launched := 0
	for p, r := range report.Results {
		launched += len(r.Samples)
		sum := 0
		for _, s := range []Status{Finished, Landed, Truncated, Cancelled, Failed} {
			sum += r.Count(s)
		}
		if sum != len(r.Samples) {
			t.Fatalf("%d statuses of %d samples: %+v", sum, len(r.Samples), r)
		}
		if !r.Decided && r.Votes+r.Abstentions != len(r.Samples) || r.Votes+r.Abstentions > len(r.Samples) {
			t.Fatalf("%d votes and %d abstentions of %d samples", r.Votes, r.Abstentions, len(r.Samples))
		}
		if (r.Answer == "") != (r.Votes == 0) {
			t.Fatalf("answer %q from %d votes", r.Answer, r.Votes)
		}
		for i, s := range r.Samples {
			id := ID{p, i}
			if s.Status == Cancelled && !f.stopped[id] {
				t.Fatalf("sample %v is cancelled but was not told", id)
			}
			if s.Status == Cancelled && !r.Decided && !f.landed[id] && window > 2*32*f.step {
				t.Fatalf("sample %v was given up without an attempt to land", id)
			}
		}
	}
	if launched != len(f.started) {
		t.Fatalf("%d samples in the report, %d started", launched, len(f.started))
	}
}

func TestNoMoreSamplesRunThanThereAreSlots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(5, 10*time.Millisecond, func(Sample) plan { return plan{} })
		spend(t, f, 5*time.Second, 20, StopRule{})
		if f.most != 5 {
			t.Errorf("%d samples at once, want 5", f.most)
		}
	})
}

func TestAShortWindowFillsItsSlotsAndALateSampleIsNotBegun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(8, 50*time.Millisecond, func(Sample) plan { return plan{} })
		if spend(t, f, time.Second, 1, StopRule{}); len(f.started) != 8 {
			t.Errorf("%d samples in a short window, want 8", len(f.started))
		}
		// Landing begins 0.32 s before the end. A slot that is free at 9.6 s has no use for a second sample.
		f = newFake(1, 10*time.Millisecond, func(Sample) plan { return answers(9600*time.Millisecond, 1) })
		if spend(t, f, 10*time.Second, 1, StopRule{}); len(f.started) != 1 {
			t.Errorf("%d samples, want 1", len(f.started))
		}
		f = newFake(1, 10*time.Millisecond, func(Sample) plan { return answers(9600*time.Millisecond, 1) })
		if spend(t, f, 10*time.Second, 2, StopRule{}); !f.landed[ID{1, 0}] {
			t.Error("a problem without any sample did not get a late one")
		}
	})
}

// What a model's loading has taken is gone; what is left is spent as a window of that length would be.
func TestAWindowThatIsPartlyOverIsSpentToItsEnd(t *testing.T) {
	const ms = time.Millisecond
	for gone, want := range map[time.Duration]int{0: 8, 300 * ms: 8, 900 * ms: 8, 1000 * ms: 0} {
		synctest.Test(t, func(t *testing.T) {
			f := newFake(8, 50*time.Millisecond, func(Sample) plan { return plan{} })
			f.land = func(ID) time.Duration { return 20 * time.Millisecond }
			w := Open(time.Second)
			time.Sleep(gone)
			report, err := Run(t.Context(), w, idsOf(1), f, policyOf(t, StopRule{}), Options{})
			if err != nil || time.Now().After(w.End) || report.Results[0].Count(Landed) != want {
				t.Errorf("after %v: error %v, %d samples landed, want %d", gone, err, report.Results[0].Count(Landed), want)
			}
			synctest.Wait()
		})
	}
}

func TestLandingLeavesTimeForTheStepsThatAreMeasured(t *testing.T) {
	for _, step := range []time.Duration{time.Millisecond, 10 * time.Millisecond, 300 * time.Millisecond} {
		synctest.Test(t, func(t *testing.T) {
			f := newFake(4, step, func(Sample) plan { return plan{} })
			f.land = func(ID) time.Duration { return 24 * step }
			f.events <- Event{Status: Running, Step: step}
			start := time.Now()
			report, err := Run(t.Context(), Open(30*time.Second), idsOf(1), f, policyOf(t, StopRule{}), Options{})
			if err != nil || report.Results[0].Count(Landed) != 4 {
				t.Errorf("steps of %v: error %v, %+v", step, err, report)
			}
			if used := time.Since(start); used < 30*time.Second-max(minReserve, 33*step) {
				t.Errorf("steps of %v: back after %v already", step, used)
			}
		})
	}
}

func TestAShortWindowLandsAsManyAsItHasTimeFor(t *testing.T) {
	for window, want := range map[time.Duration]int{
		10 * time.Second:        10,
		4800 * time.Millisecond: 10, // landing has half of it, 24 steps
		2400 * time.Millisecond: 5,
		100 * time.Millisecond:  1,
	} {
		synctest.Test(t, func(t *testing.T) {
			f := newFake(10, 100*time.Millisecond, func(Sample) plan { return plan{} })
			f.land = func(ID) time.Duration { return never }
			f.events <- Event{Status: Running, Step: f.step}
			spend(t, f, window, 5, StopRule{})
			if len(f.landed) != want || len(f.stopped) != 10 {
				t.Errorf("a window of %v landed %d samples, want %d, and told %d of 10 to stop", window, len(f.landed), want, len(f.stopped))
			}
			for p := range min(want, 5) {
				if !f.landed[ID{p, 0}] {
					t.Errorf("a window of %v landed nothing of problem %d", window, p)
				}
			}
		})
	}
}

func TestTheStepEstimateRisesAtOnceAndFallsSlowly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(1, 10*time.Millisecond, func(Sample) plan { return plan{} })
		f.land = func(ID) time.Duration { return never }
		for _, ms := range []time.Duration{10, 100, 10} {
			f.events <- Event{Status: Running, Step: ms * time.Millisecond}
		}
		if got := spend(t, f, time.Minute, 1, StopRule{}).Step; got != 91*time.Millisecond {
			t.Errorf("estimate %v after steps of 10, 100 and 10 ms, want 91 ms", got)
		}
	})
}

func TestSeedsAreDistinctAndDependOnRunProblemAndIndex(t *testing.T) {
	seen := map[uint64]bool{}
	for run := range uint64(10) {
		for problem := range 10 {
			for index := range 10 {
				seen[Seed(run, fmt.Sprint(problem), index)] = true
			}
		}
	}
	if len(seen) != 1000 {
		t.Errorf("%d seeds for 1000 samples", len(seen))
	}
	if a, b := Seed(1, "p", 2), Seed(1, "p", 2); a != b {
		t.Errorf("the seed of one sample is %d and %d", a, b)
	}
}

func TestImpossibleRunsAreRefused(t *testing.T) {
	p := policyOf(t, StopRule{})
	second := func() Window { return Open(time.Second) }
	for name, run := range map[string]func() (Report, error){
		"no time":     func() (Report, error) { return Run(t.Context(), Open(0), idsOf(1), newFake(1, 1, nil), p, Options{}) },
		"no problems": func() (Report, error) { return Run(t.Context(), second(), nil, newFake(1, 1, nil), p, Options{}) },
		"no slots":    func() (Report, error) { return Run(t.Context(), second(), idsOf(1), newFake(0, 1, nil), p, Options{}) },
		"same id": func() (Report, error) {
			return Run(t.Context(), second(), []string{"a", "a"}, newFake(1, 1, nil), p, Options{})
		},
		"bad step": func() (Report, error) {
			return Run(t.Context(), second(), idsOf(1), newFake(1, 1, nil), p, Options{Step: -1})
		},
		"bad landing": func() (Report, error) {
			return Run(t.Context(), second(), idsOf(1), newFake(1, 1, nil), p, Options{LandTokens: -1})
		},
	} {
		if _, err := run(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
