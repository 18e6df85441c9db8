package budget

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestAnAgreedProblemEndsEarlyAndItsOtherSamplesAreCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(8, 10*time.Millisecond, func(s Sample) plan { return answers(time.Duration(1+s.Index)*time.Second, 42) })
		report := spend(t, f, time.Minute, 1, policyOf(t, "asc"))
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
		f := newFake(4, 10*time.Millisecond, endless)
		r := spend(t, f, 10*time.Second, 2, policyOf(t, "uniform")).Results
		for _, r := range r {
			if r.Answer != "7" || r.Count(Landed) != 2 || !slices.Contains(r.Warnings, OnlyLanded) {
				t.Errorf("%+v, want 7 by 2 landed samples", r)
			}
		}
	})
}

func TestProblemsWithoutRunningSamplesAreSettledWhenLandingBegins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(1, 10*time.Millisecond, endless)
		report := spend(t, f, 10*time.Second, 2, policyOf(t, "uniform"))
		if got := report.Results[1].Seconds; math.Abs(got-9.68) > 1e-6 || report.Seconds <= got {
			t.Errorf("a problem that had no slot is settled after %v s of %v, want 9.68", got, report.Seconds)
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
				f := newFake(4, 10*time.Millisecond, endless)
				release := make(chan struct{})
				hang(f, release)
				defer close(release)
				r := spend(t, f, 10*time.Second, 1, policyOf(t, "asc")).Results[0]
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
				f := newFake(2, 10*time.Millisecond, endless)
				fail(f)
				told := newWitness(t, 0)
				report, err := Run(t.Context(), Open(time.Minute), idsOf(1), f, policyOf(t, "uniform"), Options{Observer: told})
				if err == nil || report.Results[0].Count(Failed) != 2 || report.Seconds > 1 {
					t.Errorf("error %v, report %+v", err, report)
				}
				synctest.Wait()
				told.agrees(report)
			})
		})
	}
}

func TestACancelledRunLandsWithinTheGrace(t *testing.T) {
	for _, landing := range []time.Duration{100 * time.Millisecond, never} {
		synctest.Test(t, func(t *testing.T) {
			f := newFake(4, 10*time.Millisecond, endless)
			f.land = func(ID) time.Duration { return landing }
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
			defer cancel()
			report, err := Run(ctx, Open(time.Hour), idsOf(1), f, policyOf(t, "uniform"), Options{})
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
		if r := spend(t, f, time.Minute, 1, policyOf(t, "asc")).Results[0]; r.Answer != "5" || !r.Decided {
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
			results := spend(t, f, time.Hour, 5, policyOf(t, "greedy-asc")).Results
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

func TestNoMoreSamplesRunThanThereAreSlots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(5, 10*time.Millisecond, endless)
		spend(t, f, 5*time.Second, 20, policyOf(t, "voi"))
		if f.most != 5 {
			t.Errorf("%d samples at once, want 5", f.most)
		}
	})
}

func TestAShortWindowFillsItsSlotsAndALateSampleIsNotBegun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(8, 50*time.Millisecond, endless)
		if spend(t, f, time.Second, 1, policyOf(t, "uniform")); len(f.started) != 8 {
			t.Errorf("%d samples in a short window, want 8", len(f.started))
		}
		// Landing begins 0.32 s before the end. A slot that is free at 9.6 s has no use for a second sample.
		f = newFake(1, 10*time.Millisecond, func(Sample) plan { return answers(9600*time.Millisecond, 1) })
		if spend(t, f, 10*time.Second, 1, policyOf(t, "uniform")); len(f.started) != 1 {
			t.Errorf("%d samples, want 1", len(f.started))
		}
		f = newFake(1, 10*time.Millisecond, func(Sample) plan { return answers(9600*time.Millisecond, 1) })
		if spend(t, f, 10*time.Second, 2, policyOf(t, "uniform")); f.landed[ID{1, 0}] == 0 {
			t.Error("a problem without any sample did not get a late one")
		}
	})
}

