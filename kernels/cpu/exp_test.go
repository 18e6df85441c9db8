package cpu

import (
	"math"
	"testing"

	"caucus/kernels"
)

// sweep is a fine range of values.
func sweep(from, to float32, n int) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = from + (to-from)*float32(i)/float32(n-1)
	}
	return v
}

// The polynomial is off by 1e-7, its evaluation and the sum by a few roundings of 6e-8, and rounding the exponent adds
// its own size in roundings.
func TestExponentialIsAsExactAsItSays(t *testing.T) {
	for _, inst := range instructionSets() {
		x := sweep(-80, 0, 40001)
		y := append([]float32(nil), x...)
		inst.expSum(y, 0, 1)
		for i, v := range x {
			want := math.Exp(float64(v))
			allowed := 3e-7 + 2*math.Abs(float64(v))/(1<<24)
			if off := math.Abs(float64(y[i])/want - 1); off > allowed {
				t.Fatalf("%s: exp(%v) = %v, off by %.3g, allowed %.3g", inst.name, v, y[i], off, allowed)
			}
		}
	}
}

func TestExponentialOfItsLimits(t *testing.T) {
	for _, inst := range instructionSets() {
		x := []float32{0, float32(math.Inf(-1)), -1e30, float32(math.NaN())}
		inst.expSum(x, 0, 1)
		if x[0] != 1 || x[1] > 1e-37 || x[2] > 1e-37 || x[3] == x[3] {
			t.Errorf("%s: exp of 0, -Inf, -1e30, NaN is %v", inst.name, x)
		}
	}
}

func TestWeightsAreThoseOfTheReference(t *testing.T) {
	const temperature = 0.83
	for _, inst := range instructionSets() {
		for _, largest := range []float32{0, 7.3} {
			x := sweep(largest-21, largest, 30011)
			got := make([]int32, len(x))
			inst.drawWeights(got, x, largest, temperature)
			for i, v := range x {
				if want := kernels.Weight((v - largest) / temperature); got[i] != want {
					t.Fatalf("%s: weight of %v is %d, want exactly %d", inst.name, v-largest, got[i], want)
				}
			}
		}
	}
}
