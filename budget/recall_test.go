package budget

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"testing/synctest"
	"time"
)

// kept is an Observer that keeps what ends by itself, as a ledger does.
type kept struct {
	samples map[ID]Event
	after   int // so many it hears no more
}

func (k *kept) Ended(r Record) {
	if r.Status == Finished && len(k.samples) < k.after {
		k.samples[r.ID] = Event{Status: r.Status, Answer: ReadBare(r.Answer), Tokens: r.Tokens}
	}
}
func (k *kept) Decided(Decision)    {}
func (k *kept) Settled(int, Result) {}
func (k *kept) Done(error)          {}

// votes are the counted answers of every problem, in launch order.
func votes(r Report) [][]string {
	all := make([][]string, len(r.Results))
	for i, result := range r.Results {
		for _, s := range result.Samples[:result.Counted] {
			all[i] = append(all[i], string(s.Status)+" "+s.Answer)
		}
	}
	return all
}

// TestARunThatWasBrokenOffEndsAsIfItHadNotBeen breaks runs off after any number of samples. With policies that look at one
// problem at a time the votes are those of a run without a break, and nothing that has ended runs again.
func TestARunThatWasBrokenOffEndsAsIfItHadNotBeen(t *testing.T) {
	answerOf := func(s Sample) plan {
		random := rand.New(rand.NewPCG(s.Seed, 0))
		return plan{time.Duration(1+random.IntN(200)) * 10 * time.Millisecond, boxed(random.IntN(3)), Finished}
	}
	for _, name := range []string{"uniform", "asc", "esc-3", "first-to-3", "bank"} {
		run := func(t *testing.T, o Options) (Report, *fake) {
			f := newFake(4, 10*time.Millisecond, answerOf)
			p, err := ParsePolicy(name, 6)
			if err != nil {
				t.Fatal(err)
			}
			report, err := Run(t.Context(), Open(time.Hour), idsOf(5), f, p, o)
			if err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			return report, f
		}
		for n := 0; n <= 30; n += 3 {
			synctest.Test(t, func(t *testing.T) {
				first := &kept{map[ID]Event{}, n}
				whole, _ := run(t, Options{Observer: first})
				again, f := run(t, Options{Earlier: first.samples})
				if !reflect.DeepEqual(votes(whole), votes(again)) {
					t.Errorf("%s, %d samples kept: the votes are %v, want %v", name, n, votes(again), votes(whole))
				}
				for id := range f.started {
					if _, ended := first.samples[id]; ended {
						t.Errorf("%s, %d samples kept: %v has run again", name, n, id)
					}
				}
			})
		}
	}
}

func TestAProblemWhoseSamplesAreAllRecalledTakesNoTime(t *testing.T) {
	for name, policy := range policies(t, 4) {
		synctest.Test(t, func(t *testing.T) {
			earlier := map[ID]Event{}
			for p := range 2 {
				for i := range 20 {
					earlier[ID{p, i}] = Event{Status: Finished, Answer: ReadBare(fmt.Sprint(p)), Tokens: 10}
				}
			}
			f := newFake(4, 10*time.Millisecond, func(Sample) plan { return answers(time.Second, 7) })
			report, err := Run(t.Context(), Open(time.Minute), idsOf(3), f, policy(), Options{Earlier: earlier})
			if err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			for i, want := range []string{"0", "1", "7"} {
				if r := report.Results[i]; r.Answer != want || i < 2 && r.Seconds > 0.1 {
					t.Errorf("%s: problem %d: answer %q after %v s, want %q", name, i, r.Answer, r.Seconds, want)
				}
			}
			for id := range f.started {
				if id.Problem < 2 && id.Index < 20 {
					t.Errorf("%s: %v has run again", name, id)
				}
			}
		})
	}
}

// TestRecallingManySamplesDoesNotTakeTheWindow is in real time: with decimals, whose classes depend on each other, counting so
// many one by one takes half a minute, where nothing else runs.
func TestRecallingManySamplesDoesNotTakeTheWindow(t *testing.T) {
	const problems, samples, distinct = 100, 600, 200
	readings := make([]Reading, distinct)
	for i := range readings {
		readings[i] = ReadBare(fmt.Sprintf("0.%03d", i))
	}
	earlier := make(map[ID]Event)
	for p := range problems {
		for i := range samples {
			earlier[ID{p, i}] = Event{Status: Finished, Answer: readings[i*i%distinct], Tokens: 10}
		}
	}
	f := newFake(4, 10*time.Millisecond, endless)
	p, err := ParsePolicy("uniform", samples)
	if err != nil {
		t.Fatal(err)
	}
	const window = 500 * time.Millisecond
	start := time.Now()
	report, err := Run(t.Context(), Open(window), idsOf(problems), f, p, Options{Earlier: earlier})
	if took := time.Since(start); err != nil || took > window+20*time.Second {
		t.Errorf("back after %v of a window of %v: %v", took, window, err)
	}
	for _, r := range report.Results {
		if !r.Decided || r.Counted != samples || r.Votes != samples {
			t.Fatalf("%s: %d of %d samples are counted, decided: %v", r.ID, r.Counted, samples, r.Decided)
		}
	}
}

// TestASampleThatIsCutOffInItsLandingIsLanded, without an answer: it did not end by itself, and is to be run again.
func TestASampleThatIsCutOffInItsLandingIsLanded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(2, 10*time.Millisecond, endless)
		f.landsAs = Truncated
		report := spend(t, f, time.Second, 1, policyOf(t, "uniform"))
		r := report.Results[0]
		if r.Count(Landed) != 2 || r.Count(Truncated) != 0 || r.Votes != 0 {
			t.Errorf("%+v", r)
		}
		f = newFake(2, 10*time.Millisecond, func(Sample) plan { return plan{100 * time.Millisecond, "too long", Truncated} })
		if r := spend(t, f, time.Second, 1, policyOf(t, "uniform")).Results[0]; r.Count(Truncated) < 2 || r.Votes != 0 {
			t.Errorf("%+v", r)
		}
	})
}
