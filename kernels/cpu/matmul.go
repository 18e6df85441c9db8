package cpu

import "caucus/kernels"

func (o *ops) MatMul(y, x kernels.View, rows int, w kernels.Matrix) { o.product(y, x, rows, w, false) }

func (o *ops) MatMulAdd(y, x kernels.View, rows int, w kernels.Matrix) {
	o.product(y, x, rows, w, true)
}

func (o *ops) product(y, x kernels.View, rows int, w kernels.Matrix, add bool) {
	m := w.(*matrix)
	y.Check("matmul", "y", rows, m.out)
	x.Check("matmul", "x", rows, m.in)
	if m.gate > 0 {
		panic("kernels: matmul: the matrix has a gate; use MatMulSwiGLU")
	}
	if rows == 0 {
		return
	}
	x = o.inputsFor(m, x, rows)
	o.matMul = matMulTask{o: o, y: y, x: x, rows: rows, m: m, add: add}
	o.split(&o.matMul, 2*rows*m.in*m.out/flopsPerNanosecond)
}

// flopsPerNanosecond is about what one thread does.
const flopsPerNanosecond = 60

// matMulTask is a grid of tiles, ordered so that consecutive tiles share a panel.
type matMulTask struct {
	o    *ops
	y, x kernels.View
	rows int
	m    *matrix
	add  bool
}

func (t *matMulTask) run(part, parts int) {
	tiles := t.o.tilesOf(t.rows)
	wide := t.o.panelsPerTile(t.rows)
	strips := (t.m.panels() + wide - 1) / wide
	from, to := share(strips*tiles, part, parts)
	for k := 0; k < t.m.in; k += sliceLen {
		for u := from; u < to; u++ {
			r0, r1 := share(t.rows, u%tiles, tiles)
			t.tiles(u/tiles*wide, wide, r0, r1, k, t.o.scratch[part])
		}
	}
}

// tiles computes rows r0..r1-1 of up to wide panels from panel p on, for the terms from k on.
func (t *matMulTask) tiles(p, wide, r0, r1, k int, s *scratch) {
	m, ldy := t.m, t.y.Stride
	y := rowsOf(t.y)[r0*ldy:]
	if (p+wide)*panelWidth <= m.out {
		t.tile(r0, r1, p, wide, k, y[p*panelWidth:], ldy)
		return
	}
	for end := min(p+wide, m.panels()); p < end; p++ {
		if (p+1)*panelWidth <= m.out {
			t.tile(r0, r1, p, 1, k, y[p*panelWidth:], ldy)
			continue
		}
		// The last panel overhangs the row: its tile goes through a space of full width.
		columns := m.out - p*panelWidth
		for r := range r1 - r0 {
			copy(s.tile[r*panelWidth:], y[r*ldy+p*panelWidth:][:columns])
		}
		t.tile(r0, r1, p, 1, k, s.tile[:], panelWidth)
		for r := range r1 - r0 {
			copy(y[r*ldy+p*panelWidth:][:columns], s.tile[r*panelWidth:])
		}
	}
}

// tile computes rows r0..r1-1 of a number of panels from p on into y, for the slice that begins with k.
func (t *matMulTask) tile(r0, r1, p, panels, k int, y []float32, ldy int) {
	m, add := t.m, t.add || k > 0
	n := m.sliceAt(k)
	w, ldw := m.panel(p, k), m.panelBytes(n)
	if m.format == kernels.Int8 {
		t.o.tileInt8(r1-r0, panels, groups(n), t.o.quantized.from(r0, k), w, ldw, m.scales[p*panelWidth:], y, ldy, add)
		return
	}
	t.o.tile(m.format, r1-r0, panels, n, rowsOf(t.x)[r0*t.x.Stride+k:], t.x.Stride, w, ldw, y, ldy, add)
}
