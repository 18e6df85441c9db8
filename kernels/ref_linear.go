package kernels

import (
	"fmt"
	"math"
)

// refMatrix is a weight matrix as it was given.
type refMatrix struct {
	w       []float32
	out, in int
}

func (m *refMatrix) Shape() (out, in int) { return m.out, m.in }

func (m *refMatrix) row(o int) []float32 { return m.w[o*m.in : (o+1)*m.in] }

// NewMatrix copies w [out, in].
func (*Reference) NewMatrix(w []float32, out, in int) Matrix {
	CheckMatrix(w, out, in)
	return &refMatrix{append([]float32(nil), w...), out, in}
}

// CheckMatrix panics unless w has the length of a matrix [out, in].
func CheckMatrix(w []float32, out, in int) {
	if out < 1 || in < 1 || len(w) != out*in {
		panic(fmt.Sprintf("kernels: %d values are no matrix [%d, %d]", len(w), out, in))
	}
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
func (*Reference) MatMul(y, x View, rows int, w Matrix) { refMatMul(y, x, rows, w.(*refMatrix), false) }

// MatMulAdd is y[r,o] += sum_i x[r,i] w[o,i].
func (*Reference) MatMulAdd(y, x View, rows int, w Matrix) {
	refMatMul(y, x, rows, w.(*refMatrix), true)
}

func refMatMul(y, x View, rows int, m *refMatrix, add bool) {
	y.Check("matmul", "y", rows, m.out)
	x.Check("matmul", "x", rows, m.in)
	for r := range rows {
		yr, xr := y.row(r, m.out), x.row(r, m.in)
		for o := range m.out {
			sum := 0.0
			if add {
				sum = float64(yr[o])
			}
			for i, w := range m.row(o) {
				sum += float64(xr[i]) * float64(w)
			}
			yr[o] = float32(sum)
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

// SwiGLU is y[r,i] = silu(gu[r,i]) * gu[r,n+i] (arXiv 2002.05202).
func (*Reference) SwiGLU(y, gu View, rows, n int) {
	y.Check("swiglu", "y", rows, n)
	gu.Check("swiglu", "gu", rows, 2*n)
	for r := range rows {
		yr, g := y.row(r, n), gu.row(r, 2*n)
		for i := range n {
			yr[i] = float32(silu(float64(g[i])) * float64(g[n+i]))
		}
	}
}

func silu(v float64) float64 { return v / (1 + math.Exp(-v)) }
