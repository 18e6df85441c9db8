package kerneltest

import (
	"testing"

	"caucus/kernels"
)

// mambaShapes are the embedded model's, M1-3B's proportions in small, plain Mamba as in Jamba, and others at the edges:
// states that fill no vector, one group, also of many channels, no repeat, one tap.
var mambaShapes = []kernels.MambaShape{
	{DInner: 192, DXB: 64, DState: 16, DConv: 4},
	{DInner: 96, DXB: 32, DState: 16, DConv: 4},
	{DInner: 16, DXB: 16, DState: 16, DConv: 2},
	{DInner: 48, DXB: 16, DState: 8, DConv: 4},
	{DInner: 24, DXB: 12, DState: 4, DConv: 3},
	{DInner: 15, DXB: 5, DState: 5, DConv: 1},
	{DInner: 14, DXB: 7, DState: 1, DConv: 4},
	{DInner: 96, DXB: 32, DState: 16},
	{DInner: 160, DState: 16},
	{DInner: 24, DState: 5},
	{DInner: 7, DState: 16},
	{DInner: 40, DState: 1, DConv: 4},
	{DInner: 9, DState: 3, DConv: 1},
	{DInner: 640, DXB: 1, DState: 1, DConv: 2},
}

// mambaRates is A.
func mambaRates(s kernels.MambaShape) []float32 { return negatives(5, s.DInner*s.DState) }

// newMambaRig: a result sums DState states, each the product of updates of about four roundings, and its exponentials and
// gate add some twenty; all of them relative to the largest value of the row.
func newMambaRig(ops kernels.Ops, shape kernels.MambaShape, rows int, rates []float32) *rig {
	rng := source(uint64(shape.DInner))
	w := kernels.MambaWeights{
		Shape:  shape,
		ConvW:  normals(rng, shape.DInner*shape.DConv, 0.5),
		DTBias: normals(rng, shape.DInner, 2),
		A:      rates,
		D:      normals(rng, shape.DInner, 1),
	}
	if shape.DConv > 0 {
		w.ConvB = normals(rng, shape.DInner, 0.1)
	}
	ops.PrepareMamba(&w)
	m := &rig{ops: ops, state: ops.NewMambaState(shape, rigSlots), y: empty(ops, rows, shape.DInner),
		allowed: float64(shape.DState+4*updates+20) * roundoff}
	for i, n := range []int{shape.DInner, shape.XWidth(), shape.BWidth(), shape.CWidth(), shape.DInner} {
		deviation := []float64{1, 1, 1, 1, 3}[i]
		m.inputs = append(m.inputs, newGrid(ops, rows, n, normals(rng, rows*n, deviation)))
	}
	m.run = func(spans ...kernels.Span) { ops.Mamba(m.y.view, mambaInputs(m.inputs), spans, &w, m.state) }
	m.read = func(t *testing.T, slot int) []float32 { return readMamba(t, m, w, slot) }
	return m
}

func mambaInputs(g []grid) kernels.MambaInputs {
	return kernels.MambaInputs{Z: g[0].view, X: g[1].view, B: g[2].view, C: g[3].view, DT: g[4].view}
}

// readMamba returns S of a slot, [DState, DInner], seen through tokens that bring nothing (B = 0), hardly let it decay
// (dt = -100), skip nothing (D = 0) and read one state each, with the gate at silu(32) = 32.
func readMamba(t *testing.T, m *rig, w kernels.MambaWeights, slot int) []float32 {
	t.Helper()
	s := w.Shape
	w.D = make([]float32, s.DInner)
	m.ops.PrepareMamba(&w)
	constant := func(n int, v float32) grid {
		values := make([]float32, s.DState*n)
		for i := range values {
			values[i] = v
		}
		return newGrid(m.ops, s.DState, n, values)
	}
	c := make([]float32, s.DState*s.CWidth())
	for i := range c {
		if n := i / s.CWidth(); i%s.CWidth()%s.DState == n {
			c[i] = 1
		}
	}
	in := mambaInputs([]grid{constant(s.DInner, 32), constant(s.XWidth(), 0), constant(s.BWidth(), 0),
		newGrid(m.ops, s.DState, s.CWidth(), c), constant(s.DInner, -100)})
	y := empty(m.ops, s.DState, s.DInner)
	m.ops.CopyState(m.state, rigSlots-1, slot)
	m.ops.Mamba(y.view, in, []kernels.Span{{Slot: rigSlots - 1, Len: s.DState, Pos: 1}}, &w, m.state)
	return y.read(t)
}
