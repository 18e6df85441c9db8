package budget

import (
	"math"
	"slices"
	"testing"
	"time"
)

// newTestPace is the pace of a run that knows a profile.
func newTestPace(t *testing.T, profile *Profile) pace {
	t.Helper()
	o, err := Options{Profile: profile}.withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	return newPace(o, time.Unix(0, 0))
}

// observeSteps tells a pace of steps that take so long, from the count-th on, and returns the time then.
func observeSteps(p *pace, count int, rows float64, took ...time.Duration) time.Time {
	now := p.stepAt
	for i, d := range took {
		now = now.Add(d)
		p.observe(Event{Status: Running, Step: Step{Time: d, Rows: rows, Count: count + i}}, now)
	}
	return now
}

func TestSlowerStepsCountAtOnceAndQuickerOnesLittleByLittle(t *testing.T) {
	const ms = time.Millisecond
	p := newTestPace(t, nil)
	if p.at(5) != 50*ms || p.slow(5) != 50*ms {
		t.Errorf("%v and %v before any step, want the guess", p.at(5), p.slow(5))
	}
	observeSteps(&p, 1, 1, 10*ms, 100*ms)
	if got := p.slow(1).Round(ms); got != 100*ms {
		t.Errorf("%v after steps of 10 and 100 ms, want 100 ms", got)
	}
	observeSteps(&p, 3, 1, 10*ms)
	if got := p.slow(1).Round(ms); got != 91*ms {
		t.Errorf("%v after steps of 10, 100 and 10 ms, want 91 ms", got)
	}
	if got := p.at(1); got > 20*ms {
		t.Errorf("steps of 10, 100 and 10 ms are taken for %v", got)
	}
}

func TestADelayPutsLandingForward(t *testing.T) {
	p := newTestPace(t, nil)
	observeSteps(&p, 1, 1, time.Millisecond)
	before := p.reserve(4, time.Minute)
	p.observe(Event{Status: Running, Delay: 300 * time.Millisecond}, p.stepAt)
	p.observe(Event{Status: Running}, p.stepAt)
	if got := p.reserve(4, time.Minute); got < 300*time.Millisecond || got > before+300*time.Millisecond {
		t.Errorf("landing begins %v before the end, %v without a delay of 300 ms", got, before)
	}
}

func TestAStepThatIsToldTwiceOrWithoutATimeCountsOnce(t *testing.T) {
	p := newTestPace(t, nil)
	observeSteps(&p, 7, 2, time.Second)
	before := p.stepTime.clone()
	for _, s := range []Step{{Time: time.Minute, Rows: 2, Count: 7}, {Time: time.Minute, Rows: 2, Count: 3}, {Rows: 2, Count: 9}, {}} {
		p.observe(Event{Status: Running, Step: s}, p.stepAt)
	}
	if p.stepTime.Seconds[0] != before.Seconds[0] || p.step.Count != 7 {
		t.Errorf("%+v at step %d", p.stepTime, p.step.Count)
	}
}

func TestStepsGoOnBetweenTheEventsThatTellThem(t *testing.T) {
	p := newTestPace(t, nil)
	now := p.stepAt
	if got := p.age(0, now.Add(time.Hour)); got != 0 {
		t.Errorf("%v tokens before any step is known", got)
	}
	now = observeSteps(&p, 40, 8, 100*time.Millisecond)
	if got := p.age(10, now.Add(time.Second)); math.Abs(got-40) > 1e-9 {
		t.Errorf("%v tokens since step 10, 10 steps after step 40; want 40", got)
	}
	if got := p.age(90, now); got != 0 {
		t.Errorf("%v tokens of a sample that has yet to begin", got)
	}
}

func TestAProfileOfAnotherMachineMisleadsForAFewSteps(t *testing.T) {
	for _, wrong := range []float64{1e-6, 0.1, 0.5, 2, 10} {
		for _, rows := range []float64{1, 24, 32, 40, 100} {
			var m StepTime
			for n := 1.0; n <= 64; n *= 2 {
				m.Rows = append(m.Rows, n)
				m.Seconds = append(m.Seconds, wrong*(0.004+0.0001*n))
			}
			p := newTestPace(t, &Profile{StepTime: m})
			step := time.Duration((0.004 + 0.0001*rows) * float64(time.Second))
			for i := range 200 {
				observeSteps(&p, i+1, rows, step)
				if i < 3 {
					continue
				}
				if at := p.at(int(rows)).Seconds() / step.Seconds(); at < 0.75 || at > 1.01 {
					t.Fatalf("times are %v of the truth: after %d steps with %v rows, %v of the truth", wrong, i+1, rows, at)
				}
				if slow := p.slow(int(rows)).Seconds() / step.Seconds(); slow < 0.99 || slow > 1.01 {
					t.Fatalf("times are %v of the truth: after %d steps with %v rows, a landing takes %v of the truth", wrong, i+1, rows, slow)
				}
			}
		}
	}
}

func TestTheReserveIsAtMostHalfOfTheTime(t *testing.T) {
	for _, step := range []time.Duration{time.Microsecond, 10 * time.Millisecond, time.Hour} {
		p := newTestPace(t, nil)
		observeSteps(&p, 1, 4, step)
		for _, sampling := range []time.Duration{0, 1, time.Millisecond, time.Second, time.Hour} {
			want := min(max(32*step, minReserve), sampling/2)
			if got := p.reserve(4, sampling); got != want {
				t.Errorf("%v of %v with steps of %v, want %v", got, sampling, step, want)
			}
		}
	}
}

