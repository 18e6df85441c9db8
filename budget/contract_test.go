package budget

import (
	"context"
	"flag"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// contractRuns is the number of runs of each random test; a quarter of it with -short.
var contractRuns = flag.Int("contract.runs", 4000, "random runs in each of the tests of what Run and Simulate promise")

func runs(t *testing.T) int {
	t.Helper()
	if testing.Short() {
		return *contractRuns / 4
	}
	return *contractRuns
}

// watched is a driver that holds the run to its promises whenever it waits.
type watched struct {
	driver
	t *testing.T
	r *run
}

func (w *watched) wait(until time.Time) (Event, bool, error) {
	r, now := w.r, w.now()
	running := 0
	for _, b := range r.ballots {
		running += b.standing.Running
	}
	if left := r.window.End.Sub(now).Seconds(); r.promised() > left+1e-6 {
		w.t.Fatalf("%v s are promised with %v s left", r.promised(), left)
	}
	if r.live != running || r.live > r.slots {
		w.t.Fatalf("%d of %d slots, %d samples running", r.live, r.slots, running)
	}
	if until.Before(now) || until.After(r.window.End) {
		w.t.Fatalf("waits from %v until %v, with the end at %v", now, until, r.window.End)
	}
	if !r.landing && r.live < r.width {
		if p, ok := r.policy.Next(r.view); ok {
			w.t.Fatalf("%d of %d slots are empty, and problem %d could use one", r.width-r.live, r.width, p)
		}
	}
	return w.driver.wait(until)
}

// witness is an Observer that holds a run to its promises. It may be slow.
type witness struct {
	t        *testing.T
	delay    time.Duration
	outcomes map[ID]Outcome
	results  map[int]Result
	done     chan struct{}
}

func newWitness(t *testing.T, delay time.Duration) *witness {
	return &witness{t, delay, map[ID]Outcome{}, map[int]Result{}, make(chan struct{})}
}

func (w *witness) pause() {
	select {
	case <-w.done:
		w.t.Error("told something when nothing more should happen")
	default:
	}
	time.Sleep(w.delay)
}

func (w *witness) Ended(r Record) {
	w.pause()
	if _, twice := w.outcomes[r.ID]; twice {
		w.t.Errorf("sample %v has ended twice", r.ID)
	}
	if r.Started.IsZero() || r.Ended.Before(r.Started) {
		w.t.Errorf("sample %v ran from %v to %v", r.ID, r.Started, r.Ended)
	}
	w.outcomes[r.ID] = r.Outcome
}

func (w *witness) Decided(d Decision) {
	w.pause()
	if d.At.IsZero() || d.Samples < 0 {
		w.t.Errorf("decided %+v", d)
	}
}

func (w *witness) Settled(problem int, r Result) {
	w.pause()
	if _, twice := w.results[problem]; twice {
		w.t.Errorf("problem %d was settled twice", problem)
	}
	w.results[problem] = r
}

func (w *witness) Done(err error) {
	if err != nil {
		w.t.Error(err)
	}
	w.pause()
	close(w.done)
}

// agrees compares what was told with the report.
func (w *witness) agrees(report Report) {
	w.t.Helper()
	select {
	case <-w.done:
	default:
		w.t.Fatal("not told that the run is over")
	}
	samples := 0
	for p, r := range report.Results {
		if !reflect.DeepEqual(w.results[p], r) {
			w.t.Fatalf("told %+v, reported %+v", w.results[p], r)
		}
		samples += len(r.Samples)
		for i, o := range r.Samples {
			o.Class = "" // is known when the votes are counted
			if told, ok := w.outcomes[ID{p, i}]; !ok || !reflect.DeepEqual(told, o) {
				w.t.Fatalf("told %+v (%v), reported %+v", told, ok, o)
			}
		}
	}
	if samples != len(w.outcomes) {
		w.t.Fatalf("told of %d samples, reported %d", len(w.outcomes), samples)
	}
}

// hostile is a fake whose steps change their speed, and whose samples fail, hang, burst, and land late or never.
func hostile(rng *rand.Rand) *fake {
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
	return f
}

// obstruct makes a fake's steps and calls slow, or lets a call hang until release.
func obstruct(f *fake, rng *rand.Rand, release <-chan struct{}) {
	calls, slower, hangs := 0, rng.IntN(80), rng.IntN(160)
	delayed := rng.IntN(3) == 0
	f.onCall = func() {
		calls++
		if calls == slower {
			f.step *= time.Duration(2 + rng.IntN(20))
		}
		if calls == hangs {
			<-release
		}
		if delayed {
			time.Sleep(time.Duration(rng.IntN(200)) * time.Millisecond)
		}
	}
}

// slowReading reads answers, some of them slowly.
func slowReading(seed uint64) func(string) Reading {
	rng := rand.New(rand.NewPCG(seed, 9)) // it runs on a goroutine of its own
	most := []int{0, 100, 3000}[rng.IntN(3)]
	return func(text string) Reading {
		if most > 0 && rng.IntN(4) == 0 {
			time.Sleep(time.Duration(rng.IntN(most)) * time.Millisecond)
		}
		return ReadAnswer(text)
	}
}

// runWatched is Run with a slow reading of the answers, and with a look at its promises.
func runWatched(t *testing.T, w Window, ids []string, f *fake, p Policy, o Options, reading func(string) Reading) Report {
	t.Helper()
	r, err := newRun(w, time.Now(), ids, f.Slots(), p, o)
	if err != nil {
		t.Fatal(err)
	}
	d := newLive(context.Background(), f, o.Observer, reading)
	defer d.close()
	report, err := r.spend(&watched{d, t, r})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestRandomRunsKeepTheContract(t *testing.T) {
	all := policies(t, 30)
	names := slices.Sorted(maps.Keys(all))
	count := runs(t)
	synctest.Test(t, func(t *testing.T) {
		for seed := range count {
			rng := rand.New(rand.NewPCG(uint64(seed), 2))
			f := hostile(rng)
			obstructed := seed%2 == 1
			release := make(chan struct{})
			reading := ReadAnswer
			disk := newWitness(t, 0)
			if obstructed {
				obstruct(f, rng, release)
				reading = slowReading(uint64(seed))
				disk.delay = time.Duration(rng.IntN(500)) * time.Millisecond
			}
			name := names[seed/2%len(names)]
			d := time.Duration(1+rng.IntN(20000)) * time.Millisecond
			start := time.Now()
			report := runWatched(t, Open(d), idsOf(1+rng.IntN(6)), f, all[name](), Options{Step: f.step, Observer: disk}, reading)
			if took := time.Since(start); took > d {
				t.Fatalf("run %d, %s: back after %v of a window of %v", seed, name, took, d)
			}
			close(release)
			time.Sleep(time.Hour) // for what is slow
			synctest.Wait()
			disk.agrees(report)
			checkReport(t, report)
			checkCalls(t, f, report, !obstructed && d > 2*32*f.step)
			if t.Failed() {
				t.Fatalf("run %d, %s", seed, name)
			}
		}
	})
}

func checkReport(t *testing.T, report Report) {
	t.Helper()
	for _, r := range report.Results {
		sum := 0
		for _, s := range []Status{Finished, Landed, Truncated, Cancelled, Failed} {
			sum += r.Count(s)
		}
		if sum != len(r.Samples) {
			t.Errorf("%d statuses of %d samples: %+v", sum, len(r.Samples), r)
		}
		if !r.Decided && r.Votes+r.Abstentions != len(r.Samples) || r.Votes+r.Abstentions > len(r.Samples) {
			t.Errorf("%d votes and %d abstentions of %d samples", r.Votes, r.Abstentions, len(r.Samples))
		}
		if (r.Answer == "") != (r.Votes == 0) {
			t.Errorf("answer %q from %d votes", r.Answer, r.Votes)
		}
		if r.Seconds > report.Seconds {
			t.Errorf("settled after %v s of %v", r.Seconds, report.Seconds)
		}
	}
}

// checkCalls compares the report with what the sampler was told. With time enough, every sample is made to land before it
// is given up.
func checkCalls(t *testing.T, f *fake, report Report, timeEnough bool) {
	t.Helper()
	launched := 0
	for p, r := range report.Results {
		launched += len(r.Samples)
		for i, s := range r.Samples {
			id := ID{p, i}
			if f.landed[id] > 1 {
				t.Errorf("sample %v was told to land %d times", id, f.landed[id])
			}
			if s.Status == Cancelled && !f.stopped[id] {
				t.Errorf("sample %v is cancelled but was not told", id)
			}
			if s.Status == Cancelled && !r.Decided && f.landed[id] == 0 && timeEnough {
				t.Errorf("sample %v was given up without an attempt to land", id)
			}
		}
	}
	if launched != len(f.started) {
		t.Errorf("%d samples in the report, %d started", launched, len(f.started))
	}
}

func TestRandomSimulationsKeepTheContract(t *testing.T) {
	all := policies(t, 30)
	names := slices.Sorted(maps.Keys(all))
	for seed := range runs(t) {
		rng := rand.New(rand.NewPCG(uint64(seed), 3))
		d := time.Duration(1+rng.IntN(20000)) * time.Millisecond
		stepTime := affine(0.05*rng.Float64(), 0.002*rng.Float64(), 1e-6*rng.Float64())
		draw := lognormal(1+100*rng.Float64(), rng.Float64())
		stuck := rng.IntN(4) == 0
		s := newSim(1+rng.IntN(20), stepTime, window(d), func(b Sample) drawn {
			r := draw(b)
			if stuck && b.Seed%8 == 0 {
				r.tokens = 1e9
			}
			return r
		})
		s.landing = float64(rng.IntN(60))
		name := names[seed%len(names)]
		disk := newWitness(t, 0)
		r, err := newRun(s.w, s.w.Start, idsOf(1+rng.IntN(12)), s.slots, all[name](), Options{Seed: uint64(seed), Observer: disk})
		if err != nil {
			t.Fatal(err)
		}
		report, err := r.spend(&watched{&virtual{s, s.w.Start, disk}, t, r})
		if err != nil || report.Seconds > d.Seconds() {
			t.Errorf("error %v, back after %v s of a window of %v", err, report.Seconds, d)
		}
		disk.Done(nil)
		disk.agrees(report)
		checkReport(t, report)
		if t.Failed() {
			t.Fatalf("run %d, %s", seed, name)
		}
	}
}
