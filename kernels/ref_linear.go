package kernels

import "math"

// refMatrix is a weight matrix as its format holds it. Int8 has whole numbers q and a scale a row, and w is their product.
type refMatrix struct {
	w       []float32
	q       []int8
	scales  []float32
	out, in int
	format  Format
	inputs  Format // what rows are rounded to
}

func (m *refMatrix) Shape() (out, in int) { return m.out, m.in }

// Format is how the weights were rounded.
func (m *refMatrix) Format() Format { return m.format }

func (m *refMatrix) row(o int) []float32 { return m.w[o*m.in : (o+1)*m.in] }

// NewMatrix rounds or quantizes every row.
func (ref *Reference) NewMatrix(w Source) Matrix {
	format := ref.precision.Of(w)
	m := &refMatrix{w: make([]float32, w.Out*w.In), out: w.Out, in: w.In, format: format, inputs: ref.precision.Inputs}
	if format == Int8 {
		m.q, m.scales = make([]int8, len(m.w)), make([]float32, w.Out)
	}
	for o := range w.Out {
		row := m.row(o)
		w.Row(row, o)
		if format == Int8 {
			q := m.q[o*w.In:][:w.In]
			m.scales[o] = Quantize(q, row)
			for i := range row {
				row[i] = float32(q[i]) * m.scales[o]
			}
			continue
		}
		for i, v := range row {
			row[i] = format.Round(v)
		}
	}
	return m
}

// Embed copies row tokens[r] of table to row r of y.
func (*Reference) Embed(y View, table Matrix, tokens []int32) {
	m := table.(*refMatrix)
	y.Check("embed", "y", len(tokens), m.in)
	for r, t := range tokens {
		copy(y.row(r, m.in), m.row(int(t)))
	}
}

// MatMul is y[r,o] = sum_i x[r,i] w[o,i].
func (*Reference) MatMul(y, x View, rows int, w Matrix) { w.(*refMatrix).multiply(y, x, rows, false) }

// MatMulAdd is y[r,o] += sum_i x[r,i] w[o,i].
func (*Reference) MatMulAdd(y, x View, rows int, w Matrix) {
	w.(*refMatrix).multiply(y, x, rows, true)
}

func (m *refMatrix) multiply(y, x View, rows int, add bool) {
	y.Check("matmul", "y", rows, m.out)
	x.Check("matmul", "x", rows, m.in)
	for r := range rows {
		yr, xr := y.row(r, m.out), x.row(r, m.in)
		if m.q != nil {
			m.multiplyInt8(yr, xr, add)
			continue
		}
		for o := range m.out {
			sum := 0.0
			if add {
				sum = float64(yr[o])
			}
			for i, w := range m.row(o) {
				sum += float64(m.inputs.Round(xr[i])) * float64(w)
			}
			yr[o] = float32(sum)
		}
	}
}

// multiplyInt8 is one row of the product that [Quantize] describes.
func (m *refMatrix) multiplyInt8(y, x []float32, add bool) {
	if !add {
		clear(y)
	}
	var q [QuantBlock]int8
	for from := 0; from < m.in; from += QuantBlock {
		n := min(QuantBlock, m.in-from)
		scale := Quantize(q[:n], x[from:from+n])
		for o := range m.out {
			dot := int32(0)
			for i, w := range m.q[o*m.in+from:][:n] {
				dot += int32(q[i]) * int32(w)
			}
			y[o] += float32(float64(dot) * float64(scale) * float64(m.scales[o]))
		}
	}
}

// RMSNorm is y[r,i] = x[r,i] / sqrt(mean_i(x[r,i]^2) + eps) * weight[i] (arXiv 1910.07467).
func (*Reference) RMSNorm(y, x View, rows, n int, weight Buffer, eps float32) {
	y.Check("rmsnorm", "y", rows, n)
	x.Check("rmsnorm", "x", rows, n)
	w := weight.(Vector)[:n]
	for r := range rows {
		yr, xr := y.row(r, n), x.row(r, n)
		sum := 0.0
		for _, v := range xr {
			sum += float64(v) * float64(v)
		}
		scale := 1 / math.Sqrt(sum/float64(n)+float64(eps))
		for i, v := range xr {
			yr[i] = float32(float64(v) * scale * float64(w[i]))
		}
	}
}

// NewGated stacks the matrices.
func (ref *Reference) NewGated(gate, up Source) Matrix {
	CheckGated(gate, up)
	return ref.NewMatrix(Stack(gate, up))
}

// MatMulSwiGLU is a product and then y[r,o] = silu(gate[r,o]) * up[r,o] (arXiv 2002.05202).
func (ref *Reference) MatMulSwiGLU(y, x View, rows int, w Matrix) {
	out, _ := w.Shape()
	n := out / 2
	y.Check("matmul-swiglu", "y", rows, n)
	products := View{Buf: make(Vector, rows*out), Stride: out}
	ref.MatMul(products, x, rows, w)
	for r := range rows {
		yr, p := y.row(r, n), products.row(r, out)
		for i := range n {
			yr[i] = float32(silu(float64(p[i])) * float64(p[n+i]))
		}
	}
}

func silu(v float64) float64 { return v / (1 + math.Exp(-v)) }
