package voting

import (
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

func TestMomentsAreThoseOfGonumToTheBit(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 0))
	for _, n := range []int{2, 3, 10, 1000} {
		values := make([]float64, n)
		for i := range values {
			values[i] = random.NormFloat64()
		}
		m, sd := MeanDeviation(values)
		if wantM, wantSD := stat.MeanStdDev(values, nil); m != wantM || sd != wantSD {
			t.Errorf("of %d values: %v, %v, want %v, %v", n, m, sd, wantM, wantSD)
		}
		slices.Sort(values)
		for _, p := range []float64{0, 1e-9, 0.025, 0.5, 1 / float64(n), 0.999, 1} {
			if got, want := quantile(p, values), stat.Quantile(p, stat.LinInterp, values, nil); got != want {
				t.Errorf("quantile %v of %d values: %v, want %v", p, n, got, want)
			}
		}
	}
}

func TestDistributionsAreThoseOfGonumToTheBit(t *testing.T) {
	for n := 1; n < 300; n += 7 {
		freedom := distuv.StudentsT{Sigma: 1, Nu: float64(n)}
		for _, p := range []float64{0.001, 0.025, 0.3, 0.5, 0.7, 0.975, 0.999} {
			if got, want := studentQuantile(float64(n), p), freedom.Quantile(p); got != want {
				t.Errorf("Student's quantile %v with %d degrees of freedom: %v, want %v", p, n, got, want)
			}
		}
		for k := range n + 2 {
			if got, want := coinsCDF(k, n), (distuv.Binomial{N: float64(n), P: 0.5}).CDF(float64(k)); got != want {
				t.Errorf("at most %d heads of %d: %v, want %v", k, n, got, want)
			}
		}
	}
	for x := -40.0; x < 10; x += 0.37 {
		if got, want := normalCDF(x), distuv.UnitNormal.CDF(x); got != want {
			t.Errorf("below %v: %v, want %v", x, got, want)
		}
	}
}
