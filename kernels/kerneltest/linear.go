package kerneltest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"caucus/kernels"
)

// products are the shapes [in, out] that are tried: every boundary of a panel of 16 and of a slice of 256, those of the
// embedded model, and M1-3B's proportions in small.
var products = [][2]int{
	{1, 1}, {3, 7}, {7, 15}, {15, 16}, {16, 17}, {17, 33}, {33, 48}, {5, 64}, {64, 80}, {255, 31}, {256, 16}, {257, 65},
	{524, 30}, {192, 524}, {12, 192}, {512, 192}, {192, 272}, {96, 262}, {96, 256},
}

var rowCounts = []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13}

func linearScenarios() []scenario {
	var all []scenario
	for _, p := range products {
		in, out := p[0], p[1]
		all = append(all, scenario{fmt.Sprintf("matmul %dx%d", in, out), func(t *testing.T, ops kernels.Ops, rec *record) {
			matMul(t, ops, rec, in, out)
			matMulSwiGLU(t, ops, rec, in, out)
		}})
	}
	for _, n := range []int{1, 7, 8, 15, 16, 17, 33, 48, 192, 524} {
		all = append(all, scenario{fmt.Sprintf("rows of %d", n), func(t *testing.T, ops kernels.Ops, rec *record) {
			embed(t, ops, rec, n)
			rmsNorm(t, ops, rec, 3, n)
		}})
	}
	return all
}

// dense is a matrix with what the error of its products depends on.
type dense struct {
	w       []float32
	out, in int
	lengths []float64 // of the rows
}

func newDense(rng *rand.Rand, out, in int, deviation float64) dense {
	w := normals(rng, out*in, deviation)
	return dense{w, out, in, lengths(w, in)}
}

func (d dense) source() kernels.Source { return kernels.Dense(d.w, d.out, d.in) }

// off is how far the product of a row of x of some length with row o may be off: by k+1 roundings of the sum of k
// products' magnitudes (Higham, Accuracy and Stability, 3.1), whatever their order, which is at most the product of the
// lengths.
func (d dense) off(length float64, o int) float64 {
	return float64(d.in+2) * roundoff * length * d.lengths[o]
}

// lengths are the Euclidean lengths of rows of n.
func lengths(rows []float32, n int) []float64 {
	var all []float64
	for ; len(rows) > 0; rows = rows[n:] {
		sum := 0.0
		for _, v := range rows[:n] {
			sum += float64(v) * float64(v)
		}
		all = append(all, math.Sqrt(sum))
	}
	return all
}

// matMul records both products.
func matMul(t *testing.T, ops kernels.Ops, rec *record, in, out int) {
	rng := source(uint64(in*1009 + out))
	d := newDense(rng, out, in, 0.3)
	weights := ops.NewMatrix(d.source())
	if o, i := weights.Shape(); o != out || i != in {
		t.Fatalf("a matrix [%d, %d] says that its shape is [%d, %d]", out, in, o, i)
	}
	for _, rows := range rowCounts {
		x, y := normals(rng, rows*in, 1), normals(rng, rows*out, 1)
		xs := lengths(x, in)
		allowed := func(i int) float64 {
			return d.off(xs[i/out], i%out) + float64(in+2)*roundoff*math.Abs(float64(y[i]))
		}
		input := newGrid(ops, rows, in, x)
		product, sum := empty(ops, rows, out), newGrid(ops, rows, out, y)
		ops.MatMul(product.view, input.view, rows, weights)
		ops.MatMulAdd(sum.view, input.view, rows, weights)
		rec.add(product.read(t), allowed)
		rec.add(sum.read(t), allowed)
	}
}