// What a model's loading has taken is gone; what is left is spent as a window of that length would be.
func TestAWindowThatIsPartlyOverIsSpentToItsEnd(t *testing.T) {
	const ms = time.Millisecond
	for gone, want := range map[time.Duration]int{0: 8, 300 * ms: 8, 900 * ms: 8, 1000 * ms: 0} {
		synctest.Test(t, func(t *testing.T) {
			f := newFake(8, 50*time.Millisecond, endless)
			f.land = func(ID) time.Duration { return 20 * time.Millisecond }
			w := Open(time.Second)
			time.Sleep(gone)
			report, err := Run(t.Context(), w, idsOf(1), f, policyOf(t, "uniform"), Options{})
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
			f := newFake(4, step, endless)
			f.land = func(ID) time.Duration { return 24 * step }
			f.tell(1, step)
			start := time.Now()
			report, err := Run(t.Context(), Open(30*time.Second), idsOf(1), f, policyOf(t, "uniform"), Options{})
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
	perSample := StepTime{Rows: []float64{1, 10}, Seconds: []float64{0.01, 0.1}}
	constant := StepTime{Rows: []float64{10}, Seconds: []float64{0.1}}
	for _, c := range []struct {
		window   time.Duration
		stepTime StepTime
		want     int
	}{
		{10 * time.Second, perSample, 10},
		{4800 * time.Millisecond, perSample, 10}, // landing has half of it, 24 steps
		{2400 * time.Millisecond, perSample, 10}, // and so it has for 12 steps
		{1200 * time.Millisecond, perSample, 5},
		{100 * time.Millisecond, perSample, 1},
		{10 * time.Second, constant, 10},
		{2400 * time.Millisecond, constant, 10}, // fewer would not be quicker
	} {
		synctest.Test(t, func(t *testing.T) {
			f := newFake(10, 100*time.Millisecond, endless)
			f.land = func(ID) time.Duration { return never }
			f.events <- Event{Status: Running, Step: Step{Time: f.step, Rows: 10, Count: 1}}
			o := Options{Profile: &Profile{StepTime: c.stepTime}}
			if _, err := Run(t.Context(), Open(c.window), idsOf(5), f, policyOf(t, "uniform"), o); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			if len(f.landed) != c.want || len(f.stopped) != 10 {
				t.Errorf("%+v: landed %d samples, and told %d of 10 to stop", c, len(f.landed), len(f.stopped))
			}
			for p := range min(c.want, 5) {
				if f.landed[ID{p, 0}] == 0 {
					t.Errorf("%+v: landed nothing of problem %d", c, p)
				}
			}
		})
	}
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
	p := policyOf(t, "uniform")
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

// clumsy is an Observer that panics when it is told of the end of its nth sample.
type clumsy struct {
	ended, n int
	done     chan error
}

func (c *clumsy) Ended(Record) {
	if c.ended++; c.ended == c.n {
		panic("the disk is on fire")
	}
}
func (c *clumsy) Decided(Decision)    {}
func (c *clumsy) Settled(int, Result) {}
func (c *clumsy) Done(err error)      { c.done <- err }

func TestAnObserverThatPanicsIsToldSoWhenTheRunIsDone(t *testing.T) {
	for _, n := range []int{1, 4} { // the first and a later one
		synctest.Test(t, func(t *testing.T) {
			f := newFake(2, 10*time.Millisecond, func(Sample) plan { return plan{time.Second, `\boxed{42}`, Finished} })
			told := &clumsy{n: n, done: make(chan error, 2)}
			policy := policyOf(t, "uniform")
			report, err := Run(t.Context(), Open(2500*time.Millisecond), idsOf(1), f, policy, Options{Observer: told})
			if err != nil || report.Results[0].Answer != "42" {
				t.Errorf("error %v, results %+v; want a run that goes on", err, report.Results)
			}
			synctest.Wait()
			if told.ended != n || len(told.done) != 1 {
				t.Fatalf("told of %d ends and %d times that it is over; want %d and 1", told.ended, len(told.done), n)
			}
			if err := <-told.done; err == nil || !strings.Contains(err.Error(), "the disk is on fire") {
				t.Errorf("told of %v, want its own panic", err)
			}
		})
	}
}
