package kerneltest

import (
	"math"
	"testing"

	"caucus/kernels"
)

// mamba2Shapes are those of the families in small: one group, some and one for every head, the variant of M1 that repeats
// x and B alone, states that exceed a pass; and heads and states that fill no vector.
var mamba2Shapes = []kernels.Mamba2Shape{
	{Heads: 4, HeadDim: 16, XHeads: 4, BGroups: 1, CGroups: 1, DState: 8},
	{Heads: 4, HeadDim: 64, XHeads: 4, BGroups: 2, CGroups: 2, DState: 16},
	{Heads: 8, HeadDim: 16, XHeads: 8, BGroups: 8, CGroups: 8, DState: 32},
	{Heads: 2, HeadDim: 64, XHeads: 2, BGroups: 1, CGroups: 1, DState: 128},
	{Heads: 1, HeadDim: 80, XHeads: 1, BGroups: 1, CGroups: 1, DState: 256},
	{Heads: 6, HeadDim: 32, XHeads: 2, BGroups: 2, CGroups: 6, DState: 32},
	{Heads: 12, HeadDim: 24, XHeads: 4, BGroups: 3, CGroups: 2, DState: 9},
	{Heads: 2, HeadDim: 40, XHeads: 1, BGroups: 1, CGroups: 2, DState: 3},
	{Heads: 3, HeadDim: 48, XHeads: 3, BGroups: 3, CGroups: 1, DState: 16},
	{Heads: 9, HeadDim: 5, XHeads: 9, BGroups: 1, CGroups: 3, DState: 7},
	{Heads: 1, HeadDim: 1, XHeads: 1, BGroups: 1, CGroups: 1, DState: 1},
}

// mamba2Rates is A.
func mamba2Rates(s kernels.Mamba2Shape) []float32 { return negatives(7, s.Heads) }

// newMamba2Rig: errors are those of a Mamba-1 mixer. Every other shape bounds the step.
func newMamba2Rig(ops kernels.Ops, shape kernels.Mamba2Shape, rows int, rates []float32) *rig {
	rng := source(uint64(shape.DInner()))
	w := kernels.Mamba2Weights{Shape: shape, DTBias: normals(rng, shape.Heads, 2), A: rates,
		D: normals(rng, shape.Heads, 1), MaxDT: float32(math.Inf(1))}
	if shape.Heads%4 == 0 {
		w.MinDT, w.MaxDT = 0.05, 3
	}
	ops.PrepareMamba2(&w)
	m := &rig{ops: ops, state: ops.NewMamba2State(shape, rigSlots), y: empty(ops, rows, shape.DInner()),
		allowed: float64(shape.DState+4*updates+20) * roundoff}
	for i, n := range []int{shape.XWidth(), shape.BWidth(), shape.CWidth(), shape.Heads} {
		deviation := []float64{1, 1, 1, 3}[i]
		m.inputs = append(m.inputs, newGrid(ops, rows, n, normals(rng, rows*n, deviation)))
	}
	m.run = func(spans ...kernels.Span) { ops.Mamba2(m.y.view, mamba2Inputs(m.inputs), spans, &w, m.state) }
	m.read = func(t *testing.T, slot int) []float32 { return readMamba2(t, m, w, slot) }
	return m
}

func mamba2Inputs(g []grid) kernels.Mamba2Inputs {
	return kernels.Mamba2Inputs{X: g[0].view, B: g[1].view, C: g[2].view, DT: g[3].view}
}

// readMamba2 returns S of a slot, [DState, DInner], through tokens like those of readMamba.
func readMamba2(t *testing.T, m *rig, w kernels.Mamba2Weights, slot int) []float32 {
	t.Helper()
	s := w.Shape
	w.D, w.MinDT = make([]float32, s.Heads), 0
	m.ops.PrepareMamba2(&w)
	rows := s.DState
	dt, c := make([]float32, rows*s.Heads), make([]float32, rows*s.CWidth())
	for i := range dt {
		dt[i] = -100
	}
	for i := range c {
		if i%s.CWidth()%s.DState == i/s.CWidth() {
			c[i] = 1
		}
	}
	zeros := func(n int) grid { return newGrid(m.ops, rows, n, make([]float32, rows*n)) }
	in := mamba2Inputs([]grid{zeros(s.XWidth()), zeros(s.BWidth()), newGrid(m.ops, rows, s.CWidth(), c),
		newGrid(m.ops, rows, s.Heads, dt)})
	y := empty(m.ops, rows, s.DInner())
	m.ops.CopyState(m.state, rigSlots-1, slot)
	m.ops.Mamba2(y.view, in, []kernels.Span{{Slot: rigSlots - 1, Len: rows, Pos: 1}}, &w, m.state)
	return y.read(t)
}
