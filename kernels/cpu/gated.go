package cpu

import "caucus/kernels"

// NewGated lets panels of the gate alternate with those of up, so that a tile of two has both halves of 16 results.
func (o *ops) NewGated(gate, up kernels.Source) kernels.Matrix {
	kernels.CheckGated(gate, up)
	both := kernels.Stack(gate, up)
	n := gate.Out
	pairs := (n + panelWidth - 1) / panelWidth
	m := o.NewMatrix(kernels.Source{
		Out: 2 * pairs * panelWidth, In: both.In, Stored: both.Stored,
		Row: func(to []float32, row int) {
			half, i := row/panelWidth%2, row/(2*panelWidth)*panelWidth+row%panelWidth
			if i >= n {
				clear(to)
				return
			}
			both.Row(to, half*n+i)
		},
	}).(*matrix)
	m.gate = n
	return m
}

func (o *ops) MatMulSwiGLU(y, x kernels.View, rows int, w kernels.Matrix) {
	m := w.(*matrix)
	y.Check("matmul-swiglu", "y", rows, m.gate)
	x.Check("matmul-swiglu", "x", rows, m.in)
	if m.gate == 0 {
		panic("kernels: matmul-swiglu: the matrix has no gate")
	}
	if rows == 0 {
		return
	}
	x = o.inputsFor(m, x, rows)
	o.gated = gatedTask{matMulTask{o: o, y: y, x: x, rows: rows, m: m}}
	o.split(&o.gated, 2*rows*m.in*m.out/flopsPerNanosecond)
}

// gatedTask is a grid of tiles like matMulTask, but a tile's slices follow one another: the products do not leave the
// first cache before they are the result.
type gatedTask struct{ matMulTask }

func (t *gatedTask) run(part, parts int) {
	tiles := t.o.tilesOf(t.rows)
	from, to := share(t.m.panels()/2*tiles, part, parts)
	for u := from; u < to; u++ {
		r0, r1 := share(t.rows, u%tiles, tiles)
		t.pair(u/tiles, r0, r1, t.o.scratch[part].pair[:])
	}
}

// pair computes rows r0..r1-1 of 16 results, or of what is left.
func (t *gatedTask) pair(i, r0, r1 int, products []float32) {
	const width = 2 * panelWidth
	wide := min(2, t.o.panelsPerTile(r1-r0))
	for p := 0; p < 2; p += wide {
		for k := 0; k < t.m.in; k += sliceLen {
			t.tile(r0, r1, 2*i+p, wide, k, products[p*panelWidth:], width)
		}
	}
	n := min(panelWidth, t.m.gate-i*panelWidth)
	for r := range r1 - r0 {
		gate := products[r*width:]
		y := rowsOf(t.y)[(r0+r)*t.y.Stride+i*panelWidth:]
		t.o.swiGLURow(y[:n], gate[:n], gate[panelWidth:][:n])
	}
}
