package cpu

import (
	"fmt"

	"caucus/kernels"
)

// matrix is a weight matrix in panels of 16 output columns, [out/16][in][16]: a tile reads one panel from first to
// last. The columns that the last panel has beyond out are 0.
type matrix struct {
	out, in int
	format  kernels.Format
	panels  []float32
}

func (m *matrix) Shape() (out, in int) { return m.out, m.in }

func (m *matrix) Format() kernels.Format { return m.format }

// count is the number of panels.
func (m *matrix) count() int { return (m.out + panelWidth - 1) / panelWidth }

func (o *ops) NewMatrix(w kernels.Source) kernels.Matrix {
	out, in := w.Out, w.In
	m := &matrix{out: out, in: in, format: kernels.F32}
	m.panels = aligned(m.count() * in * panelWidth)
	row := make([]float32, in)
	for c := range out {
		w.Row(row, c)
		panel := m.panels[c/panelWidth*in*panelWidth+c%panelWidth:]
		for i, v := range row {
			panel[i*panelWidth] = v
		}
	}
	return m
}

func (o *ops) Embed(y kernels.View, table kernels.Matrix, tokens []int32) {
	m := table.(*matrix)
	y.Check("embed", "y", len(tokens), m.in)
	for r, t := range tokens {
		if t < 0 || int(t) >= m.out {
			panic(fmt.Sprintf("kernels: embed: token %d is not below %d", t, m.out))
		}
		panel := m.panels[int(t)/panelWidth*m.in*panelWidth+int(t)%panelWidth:]
		to := row(y, r, m.in)
		for i := range to {
			to[i] = panel[i*panelWidth]
		}
	}
}

func (o *ops) MatMul(y, x kernels.View, rows int, w kernels.Matrix) { o.product(y, x, rows, w, false) }

func (o *ops) MatMulAdd(y, x kernels.View, rows int, w kernels.Matrix) {
	o.product(y, x, rows, w, true)
}

func (o *ops) product(y, x kernels.View, rows int, w kernels.Matrix, add bool) {
	m := w.(*matrix)
	y.Check("matmul", "y", rows, m.out)
	x.Check("matmul", "x", rows, m.in)
	if rows == 0 {
		return
	}
	o.matMul = matMulTask{o: o, y: y, x: x, rows: rows, m: m, add: add}
	const flopsPerNanosecond = 60
	o.split(&o.matMul, 2*rows*m.in*m.out/flopsPerNanosecond)
}

// matMulTask is a grid of tiles, ordered so that consecutive tiles share a panel.
type matMulTask struct {
	o    *ops
	y, x kernels.View
	rows int
	m    *matrix
	add  bool
}

// sliceLen is how many terms of the sums a pass takes: a panel's slice stays in the first cache (16 KiB) while the rows
// go by. Sums continue in y from slice to slice, which rounds as if there were none.
const sliceLen = 256

func (t *matMulTask) run(part, parts int) {
	tiles := (t.rows + tileRows - 1) / tileRows
	wide := panelsPerTile(t.rows)
	groups := (t.m.count() + wide - 1) / wide
	from, to := share(groups*tiles, part, parts)
	for k := 0; k < t.m.in; k += sliceLen {
		for u := from; u < to; u++ {
			r0, r1 := share(t.rows, u%tiles, tiles)
			t.tiles(u/tiles*wide, wide, r0, r1, k, t.o.scratch[part])
		}
	}
}

// tiles computes rows r0..r1-1 of up to wide panels from panel p on, for the terms from k on.
func (t *matMulTask) tiles(p, wide, r0, r1, k int, s *scratch) {
	m, ldy, ldx := t.m, t.y.Stride, t.x.Stride
	n, ldw := min(sliceLen, m.in-k), m.in*panelWidth
	x := rowsOf(t.x)[r0*ldx+k:]
	y := rowsOf(t.y)[r0*ldy:]
	w := m.panels[k*panelWidth:]
	add := t.add || k > 0
	if (p+wide)*panelWidth <= m.out {
		t.o.tile(r1-r0, wide, n, x, ldx, w[p*ldw:], ldw, y[p*panelWidth:], ldy, add)
		return
	}
	for end := min(p+wide, m.count()); p < end; p++ {
		if (p+1)*panelWidth <= m.out {
			t.o.tile(r1-r0, 1, n, x, ldx, w[p*ldw:], ldw, y[p*panelWidth:], ldy, add)
			continue
		}
		// The last panel overhangs the row: its tile goes through a space of full width.
		columns := m.out - p*panelWidth
		for r := range r1 - r0 {
			copy(s.tile[r*panelWidth:], y[r*ldy+p*panelWidth:][:columns])
		}
		t.o.tile(r1-r0, 1, n, x, ldx, w[p*ldw:], ldw, s.tile[:], panelWidth, add)
		for r := range r1 - r0 {
			copy(y[r*ldy+p*panelWidth:][:columns], s.tile[r*panelWidth:])
		}
	}
}
