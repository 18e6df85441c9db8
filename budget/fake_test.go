package budget

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

// fake is a Sampler in the virtual time of testing/synctest. Its samples last as long as their plan says.
type fake struct {
	slots   int
	step    time.Duration // that its events tell; a call may change it
	plan    func(Sample) plan
	land    func(ID) time.Duration // how long landing takes
	onCall  func()                 // runs in every call, on the caller's goroutine
	landsAs Status                 // what landed samples report

	begin   time.Time
	events  chan Event
	ends    map[ID]*time.Timer
	most    int // samples started and not cancelled
	started map[ID]Sample
	landed  map[ID]int // how often it was told to
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
		slots: slots, step: step, plan: p, begin: time.Now(),
		land:   func(ID) time.Duration { return 10 * step },
		onCall: func() {}, landsAs: Landed,
		events: make(chan Event, 1<<10), ends: map[ID]*time.Timer{},
		started: map[ID]Sample{}, landed: map[ID]int{}, stopped: map[ID]bool{},
	}
}

func (f *fake) Slots() int           { return f.slots }
func (f *fake) Events() <-chan Event { return f.events }

func (f *fake) end(id ID, after time.Duration, status Status, text string) {
	if timer := f.ends[id]; timer != nil {
		timer.Stop()
	}
	e := Event{ID: id, Status: status, Text: text, Tokens: int(after / f.step), Seconds: after.Seconds()}
	count := 1 + int((time.Since(f.begin)+after)/f.step)
	e.Step = Step{Time: f.step, Rows: 1, Count: count}
	f.ends[id] = time.AfterFunc(after, func() { f.events <- e })
}

// tell reports how long steps take.
func (f *fake) tell(count int, step time.Duration) {
	f.events <- Event{Status: Running, Step: Step{Time: step, Rows: 1, Count: count}}
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
		f.landed[id]++
		if d := f.land(id); d != never {
			f.end(id, d, f.landsAs, `so \boxed{7`)
		}
	}
}

func boxed(n int) string { return fmt.Sprintf(`\boxed{%d}`, n) }

func answers(lasts time.Duration, n int) plan { return plan{lasts, boxed(n), Finished} }

// endless is the plan of samples that do not end by themselves.
func endless(Sample) plan { return plan{} }

func policyOf(t testing.TB, name string) Policy {
	t.Helper()
	p, err := ParsePolicy(name, 64)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// policies are all that there are, each for a batch and for a stream.
func policies(t testing.TB, samples int) map[string]func() Policy {
	all := map[string]func() Policy{}
	for _, help := range PolicyHelp() {
		parse := func() Policy {
			p, err := ParsePolicy(help[0], samples)
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		all[help[0]] = parse
		all[help[0]+", stream"] = func() Policy { return Stream(parse()) }
	}
	return all
}

func idsOf(n int) []string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = fmt.Sprintf("p%d", i)
	}
	return ids
}

// spend runs f for d and fails the test when the run is not back in time.
func spend(t testing.TB, f *fake, d time.Duration, problems int, policy Policy) Report {
	t.Helper()
	start := time.Now()
	report, err := Run(context.Background(), Open(d), idsOf(problems), f, policy, Options{Step: f.step})
	if err != nil {
		t.Fatal(err)
	}
	if took := time.Since(start); took > d {
		t.Fatalf("back after %v of a window of %v", took, d)
	}
	synctest.Wait() // the courier's last calls
	return report
}