// matMulSwiGLU: silu, whose slope is at most 1.1, passes on the gate's error; rounding an exponent v gives exp(v) a
// relative error of |v| roundings, and a dozen follow. The gate's deviation drives the exponential over its range; a
// product is at most some 5 times its deviation.
func matMulSwiGLU(t *testing.T, ops kernels.Ops, rec *record, in, out int) {
	rng := source(uint64(in*1013 + out))
	gate, up := newDense(rng, out, in, 8/math.Sqrt(float64(in))), newDense(rng, out, in, 1)
	weights := ops.NewGated(gate.source(), up.source())
	for _, rows := range rowCounts {
		x := normals(rng, rows*in, 1)
		xs := lengths(x, in)
		y := empty(ops, rows, out)
		ops.MatMulSwiGLU(y.view, newGrid(ops, rows, in, x).view, rows, weights)
		rec.add(y.read(t), func(i int) float64 {
			x, o := xs[i/out], i%out
			g, u := 5*x*gate.lengths[o]/math.Sqrt(float64(in))+1, 5*x*up.lengths[o]/math.Sqrt(float64(in))+1
			return 1.1*gate.off(x, o)*u + g*up.off(x, o) + (2*g+12)*roundoff*g*u
		})
	}
}

// rmsNorm: the sum of n squares has n roundings, the root halves them, a few follow.
func rmsNorm(t *testing.T, ops kernels.Ops, rec *record, rows, n int) {
	rng := source(uint64(n))
	weight := ops.NewBuffer(n)
	ops.Upload(weight, 0, normals(rng, n, 1))
	x, y := newGrid(ops, rows, n, normals(rng, rows*n, 2)), empty(ops, rows, n)
	ops.RMSNorm(y.view, x.view, rows, n, weight, 1e-5)
	got := y.read(t)
	allowed := func(i int) float64 { return float64(n/2+4) * roundoff * math.Abs(float64(got[i])) }
	rec.add(got, allowed)
	ops.RMSNorm(x.view, x.view, rows, n, weight, 1e-5) // in place
	rec.add(x.read(t), allowed)
}

func embed(t *testing.T, ops kernels.Ops, rec *record, n int) {
	const vocabulary = 37
	table := ops.NewMatrix(kernels.Dense(normals(source(uint64(n)), vocabulary*n, 1), vocabulary, n))
	tokens := []int32{0, 15, 16, 36, 16}
	y := empty(ops, len(tokens), n)
	ops.Embed(y.view, table, tokens)
	rec.add(y.read(t), func(int) float64 { return 0 })
}

// testRowsAlone computes rows together and one by one.
func testRowsAlone(t *testing.T, ops kernels.Ops) {
	const rows, in, out = 29, 300, 84
	rng := source(1)
	x := newGrid(ops, rows, in, normals(rng, rows*in, 1))
	weights := ops.NewMatrix(kernels.Dense(normals(rng, out*in, 1), out, in))
	gated := ops.NewGated(kernels.Dense(normals(rng, out*in, 1), out, in), kernels.Dense(normals(rng, out*in, 1), out, in))
	weight := ops.NewBuffer(in)
	ops.Upload(weight, 0, normals(rng, in, 1))
	operations := []struct {
		name string
		n    int
		run  func(y, x kernels.View, rows int)
	}{
		{"matmul", out, func(y, x kernels.View, rows int) { ops.MatMul(y, x, rows, weights) }},
		{"rmsnorm", in, func(y, x kernels.View, rows int) { ops.RMSNorm(y, x, rows, in, weight, 1e-5) }},
		{"matmul-swiglu", out, func(y, x kernels.View, rows int) { ops.MatMulSwiGLU(y, x, rows, gated) }},
	}
	for _, op := range operations {
		all := empty(ops, rows, op.n)
		op.run(all.view, x.view, rows)
		want := all.read(t)
		for _, size := range []int{1, 2, 3, 4, 5, 6, 8, 20} {
			some := empty(ops, rows, op.n)
			for r := 0; r < rows; r += size {
				op.run(some.sub(r), x.sub(r), min(size, rows-r))
			}
			sameBits(t, fmt.Sprintf("%s by %d rows", op.name, size), some.read(t), want)
		}
	}
}

