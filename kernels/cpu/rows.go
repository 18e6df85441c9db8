package cpu

import (
	"math"

	"caucus/kernels"
)

// rowsTask computes rows of y one by one.
type rowsTask struct {
	o       *ops
	y, x    kernels.View // x is y where an operation has no other
	rows, n int
	weight  []float32
	eps     float32
	row     func(t *rowsTask, y, x []float32)
}

// eachRow runs a task of about so many nanoseconds for 8 values.
func (o *ops) eachRow(t rowsTask, cost int) {
	if t.rows == 0 || t.n == 0 {
		return
	}
	t.o = o
	o.rows = t
	o.split(&o.rows, t.rows*t.n*cost/8)
}

func (t *rowsTask) run(part, parts int) {
	from, to := share(t.rows, part, parts)
	for r := from; r < to; r++ {
		t.row(t, row(t.y, r, t.n), row(t.x, r, t.n))
	}
}

func (o *ops) RMSNorm(y, x kernels.View, rows, n int, weight kernels.Buffer, eps float32) {
	y.Check("rmsnorm", "y", rows, n)
	x.Check("rmsnorm", "x", rows, n)
	w := weight.(kernels.Vector)[:n]
	o.eachRow(rowsTask{y: y, x: x, rows: rows, n: n, weight: w, eps: eps, row: (*rowsTask).norm}, 1)
}

func (t *rowsTask) norm(y, x []float32) {
	mean := float64(t.o.sumSquares(x)) / float64(t.n)
	t.o.scaleRow(y, x, t.weight, float32(1/math.Sqrt(mean+float64(t.eps))))
}

func (o *ops) MulRow(y kernels.View, rows int, by kernels.Buffer) {
	y.Check("mulrow", "y", rows, by.Len())
	w := by.(kernels.Vector)
	o.eachRow(rowsTask{y: y, x: y, rows: rows, n: by.Len(), weight: w, row: (*rowsTask).mul}, 1)
}

func (t *rowsTask) mul(y, _ []float32) { t.o.scaleRow(y, y, t.weight, 1) }

func (o *ops) AddRow(y kernels.View, rows int, b kernels.Buffer) {
	y.Check("addrow", "y", rows, b.Len())
	w := b.(kernels.Vector)
	o.eachRow(rowsTask{y: y, x: y, rows: rows, n: b.Len(), weight: w, row: (*rowsTask).add}, 1)
}

func (t *rowsTask) add(y, _ []float32) { t.o.addScaled(y, t.weight, 1) }

func (o *ops) Gate(y, z kernels.View, rows, n int) {
	y.Check("gate", "y", rows, n)
	z.Check("gate", "z", rows, n)
	o.eachRow(rowsTask{y: y, x: z, rows: rows, n: n, row: (*rowsTask).gate}, 4)
}

func (t *rowsTask) gate(y, z []float32) { t.o.swiGLURow(y, z, y) }

func (o *ops) SquaredReLU(y kernels.View, rows, n int) {
	y.Check("squaredrelu", "y", rows, n)
	o.eachRow(rowsTask{y: y, x: y, rows: rows, n: n, row: (*rowsTask).squaredReLU}, 1)
}

func (t *rowsTask) squaredReLU(y, _ []float32) { t.o.squaredReLU(y) }
