// Package kerneltest is the suite that every implementation of kernels.Ops passes.
//
//	func TestConformance(t *testing.T) { kerneltest.Run(t, newOps) } // newOps makes an Ops of a precision
//
// [Run] compares an implementation with the reference: results and states within a rounding error derived from the
// length of the sums (and stated with each operation), drawn tokens exactly. It also checks what no comparison of
// values shows: that nothing outside the result is written, that a row's bits do not depend on the rows around it, and
// that a prompt read in chunks leaves the state that its tokens leave one by one. [Same] checks that two
// implementations, or one with different numbers of threads, agree in every bit.
package kerneltest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"caucus/kernels"
)

// roundoff is half the distance from 1 to the next float32: the relative error of one operation.
const roundoff = 1.0 / (1 << 24)

// scenario computes something with an Ops and records what it got. The same inputs are made every time.
type scenario struct {
	name string
	run  func(t *testing.T, ops kernels.Ops, rec *record)
}

// precisions are those in which weights, keys and values are tried.
var precisions = []kernels.Precision{
	{}, {Weights: kernels.F16}, {Weights: kernels.BF16, KV: kernels.BF16}, {Weights: kernels.Int8},
	{Weights: kernels.BF16, KV: kernels.BF16, Inputs: kernels.BF16},
}

// scenarios are those of every operation that a precision changes, and of all others with the default one.
func scenarios(p kernels.Precision) []scenario {
	all := slices.Concat(linearScenarios(), expertsScenarios(), attentionScenarios())
	if p == (kernels.Precision{}) {
		all = slices.Concat(all, rowsScenarios(), recurrentScenarios(), samplingScenarios())
	}
	return all
}

// eachPrecision runs a test in all precisions.
func eachPrecision(t *testing.T, test func(t *testing.T, p kernels.Precision)) {
	for _, p := range precisions {
		t.Run(fmt.Sprintf("weights %v, kv %v, inputs %v", p.Weights, p.KV, p.Inputs), func(t *testing.T) { test(t, p) })
	}
}

// Run runs the whole suite.
func Run(t *testing.T, newOps func(kernels.Precision) kernels.Ops) {
	eachPrecision(t, func(t *testing.T, p kernels.Precision) {
		reference, ops := kernels.NewReferenceOf(p), newOps(p)
		defer ops.Close()
		for _, s := range scenarios(p) {
			t.Run(s.name, func(t *testing.T) {
				var want, got record
				s.run(t, reference, &want)
				s.run(t, ops, &got)
				got.compare(t, &want)
			})
		}
		t.Run("rows do not depend on their neighbours", func(t *testing.T) { testRowsAlone(t, ops) })
		t.Run("attention chunks equal steps", func(t *testing.T) { testAttentionChunks(t, ops) })
		t.Run("attention pages copy and are shared", func(t *testing.T) { testAttentionPages(t, ops) })
		t.Run("NaN stays in its row", func(t *testing.T) { testNaN(t, ops) })
		t.Run("matrices tell their format", func(t *testing.T) { testFormats(t, ops, reference) })
	})
	ops := newOps(kernels.Precision{})
	defer ops.Close()
	for _, l := range layers() {
		newRig := func(rows int) *rig { return l.make(ops, rows) }
		t.Run(l.name+": chunks equal steps", func(t *testing.T) { testChunks(t, newRig) })
		t.Run(l.name+": spans do not depend on each other", func(t *testing.T) { testSpansAlone(t, newRig) })
		t.Run(l.name+": slots copy and restart", func(t *testing.T) { testSlots(t, newRig) })
		t.Run(l.name+": NaN stays in its sequence", func(t *testing.T) { testNaNInState(t, newRig) })
	}
	t.Run("draws follow the distribution", func(t *testing.T) { testDistribution(t, ops) })
	t.Run("rows without a distribution give token 0", func(t *testing.T) { testNoDistribution(t, ops) })
	t.Run("misuse panics", func(t *testing.T) { testMisuse(t, ops) })
}

// Same fails unless both implementations give the same bits in every scenario.
func Same(t *testing.T, newA, newB func(kernels.Precision) kernels.Ops) {
	eachPrecision(t, func(t *testing.T, p kernels.Precision) {
		a, b := newA(p), newB(p)
		defer a.Close()
		defer b.Close()
		for _, s := range scenarios(p) {
			t.Run(s.name, func(t *testing.T) {
				var fromA, fromB record
				s.run(t, a, &fromA)
				s.run(t, b, &fromB)
				sameBits(t, s.name, fromB.values, fromA.values)
			})
		}
	})
}