// testFormats makes matrices with few and with many inputs, which a format may treat apart.
func testFormats(t *testing.T, ops, reference kernels.Ops) {
	for _, in := range []int{8, 300} {
		w := kernels.Dense(normals(source(3), 20*in, 1), 20, in)
		if got, want := ops.NewMatrix(w).Format(), reference.NewMatrix(w).Format(); got != want {
			t.Errorf("a matrix of %d inputs is kept as %v, want %v", in, got, want)
		}
	}
	if got, want := ops.Precision(), reference.Precision(); got != want {
		t.Errorf("the precision is %+v, want %+v", got, want)
	}
}

// testNaN puts NaN and Inf into one row and looks at the others.
func testNaN(t *testing.T, ops kernels.Ops) {
	const rows, n = 7, 80
	for _, bad := range []float32{float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1))} {
		rng := source(2)
		values := normals(rng, rows*n, 1)
		weights := ops.NewMatrix(kernels.Dense(normals(rng, n*n, 1), n, n))
		y := empty(ops, rows, n)
		ops.MatMul(y.view, newGrid(ops, rows, n, values).view, rows, weights)
		want := y.read(t)
		values[3*n+5] = bad
		ops.MatMul(y.view, newGrid(ops, rows, n, values).view, rows, weights)
		got := y.read(t)
		if row := got[3*n : 4*n]; !math.IsNaN(float64(row[0])) && !math.IsInf(float64(row[0]), 0) {
			t.Errorf("%v in a row of x gives %v", bad, row[0])
		}
		sameBits(t, "rows before", got[:3*n], want[:3*n])
		sameBits(t, "rows after", got[4*n:], want[4*n:])
	}
}

// testMisuse gives operands that do not fit.
func testMisuse(t *testing.T, ops kernels.Ops) {
	small := kernels.View{Buf: ops.NewBuffer(10), Stride: 5}
	weights := ops.NewMatrix(kernels.Dense(make([]float32, 30), 6, 5))
	weight := ops.NewBuffer(5)
	overlapping := kernels.View{Buf: small.Buf, Stride: 2}
	before := kernels.View{Buf: small.Buf, Off: -1, Stride: 5}
	groupless := kernels.MambaShape{DInner: 8, DXB: 5, DState: 4, DConv: 4}
	headless := kernels.AttentionShape{Heads: 3, KVHeads: 2, HeadDim: 8, RopeTheta: 1e4}
	heads := kernels.AttentionShape{Heads: 1, KVHeads: 1, HeadDim: 2, RopeTheta: 1e4}
	cache := ops.NewKVCache(heads, 1)
	attend := func(s kernels.Span) func() {
		return func() { ops.Attention(small, small, []kernels.Span{s}, heads, cache) }
	}
	misuses := map[string]func(){
		"a matrix of another length":       func() { ops.NewMatrix(kernels.Dense(make([]float32, 5), 2, 3)) },
		"a result that does not fit":       func() { ops.MatMul(small, small, 2, weights) },
		"rows that overlap":                func() { ops.RMSNorm(overlapping, small, 2, 5, weight, 1) },
		"a negative offset":                func() { ops.RMSNorm(before, small, 1, 5, weight, 1) },
		"a token outside the table":        func() { ops.Embed(small, weights, []int32{6}) },
		"a Mamba shape without groups":     func() { ops.NewMambaState(groupless, 1) },
		"heads that do not divide":         func() { ops.NewKVCache(headless, 1) },
		"a position beyond its page table": attend(kernels.Span{Len: 1, Pos: kernels.PageLen, Pages: []int32{0}}),
		"a page outside the cache":         attend(kernels.Span{Len: 1, Pages: []int32{1}}),
		"a span without tokens":            attend(kernels.Span{Pages: []int32{0}}),
	}
	for name, misuse := range misuses {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s did not panic", name)
				}
			}()
			misuse()
		}()
	}
}
