package voting

import (
	"flag"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat"
)

var intervalSets = flag.Int("interval.sets", 200, "data sets of each size on which intervals are tested")

// Each data set has problems of its own, and 64 samples of each. The band is to hold the mean maj@8 of the population,
// which here is a large pool of such problems.
//
//	go test ./voting -run TestABandOf95 -v -interval.sets 2000
func TestABandOf95PercentHoldsTheMeanThatOften(t *testing.T) {
	rng := rand.New(rand.NewPCG(28, 29))
	pool := make([]float64, 10_000)
	for i := range pool {
		p := newProblem(rng)
		pool[i] = majOf(p.samples(rng, 64), len(p), 8)
	}
	want := stat.Mean(pool, nil)
	slack := 0.02
	if *intervalSets < 2000 {
		slack += 3 * math.Sqrt(0.05*0.95/float64(*intervalSets))
	}
	for _, problems := range []int{30, 200} {
		held, width := 0, 0.0
		for set := range *intervalSets {
			values := make([]float64, problems)
			for i := range values {
				values[i] = pool[rng.IntN(len(pool))]
			}
			band, err := Bootstrap(values, 0.95, uint64(set))
			if err != nil {
				t.Fatal(err)
			}
			if band.Low <= want && want <= band.High {
				held++
			}
			width += (band.High - band.Low) / float64(*intervalSets)
		}
		share := float64(held) / float64(*intervalSets)
		t.Logf("%d problems: %.4f of %d bands hold the mean, mean width %.3f", problems, share, *intervalSets, width)
		if math.Abs(share-0.95) > slack {
			t.Errorf("%d problems: %v of all bands hold the mean", problems, share)
		}
	}
}

func TestAnIntervalStaysWithinItsValuesAndFollowsItsSeed(t *testing.T) {
	values := []float64{1, 1, 1, 0.5, 1, 1, 0, 1, 1, 1, 1, 1}
	a, err := Bootstrap(values, 0.95, 1)
	if err != nil {
		t.Fatal(err)
	}
	if !(0 <= a.Low && a.Low < a.Mean && a.Mean < a.High && a.High <= 1) || math.Abs(a.Mean-10.5/12) > 1e-12 {
		t.Errorf("the interval is %+v", a)
	}
	if b, _ := Bootstrap(values, 0.95, 1); a != b {
		t.Errorf("one seed gives %+v and %+v", a, b)
	}
	if b, _ := Bootstrap(values, 0.5, 1); !(b.High-b.Low < a.High-a.Low) {
		t.Errorf("at level .5 it is %+v, at .95 %+v", b, a)
	}
}

// On many normal values it is the textbook's: mean +- 1.96 standard errors.
func TestAnIntervalOfManyValuesIsTheNormalOne(t *testing.T) {
	rng := rand.New(rand.NewPCG(30, 31))
	values := make([]float64, 2000)
	for i := range values {
		values[i] = rng.NormFloat64()
	}
	mean, sd := stat.MeanStdDev(values, nil)
	band, err := Bootstrap(values, 0.95, 1)
	error95 := 1.96 * sd / math.Sqrt(float64(len(values)))
	if err != nil || math.Abs(band.Low-(mean-error95)) > 0.05*error95 || math.Abs(band.High-(mean+error95)) > 0.05*error95 {
		t.Errorf("the interval is %+v, %v; want %v +- %v", band, err, mean, error95)
	}
}

func TestAPairedDifferenceIsNarrowerThanItsParts(t *testing.T) {
	rng := rand.New(rand.NewPCG(32, 33))
	a, b := make([]float64, 40), make([]float64, 40)
	for i := range a {
		hard := rng.Float64()
		a[i], b[i] = hard+0.1+0.05*rng.NormFloat64(), hard+0.05*rng.NormFloat64()
	}
	gain, err := PairedDifference(a, b, 0.95, 1)
	if err != nil || !(gain.Low > 0 && gain.High < 0.2) {
		t.Errorf("the difference is %+v, %v", gain, err)
	}
	if alone, _ := Bootstrap(a, 0.95, 1); !(alone.High-alone.Low > 3*(gain.High-gain.Low)) {
		t.Errorf("one is %+v, the difference %+v", alone, gain)
	}
	if back, _ := PairedDifference(b, a, 0.95, 1); math.Abs(back.Mean+gain.Mean) > 1e-12 {
		t.Errorf("the difference is %+v, and %+v the other way", gain, back)
	}
}

