//go:build cuda

package cuda

import (
	"math"
	"slices"
	"testing"

	"caucus/kernels"
)

// madeRows reads rows of a matrix that the device makes up if it can, and has only rows of 7s to offer otherwise.
func madeRows(t *testing.T, f kernels.Format, seed uint64) []float32 {
	t.Helper()
	const out, in = 5, 1021
	o := newOps(t)(kernels.Precision{Weights: f})
	defer o.Close()
	w := kernels.Source{Out: out, In: in, Made: kernels.Made{Deviation: 0.5, Seed: seed}, Row: func(to []float32, _ int) {
		for i := range to {
			to[i] = 7
		}
	}}
	y, v := o.NewBuffer(out*in), make([]float32, out*in)
	o.Embed(kernels.View{Buf: y, Stride: in}, o.NewMatrix(w), []int32{0, 1, 2, 3, 4})
	o.Download(v, y, 0)
	return v
}

func TestTheDeviceMakesUpMatrices(t *testing.T) {
	for _, f := range []kernels.Format{kernels.F32, kernels.BF16, kernels.Int8} {
		v := madeRows(t, f, 3)
		sum, squares := 0.0, 0.0
		for _, v := range v {
			sum += float64(v)
			squares += float64(v) * float64(v)
		}
		n := float64(len(v)) // deviations of the two: 0.007 and 0.9 % of 0.25
		if mean, variance := sum/n, squares/n; math.Abs(mean) > 0.04 || math.Abs(variance/0.25-1) > 0.05 {
			t.Errorf("values in %v have the mean %v and the variance %v, want 0 and 0.25", f, mean, variance)
		}
		if slices.Equal(v[:1021], v[1021:2042]) || slices.Equal(v, madeRows(t, f, 4)) {
			t.Errorf("rows, or matrices of another seed, are equal in %v", f)
		}
		if !slices.Equal(v, madeRows(t, f, 3)) {
			t.Errorf("the same matrix differs in %v", f)
		}
	}
	if v := madeRows(t, kernels.F16, 3); v[0] != 7 {
		t.Errorf("in F16 the rows are to be read, not %v", v[:4])
	}
}
