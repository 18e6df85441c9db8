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
	all = append(all, scenario{"matmul with many rows", manyRows}, scenario{"rows that change between products", changedRows})
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

// manyRows records products of more rows than a tile is likely to have, for a matrix that is likely to be divided among
// workers along its inputs.
func manyRows(t *testing.T, ops kernels.Ops, rec *record) {
	const in, out = 1024, 136
	rng := source(5)
	d, gate := newDense(rng, out, in, 0.3), newDense(rng, out, in, 8/math.Sqrt(in))
	weights, gated := ops.NewMatrix(d.source()), ops.NewGated(gate.source(), d.source())
	for _, rows := range []int{17, 40, 129, 300} {
		x := normals(rng, rows*in, 1)
		xs, input := lengths(x, in), newGrid(ops, rows, in, x)
		y, z := empty(ops, rows, out), empty(ops, rows, out)
		ops.MatMul(y.view, input.view, rows, weights)
		ops.MatMulSwiGLU(z.view, input.view, rows, gated)
		rec.add(y.read(t), func(i int) float64 { return d.off(xs[i/out], i%out) })
		rec.add(z.read(t), func(i int) float64 {
			_, off := swiGLUOff(gate, d, xs[i/out], i%out)
			return off
		})
	}
}

// changedRows multiplies the same place again and again, after every operation that may write there: an implementation that
// keeps rows in a second form must notice.
func changedRows(t *testing.T, ops kernels.Ops, rec *record) {
	const n, rows = 128, 3
	rng := source(11)
	d := newDense(rng, n, n, 0.1)
	weights, table := ops.NewMatrix(d.source()), ops.NewMatrix(newDense(rng, 5, n, 1).source())
	gated := ops.NewGated(d.source(), newDense(rng, n, n, 0.1).source())
	by := ops.NewBuffer(n)
	ops.Upload(by, 0, normals(rng, n, 1))
	other, z := newGrid(ops, rows, n, normals(rng, rows*n, 1)), newGrid(ops, rows, n, normals(rng, rows*n, 1))
	x, y := newGrid(ops, rows, n, normals(rng, rows*n, 1)), empty(ops, rows, n)
	changes := []func(){
		func() {},
		func() { ops.RMSNorm(x.view, other.view, rows, n, by, 1e-5) },
		func() { ops.MulRow(x.view, rows, by) },
		func() { ops.AddRow(x.view, rows, by) },
		func() { ops.Gate(x.view, z.view, rows, n) },
		func() { ops.SquaredReLU(x.view, rows, n) },
		func() { ops.Embed(x.view, table, []int32{4, 0, 2}) },
		func() { ops.MatMul(x.view, other.view, rows, weights) },
		func() { ops.MatMulAdd(x.view, other.view, rows, weights) },
		func() { ops.MatMulSwiGLU(x.view, other.view, rows, gated) },
		func() { ops.Upload(x.view.Buf, x.view.Off, normals(source(3), n, 1)) },
	}
	for _, change := range changes {
		change()
		ops.MatMul(y.view, x.view, rows, weights)
		rec.addRows(y.read(t), n, 1e-3) // errors of the changes are multiplied, too
	}
}

// matMulSwiGLU records the gated product. The gate's deviation drives the exponential over its range.
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
			_, off := swiGLUOff(gate, up, xs[i/out], i%out)
			return off
		})
	}
}

