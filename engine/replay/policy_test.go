package replay_test

import (
	"reflect"
	"testing"
	"time"

	"caucus/budget"
	"caucus/engine/replay"
	"caucus/voting"
)

var (
	epoch    = time.Unix(0, 0)
	stepTime = budget.StepTime{Rows: []float64{1, 64}, Seconds: []float64{0.0041, 0.0104}}
)

const slots = 64

// play is one run on a shuffled source.
func play(t testing.TB, source replay.Source, policy string, d time.Duration, seed uint64) (replay.Source, []int, budget.Report) {
	t.Helper()
	p, err := budget.ParsePolicy(policy, 64)
	if err != nil {
		t.Fatal(err)
	}
	shuffled, order := replay.Shuffle(source, seed, seed)
	window := budget.Window{Start: epoch, End: epoch.Add(d)}
	report, err := budget.Simulate(window, shuffled.IDs(), replay.New(shuffled, slots, stepTime, epoch), p,
		budget.Options{Seed: seed, Profile: &budget.Profile{StepTime: stepTime}})
	if err != nil {
		t.Fatal(err)
	}
	return shuffled, order, report
}

// score is each problem's share of the runs that answered it rightly, and the samples that a problem had.
func score(t testing.TB, source replay.Source, policy string, d time.Duration, runs int) (right []float64, samples float64) {
	t.Helper()
	n := len(source.IDs())
	right = make([]float64, n)
	for seed := range uint64(runs) {
		shuffled, order, report := play(t, source, policy, d, seed)
		if report.Seconds > d.Seconds() {
			t.Fatalf("%s: %v s of a window of %v", policy, report.Seconds, d)
		}
		for i, r := range report.Results {
			if shuffled.Right(i, r.Answer) {
				right[order[i]] += 1 / float64(runs)
			}
			samples += float64(r.Count(budget.Finished)+r.Count(budget.Landed)) / float64(n*runs)
		}
	}
	return right, samples
}

// TestVOIIsAtLeastAsGoodAsUniform compares both on the same problems, in windows for about so many samples a problem.
func TestVOIIsAtLeastAsGoodAsUniform(t *testing.T) {
	const runs = 12
	source := replay.Mix(200, 1, 1)
	for _, c := range []struct {
		samples float64
		window  time.Duration
		better  bool // beyond doubt
	}{{2, 8 * time.Second, false}, {4, 15 * time.Second, false}, {8, 28 * time.Second, true}, {16, 56 * time.Second, true}} {
		uniform, drawn := score(t, source, "uniform", c.window, runs)
		voi, drawnByVOI := score(t, source, "voi", c.window, runs)
		gain, err := voting.PairedDifference(voi, uniform, 0.95, 1)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%v: %.1f samples a problem, %.1f of voi; gain %+.3f, %+.3f to %+.3f", c.window, drawn, drawnByVOI, gain.Mean, gain.Low, gain.High)
		if drawn < 0.8*c.samples || drawn > 1.25*c.samples {
			t.Errorf("%v: uniform draws %.1f samples a problem, want about %v", c.window, drawn, c.samples)
		}
		if gain.Mean < -0.01 || c.better && gain.Low <= 0 {
			t.Errorf("%v: voi gains %+.3f, 95%%: %+.3f to %+.3f", c.window, gain.Mean, gain.Low, gain.High)
		}
	}
}

func TestARunIsTheSameEveryTime(t *testing.T) {
	source := replay.Mix(30, 1, 1)
	for _, policy := range budget.PolicyHelp() {
		_, order, report := play(t, source, policy[0], 4*time.Second, 5)
		_, again, other := play(t, source, policy[0], 4*time.Second, 5)
		if !reflect.DeepEqual(order, again) || !reflect.DeepEqual(report, other) {
			t.Errorf("%s: two runs of one seed differ", policy[0])
		}
	}
}

// BenchmarkRun plays whole runs on 50 problems.
func BenchmarkRun(b *testing.B) {
	source := replay.Mix(50, 1, 1)
	for _, policy := range []string{"voi", "uniform"} {
		b.Run(policy, func(b *testing.B) {
			right, _ := score(b, source, policy, 10*time.Second, 4)
			if sum(right) < 20 {
				b.Fatalf("%v of 50 problems are right", sum(right))
			}
			b.ResetTimer()
			for i := range b.N {
				play(b, source, policy, 10*time.Second, uint64(i))
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "runs/s")
		})
	}
}

func sum(values []float64) float64 {
	total := 0.0
	for _, v := range values {
		total += v
	}
	return total
}