// votesWith is how many samples end by themselves in a run that uses all of its slots; none if hardly any can end.
func votesWith(t *testing.T, slots int, stepTime StepTime, d time.Duration, draw func(Sample) drawn, o Options) int {
	t.Helper()
	s := newSim(slots, stepTime, window(d), draw)
	r, err := newRun(s.w, s.w.Start, idsOf(1), slots, uniform{1 << 20}, o)
	if err != nil {
		t.Fatal(err)
	}
	lengths := r.pace.lengths.survival(nil)
	short := lengths.quantile(worthQuantile)
	for i := range r.pace.longer {
		if math.Exp2(float64(i)/binsDoubling) < short {
			r.pace.longer[i] = 1 // and none is longer than that: it is for the width only
		}
	}
	r.pace.planned = true
	r.pace.plannedWith.stopped, r.pace.plannedWith.speed = math.Inf(1), 1
	report, err := r.spend(&virtual{s, s.w.Start, nil})
	if err != nil {
		t.Fatal(err)
	}
	if report.Slots != slots {
		return 0
	}
	return finished(report)
}

// finished is how many samples have ended by themselves.
func finished(report Report) int {
	n := 0
	for _, r := range report.Results {
		n += r.Count(Finished)
	}
	return n
}

// profileOf is what a long run learns about a machine and its samples.
func profileOf(t *testing.T, slots int, stepTime StepTime, draw func(Sample) drawn) *Profile {
	t.Helper()
	s := newSim(slots, stepTime, window(10*time.Minute), draw)
	report := simulate(t, s, 50, policyOf(t, "uniform"), Options{Seed: 7})
	return &Profile{StepTime: stepTime, Lengths: report.Profile.Lengths}
}

func TestTheNumberOfSlotsGivesAboutTheMostVotes(t *testing.T) {
	for _, c := range []struct {
		median, spread    float64
		fixed, perRow, kv float64
		seconds           float64
	}{
		{100, 0.4, 0.004, 0.0001, 0, 4},
		{100, 0.4, 0.004, 0.0001, 1e-7, 8},
		{100, 0.4, 0.002, 0.0003, 0, 2},
		{100, 0.4, 0.002, 0.0003, 1e-7, 4},
		{100, 0.8, 0.002, 0.0003, 0, 4},
		{100, 0.8, 0.002, 0.0003, 1e-7, 8},
		{300, 0.4, 0.002, 0.0003, 1e-7, 8},
		{300, 0.8, 0.002, 0.0003, 1e-7, 30},
		{30, 0.8, 0.002, 0.0003, 0, 1},
		{100, 0.4, 0, 0.0003, 0, 10}, // more at once is no gain
	} {
		draw, stepTime := lognormal(c.median, c.spread), affine(c.fixed, c.perRow, c.kv)
		d := time.Duration(c.seconds * float64(time.Second))
		profile := profileOf(t, 128, stepTime, draw)
		votes := 0
		var forced [8]int // votes with 1, 2, 4, ... slots
		for seed := range uint64(5) {
			o := Options{Seed: seed, Profile: profile}
			votes += finished(simulate(t, newSim(128, stepTime, window(d), draw), 1, uniform{1 << 20}, o))
			for i := range forced {
				forced[i] += votesWith(t, 1<<i, stepTime, d, draw, o)
			}
		}
		best := slices.Max(forced[:])
		t.Logf("%+v: %d votes, at most %d with a number of slots that does not change: %.2f", c, votes, best, float64(votes)/float64(best))
		if float64(votes) < 0.85*float64(best) {
			t.Errorf("%+v: %d votes; with 1, 2, 4, ... slots %v", c, votes, forced)
		}
	}
}

func TestAShortWindowUsesFewerSlots(t *testing.T) {
	draw, stepTime := lognormal(100, 0.4), affine(0.002, 0.0005, 0)
	profile := profileOf(t, 64, stepTime, draw)
	before := 1
	for _, d := range []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second, 20 * time.Second} {
		report := simulate(t, newSim(64, stepTime, window(d), draw), 1, uniform{1 << 20}, Options{Profile: profile})
		if report.Slots < before {
			t.Errorf("%d slots in %v, %d in less time", report.Slots, d, before)
		}
		before = report.Slots
		if d == time.Second && report.Slots > 32 {
			t.Errorf("%d slots in %v", report.Slots, d)
		}
	}
	if before != 64 {
		t.Errorf("%d slots in a long window, want all 64", before)
	}
}

func TestBeyondTheWidthOnlyFirstSamplesOfProblemsBegin(t *testing.T) {
	draw, stepTime := lognormal(100, 0.4), affine(0.002, 0.0005, 0)
	profile := profileOf(t, 64, stepTime, draw)
	for name, want := range map[string]int{"voi": 40, "greedy-asc": 40, "uniform": 40, "asc": 1, "first-to-4": 2} {
		s := newSim(64, stepTime, window(time.Second), draw)
		report := simulate(t, s, 40, policyOf(t, name), Options{Profile: profile})
		began, second := 0, 0
		for _, r := range report.Results {
			began += min(len(r.Samples), 1)
			second += max(len(r.Samples)-1, 0)
		}
		if began < want || want == 40 && second > 8 {
			t.Errorf("%s: %d of 40 problems began, %d further samples, in %d slots", name, began, second, report.Slots)
		}
		if want < 40 && s.most > 16 {
			t.Errorf("%s: %d samples at once in %d slots", name, s.most, report.Slots)
		}
	}
}

func TestSlotsThatMakeStepsLittleSlowerAreUsed(t *testing.T) {
	draw, stepTime := lognormal(100, 0.8), affine(0.004, 0.0001, 0)
	profile := profileOf(t, 64, stepTime, draw)
	report := simulate(t, newSim(64, stepTime, window(time.Second), draw), 1, uniform{1 << 20}, Options{Profile: profile})
	if report.Slots < 16 { // with 2, most samples could end
		t.Errorf("%d slots, want 16 or more", report.Slots)
	}
}