func TestIntervalsRefuseWhatHasNone(t *testing.T) {
	good := []float64{0, 1, 1}
	for name, err := range map[string]error{
		"no values":      second(Bootstrap(nil, 0.95, 1)),
		"one value":      second(Bootstrap(good[:1], 0.95, 1)),
		"level of 0":     second(Bootstrap(good, 0, 1)),
		"level of 1":     second(Bootstrap(good, 1, 1)),
		"no level":       second(Bootstrap(good, math.NaN(), 1)),
		"no number":      second(Bootstrap([]float64{0, math.NaN()}, 0.95, 1)),
		"infinite":       second(Bootstrap([]float64{0, math.Inf(1)}, 0.95, 1)),
		"unequal length": second(PairedDifference(good, good[:2], 0.95, 1)),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	for n := 2; n < 12; n++ {
		values := make([]float64, n)
		values[0] = 1
		if band, err := Bootstrap(values, 0.999, 1); err != nil || !(0 <= band.Low && band.Low <= band.High && band.High <= 1) {
			t.Errorf("of %d values the interval is %+v, %v", n, band, err)
		}
	}
}

func TestStudentIsTheIntervalOfTheTables(t *testing.T) {
	got, err := Student([]float64{1, 2, 3, 4, 5}, 0.95) // mean 3, sd 1.5811, t(4) = 2.7764
	if half := 2.7764451 * 1.5811388 / math.Sqrt(5); err != nil || math.Abs(got.Mean-3) > 1e-12 ||
		math.Abs(got.Low-(3-half)) > 1e-6 || math.Abs(got.High-(3+half)) > 1e-6 {
		t.Errorf("%+v, %v", got, err)
	}
	for name, values := range map[string][]float64{"one": {1}, "none": nil, "NaN": {1, math.NaN()}, "infinite": {1, math.Inf(1)}} {
		if _, err := Student(values, 0.95); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := Student([]float64{1, 2}, 1); err == nil {
		t.Error("a level of 1 gives no error")
	}
}

func TestAnIntervalOfSharesIsStudentsOrWilsonsWithinTheirRange(t *testing.T) {
	for _, c := range []struct {
		shares    []float64
		trials    int
		low, high float64
	}{
		{[]float64{11. / 12, 11. / 12}, 12, 0.7415, 0.9768}, // Wilson's of 22 in 24
		{[]float64{1, 1}, 12, 0.8620, 1},
		{[]float64{0, 0, 0}, 1, 0, 0.5615},
		{[]float64{0.6, 0.7}, 20, 0.0147, 1}, // Student's is 1.5% to 128.5%
		{[]float64{0.5, 0.52, 0.48}, 100_000, 0.4503, 0.5497},
	} {
		got, err := OfShares(c.shares, c.trials, 0.95)
		if err != nil || math.Abs(got.Low-c.low) > 1e-4 || math.Abs(got.High-c.high) > 1e-4 {
			t.Errorf("%v of %d: %+v, %v; want %v to %v", c.shares, c.trials, got, err, c.low, c.high)
		}
	}
	for name, err := range map[string]error{
		"one run": second(OfShares([]float64{1}, 5, 0.95)), "no trials": second(OfShares([]float64{0, 1}, 0, 0.95)),
		"above 1": second(OfShares([]float64{0, 1.5}, 5, 0.95)), "no number": second(OfShares([]float64{0, math.NaN()}, 5, 0.95)),
		"level of 1": second(OfShares([]float64{0, 1}, 5, 1)),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// Runs answer the same problems, on a machine that is faster in some of them than in others, by which all problems of a run
// become easier or harder. The interval is to hold the share that they answer in the long run.
func TestAnIntervalOfSharesHoldsTheirMeanOftenEnough(t *testing.T) {
	rng := rand.New(rand.NewPCG(34, 35))
	sets := 10 * *intervalSets
	for _, problems := range []int{3, 12, 200} {
		for _, runs := range []int{2, 3, 5} {
			for _, luck := range []float64{0, 0.02, 0.1} {
				held := 0
				for range sets {
					shares, want := someRuns(rng, problems, runs, luck)
					if band, err := OfShares(shares, problems, 0.95); err != nil {
						t.Fatal(err)
					} else if band.Low <= want && want <= band.High {
						held++
					}
				}
				share := float64(held) / float64(sets)
				t.Logf("%d problems, %d runs, luck of %v: %.3f hold the mean", problems, runs, luck, share)
				if share < 0.945-3*math.Sqrt(0.05*0.95/float64(sets)) {
					t.Errorf("%d problems, %d runs, luck of %v: only %.3f hold the mean", problems, runs, luck, share)
				}
			}
		}
	}
}

// someRuns are the shares of easy and hard problems that runs answer, and their mean in the long run. The luck of a run is what
// it adds to all chances, at most.
func someRuns(rng *rand.Rand, problems, runs int, luck float64) (shares []float64, mean float64) {
	chances := make([]float64, problems)
	for i := range chances {
		chances[i] = luck + (1-2*luck)*math.Pow(rng.Float64(), 0.3)
		mean += chances[i] / float64(problems)
	}
	shares = make([]float64, runs)
	for run := range shares {
		more := luck * (2*rng.Float64() - 1)
		for _, p := range chances {
			if rng.Float64() < p+more {
				shares[run] += 1 / float64(problems)
			}
		}
		shares[run] = min(shares[run], 1)
	}
	return shares, mean
}

func TestSignTestCountsSplitsOfCoins(t *testing.T) {
	for _, c := range []struct {
		a, b int
		want float64
	}{{0, 0, 1}, {1, 0, 1}, {3, 3, 1}, {4, 0, 2.0 / 16}, {0, 5, 2.0 / 32}, {6, 0, 2.0 / 64}, {1, 5, 14.0 / 64}, {2, 10, 158.0 / 4096}} {
		if got := SignTest(c.a, c.b); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%d to %d: %v, want %v", c.a, c.b, got, c.want)
		}
	}
}