// record is a list of values with the absolute error that each may have.
type record struct {
	values  []float32
	allowed []float64
}

// add appends values that may be off by what allowed returns.
func (r *record) add(values []float32, allowed func(i int) float64) {
	for i, v := range values {
		r.values = append(r.values, v)
		r.allowed = append(r.allowed, allowed(i))
	}
}

// addRows appends rows of n values that may be off by allowed times the largest magnitude in their row.
func (r *record) addRows(values []float32, n int, allowed float64) {
	for ; len(values) > 0; values = values[n:] {
		off := allowed * largest(values[:n])
		r.add(values[:n], func(int) float64 { return off })
	}
}

// largest is the largest magnitude in v.
func largest(v []float32) float64 {
	m := 0.0
	for _, x := range v {
		m = math.Max(m, math.Abs(float64(x)))
	}
	return m
}

// compare reports the first few values that differ by more than the wanted record allows.
func (r *record) compare(t *testing.T, want *record) {
	t.Helper()
	if len(r.values) != len(want.values) {
		t.Fatalf("%d values, want %d", len(r.values), len(want.values))
	}
	wrong := 0
	for i, w := range want.values {
		g := r.values[i]
		off := math.Abs(float64(g) - float64(w))
		if off <= want.allowed[i] || g == w || g != g && w != w {
			continue
		}
		if wrong++; wrong <= 5 {
			t.Errorf("value %d of %d is %g, want %g: off by %.3g, allowed %.3g", i, len(want.values), g, w, off, want.allowed[i])
		}
	}
	if wrong > 5 {
		t.Errorf("%d values are wrong in all", wrong)
	}
}

// sameBits reports the first value of got that is not exactly that of want.
func sameBits(t *testing.T, what string, got, want []float32) {
	t.Helper()
	for i := range want {
		if math.Float32bits(got[i]) != math.Float32bits(want[i]) {
			t.Errorf("%s: value %d of %d is %v, want exactly %v", what, i, len(want), got[i], want[i])
			return
		}
	}
}

// source makes inputs; equal seeds make equal inputs.
func source(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0x6b65726e)) }

// normals are n normal values with the given deviation.
func normals(rng *rand.Rand, n int, deviation float64) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(rng.NormFloat64() * deviation)
	}
	return v
}

// guard fills memory that no operation may write.
const guard = -12345.678

// grid is a view of rows with an offset, with gaps between the rows and with guards in all of them.
type grid struct {
	ops     kernels.Ops
	view    kernels.View
	rows, n int
}

// newGrid places rows of n values each.
func newGrid(ops kernels.Ops, rows, n int, values []float32) grid {
	const off, gap = 5, 3
	g := grid{ops, kernels.View{Off: off, Stride: n + gap}, rows, n}
	memory := make([]float32, off+rows*(n+gap)+gap)
	for i := range memory {
		memory[i] = guard
	}
	for r := range rows {
		copy(memory[off+r*(n+gap):], values[r*n:(r+1)*n])
	}
	g.view.Buf = ops.NewBuffer(len(memory))
	ops.Upload(g.view.Buf, 0, memory)
	return g
}

// empty is a grid for results, which holds NaN before an operation writes it.
func empty(ops kernels.Ops, rows, n int) grid {
	values := make([]float32, rows*n)
	for i := range values {
		values[i] = float32(math.NaN())
	}
	return newGrid(ops, rows, n, values)
}

// read returns the rows without the gaps, in which it looks for damage.
func (g grid) read(t *testing.T) []float32 {
	t.Helper()
	memory := make([]float32, g.view.Buf.Len())
	g.ops.Download(memory, g.view.Buf, 0)
	values := make([]float32, 0, g.rows*g.n)
	for i, v := range memory {
		at := i - g.view.Off
		if at >= 0 && at < g.rows*g.view.Stride && at%g.view.Stride < g.n {
			values = append(values, v)
		} else if v != guard {
			t.Fatalf("memory outside of the result was written: %v at %d (row %d, column %d of %d)",
				v, i, at/g.view.Stride, at%g.view.Stride, g.n)
		}
	}
	return values
}

// sub is the view of the rows from r on.
func (g grid) sub(r int) kernels.View {
	v := g.view
	v.Off += r * v.Stride
	return v
}
