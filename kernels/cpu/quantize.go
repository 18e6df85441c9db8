package cpu

import "caucus/kernels"

// int8Rows is rows of x as whole numbers, for products with Int8 matrices. Every block of a row has a scale and, since
// the weights are stored plus 128, what that adds to its sums.
type int8Rows struct {
	q      []int8
	ldq    int // from row to row
	scales []float32
	biases []int32 // -128 times the sum of the block's q
	blocks int     // of a row
}

// from is the rows from row r and input k, the first of a block, on.
func (x int8Rows) from(r, k int) int8Rows {
	block := r*x.blocks + k/kernels.QuantBlock
	return int8Rows{x.q[r*x.ldq+k:], x.ldq, x.scales[block:], x.biases[block:], x.blocks}
}

// resize makes room for rows of n values, each a whole number of cache lines long.
func (x *int8Rows) resize(rows, n int) {
	x.ldq = (n + cacheLine - 1) / cacheLine * cacheLine
	x.blocks = (n + kernels.QuantBlock - 1) / kernels.QuantBlock
	if len(x.q) < rows*x.ldq {
		x.q = make([]int8, rows*x.ldq)
	}
	if len(x.scales) < rows*x.blocks {
		x.scales, x.biases = make([]float32, rows*x.blocks), make([]int32, rows*x.blocks)
	}
}

// inputsFor makes of x what a product with m multiplies.
func (o *ops) inputsFor(m *matrix, x kernels.View, rows int) kernels.View {
	if m.format == kernels.Int8 {
		o.quantizeFor(m, x, rows)
		return x
	}
	if o.precision.Inputs == kernels.F32 {
		return x
	}
	o.rounded = atLeast(o.rounded, rows*m.in)
	o.round = roundTask{o: o, x: x, rows: rows, n: m.in}
	o.split(&o.round, rows*m.in)
	return kernels.View{Buf: kernels.Vector(o.rounded), Stride: m.in}
}

// roundTask writes rows to ops.rounded.
type roundTask struct {
	o       *ops
	x       kernels.View
	rows, n int
}

func (t *roundTask) run(part, parts int) {
	from, to := share(t.rows, part, parts)
	for r := from; r < to; r++ {
		rounded := t.o.rounded[r*t.n:][:t.n]
		for i, v := range row(t.x, r, t.n) {
			rounded[i] = t.o.precision.Inputs.Round(v)
		}
	}
}

// quantizeFor fills o.quantized.
func (o *ops) quantizeFor(m *matrix, x kernels.View, rows int) {
	n := m.in
	o.quantized.resize(rows, n)
	o.quantize = quantizeTask{o: o, x: x, rows: rows, n: n}
	o.split(&o.quantize, rows*n/8)
}

type quantizeTask struct {
	o       *ops
	x       kernels.View
	rows, n int
}

func (t *quantizeTask) run(part, parts int) {
	from, to := share(t.rows, part, parts)
	for r := from; r < to; r++ {
		x := row(t.x, r, t.n)
		for k := 0; k < t.n; k += kernels.QuantBlock {
			to := t.o.quantized.from(r, k)
			to.scales[0], to.biases[0] = t.o.quantizeBlock(to.q, x[k:min(k+kernels.QuantBlock, t.n)])
		}
	}
}

// quantizeBlock is [kernels.Quantize] with the block's bias.
func (in *instructions) quantizeBlock(q []int8, x []float32) (scale float32, bias int32) {
	largest, zero := in.absMax(x)
	if largest < kernels.LeastQuantized || zero != zero {
		clear(q[:groups(len(x))*groupLen])
		return zero, 0
	}
	return largest / 127, -128 * in.quantizeRow(q, x, 127/largest)
}