// swiGLUOff is about how large result o of a gated product with a row of x of some length is at most, and how far it may be
// off: silu, whose slope is at most 1.1, passes on the gate's error; rounding an exponent v gives exp(v) a relative error of
// |v| roundings, and a dozen follow. A product is at most some 5 times its deviation.
func swiGLUOff(gate, up dense, x float64, o int) (value, off float64) {
	root := math.Sqrt(float64(gate.in))
	g, u := 5*x*gate.lengths[o]/root+1, 5*x*up.lengths[o]/root+1
	return g * u, 1.1*gate.off(x, o)*u + g*up.off(x, o) + (2*g+12)*roundoff*g*u
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

// rowOperation is something that computes rows of n values from rows of x.
type rowOperation struct {
	name string
	n    int
	adds bool // to what y holds, or changes it: here x's values
	run  func(y, x kernels.View, rows int)
}

// rowOperations are all of them, for rows of x of in values.
func rowOperations(ops kernels.Ops, in, out int) []rowOperation {
	rng := source(1)
	matrix := func(out, in int) kernels.Source { return kernels.Dense(normals(rng, out*in, 0.1), out, in) }
	weights, gated, square := ops.NewMatrix(matrix(out, in)), ops.NewGated(matrix(out, in), matrix(out, in)),
		ops.NewMatrix(matrix(in, in))
	weight := ops.NewBuffer(in)
	ops.Upload(weight, 0, normals(rng, in, 1))
	experts := newExperts(6, in, out, in)
	silu, relu := experts.prepare(ops, true), experts.prepare(ops, false)
	grouped := kernels.Routing{Chosen: 3, Sigmoid: true, Normalize: true, Bias: normals(rng, 6, 0.1), Groups: 3, ChosenGroups: 2}
	return []rowOperation{
		{"matmul", out, false, func(y, x kernels.View, rows int) { ops.MatMul(y, x, rows, weights) }},
		{"matmul-add", in, true, func(y, x kernels.View, rows int) { ops.MatMulAdd(y, x, rows, square) }},
		{"matmul-swiglu", out, false, func(y, x kernels.View, rows int) { ops.MatMulSwiGLU(y, x, rows, gated) }},
		{"rmsnorm", in, false, func(y, x kernels.View, rows int) { ops.RMSNorm(y, x, rows, in, weight, 1e-5) }},
		{"mulrow", in, true, func(y, _ kernels.View, rows int) { ops.MulRow(y, rows, weight) }},
		{"addrow", in, true, func(y, _ kernels.View, rows int) { ops.AddRow(y, rows, weight) }},
		{"gate", in, true, func(y, x kernels.View, rows int) { ops.Gate(y, x, rows, in) }},
		{"squaredrelu", in, true, func(y, _ kernels.View, rows int) { ops.SquaredReLU(y, rows, in) }},
		{"experts", in, true, func(y, x kernels.View, rows int) {
			ops.Experts(y, x, x, rows, silu, kernels.Routing{Chosen: 2, Normalize: true, Scale: 0.7})
		}},
		{"experts in groups", in, true, func(y, x kernels.View, rows int) { ops.Experts(y, x, x, rows, relu, grouped) }},
	}
}

// result is a place for rows of y.
func (op rowOperation) result(ops kernels.Ops, x []float32, rows int) grid {
	if op.adds {
		return newGrid(ops, rows, op.n, x)
	}
	return empty(ops, rows, op.n)
}

// testRowsAlone computes rows together and one by one.
func testRowsAlone(t *testing.T, ops kernels.Ops) {
	rowsAlone(t, ops, 29, 300, 84, 1, 2, 3, 4, 5, 6, 8, 20)
	if ops.Precision().Inputs == kernels.BF16 { // in tiles of every size, which a GPU has
		rowsAlone(t, ops, 200, 512, 84, 14, 60, 120)
	}
}

// rowsAlone wants the bits of rows at once from all sizes of batches.
func rowsAlone(t *testing.T, ops kernels.Ops, rows, in, out int, sizes ...int) {
	values := normals(source(1), rows*in, 1)
	x := newGrid(ops, rows, in, values)
	for _, op := range rowOperations(ops, in, out) {
		all := op.result(ops, values, rows)
		op.run(all.view, x.view, rows)
		want := all.read(t)
		for _, size := range sizes {
			some := op.result(ops, values, rows)
			for r := 0; r < rows; r += size {
				op.run(some.sub(r), x.sub(r), min(size, rows-r))
			}
			sameBits(t, fmt.Sprintf("%s by %d rows", op.name, size), some.read(t), want)
		}
	}
}

// finite tells whether all values are.
func finite(values []float32) bool {
	for _, v := range values {
		if v-v != 0 {
			return false
		}
	}
	return true
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
	const rows, n, out = 7, 80, 48
	for _, bad := range []float32{float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1))} {
		for _, op := range rowOperations(ops, n, out) {
			values := normals(source(2), rows*n, 1)
			y := op.result(ops, values, rows)
			op.run(y.view, newGrid(ops, rows, n, values).view, rows)
			want := y.read(t)
			values[3*n+2] = bad
			y = op.result(ops, values, rows)
			op.run(y.view, newGrid(ops, rows, n, values).view, rows)
			got := y.read(t)
			if row := got[3*op.n : 4*op.n]; (bad != bad || !op.adds) && finite(row) {
				t.Errorf("%s: %v in a row of x does not show", op.name, bad)
			}
			sameBits(t, op.name+": rows before", got[:3*op.n], want[:3*op.n])
			sameBits(t, op.name+": rows after", got[4*op.n:], want[4*op.n:])
		}
	}
}
