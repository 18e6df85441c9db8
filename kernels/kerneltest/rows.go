package kerneltest

import (
	"fmt"
	"math"
	"testing"

	"caucus/kernels"
)

func rowsScenarios() []scenario {
	var all []scenario
	for _, n := range []int{1, 7, 8, 15, 16, 17, 33, 48, 192, 524} {
		all = append(all, scenario{fmt.Sprintf("pointwise on rows of %d", n), func(t *testing.T, ops kernels.Ops, rec *record) {
			pointwise(t, ops, rec, 3, n)
		}})
	}
	return all
}

// pointwise: a product and a sum are rounded once, a square twice; rounding an exponent z gives exp(z) a relative error of
// |z| roundings, and a dozen follow. Below 1e-35 silu may be 0, where its exponential is beyond float32.
func pointwise(t *testing.T, ops kernels.Ops, rec *record, rows, n int) {
	rng := source(uint64(n))
	b := ops.NewBuffer(n)
	ops.Upload(b, 0, normals(rng, n, 1))
	values, z := normals(rng, rows*n, 2), normals(rng, rows*n, 8)
	for i := 0; i < len(z); i += 5 {
		z[i] *= 10 // where silu is 0 or the identity
	}
	on := func(roundings func(i int) float64, run func(y kernels.View)) {
		y := newGrid(ops, rows, n, values)
		run(y.view)
		got := y.read(t)
		rec.add(got, func(i int) float64 { return roundings(i)*roundoff*math.Abs(float64(got[i])) + 1e-35 })
	}
	twice := func(int) float64 { return 2 }
	on(twice, func(y kernels.View) { ops.MulRow(y, rows, b) })
	on(twice, func(y kernels.View) { ops.AddRow(y, rows, b) })
	on(twice, func(y kernels.View) { ops.SquaredReLU(y, rows, n) })
	gate := newGrid(ops, rows, n, z)
	on(func(i int) float64 { return 2*math.Abs(float64(z[i])) + 12 }, func(y kernels.View) { ops.Gate(y, gate.view, rows, n) })
}
