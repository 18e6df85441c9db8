package cpu

import (
	"math"

	"caucus/kernels"
)

func (o *ops) RMSNorm(y, x kernels.View, rows, n int, weight kernels.Buffer, eps float32) {
	y.Check("rmsnorm", "y", rows, n)
	x.Check("rmsnorm", "x", rows, n)
	if n == 0 {
		return
	}
	o.rmsNorm = rmsNormTask{o: o, y: y, x: x, rows: rows, n: n, weight: weight.(kernels.Vector)[:n], eps: eps}
	o.split(&o.rmsNorm, rows*n/8)
}

type rmsNormTask struct {
	o       *ops
	y, x    kernels.View
	rows, n int
	weight  []float32
	eps     float32
}

func (t *rmsNormTask) run(part, parts int) {
	from, to := share(t.rows, part, parts)
	for r := from; r < to; r++ {
		x := row(t.x, r, t.n)
		mean := float64(t.o.sumSquares(x)) / float64(t.n)
		t.o.scaleRow(row(t.y, r, t.n), x, t.weight, float32(1/math.Sqrt(mean+float64(t.eps))))
	}
}
