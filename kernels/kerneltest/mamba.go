package kerneltest

import (
	"fmt"
	"math"
	"testing"

	"caucus/kernels"
)

// mambaShapes are the embedded model's, M1-3B's proportions in small, and others at the edges: states that fill no
// vector, one group, no repeat, one tap.
var mambaShapes = []kernels.MambaShape{
	{DInner: 192, DXB: 64, DState: 16, DTRank: 12, DConv: 4},
	{DInner: 96, DXB: 32, DState: 16, DTRank: 6, DConv: 4},
	{DInner: 16, DXB: 16, DState: 16, DTRank: 1, DConv: 2},
	{DInner: 48, DXB: 16, DState: 8, DTRank: 3, DConv: 4},
	{DInner: 24, DXB: 12, DState: 4, DTRank: 2, DConv: 3},
	{DInner: 15, DXB: 5, DState: 5, DTRank: 2, DConv: 1},
	{DInner: 14, DXB: 7, DState: 1, DTRank: 2, DConv: 4},
}

// mambaRig is one mixer with the inputs of a batch of rows.
type mambaRig struct {
	ops   kernels.Ops
	w     kernels.MambaWeights
	state kernels.MambaState
	p, dt grid
	y     grid
}

func newMambaRig(ops kernels.Ops, shape kernels.MambaShape, rows int) *mambaRig {
	rng := source(uint64(shape.DInner))
	w := kernels.MambaWeights{
		Shape:  shape,
		ConvW:  normals(rng, shape.DInner*shape.DConv, 0.5),
		ConvB:  normals(rng, shape.DInner, 0.1),
		DTBias: normals(rng, shape.DInner, 2),
		A:      normals(rng, shape.DInner*shape.DState, 3),
		D:      normals(rng, shape.DInner, 1),
	}
	for i, a := range w.A {
		w.A[i] = -float32(math.Abs(float64(a)))
	}
	ops.PrepareMamba(&w)
	return &mambaRig{
		ops: ops, w: w, state: ops.NewMambaState(shape, mambaSlots),
		p:  newGrid(ops, rows, shape.InProj(), normals(rng, rows*shape.InProj(), 1)),
		dt: newGrid(ops, rows, shape.DInner, normals(rng, rows*shape.DInner, 3)),
		y:  empty(ops, rows, shape.DInner),
	}
}

// mambaSlots is the number of slots of a rig; the last is kept for reading the state of others.
const mambaSlots = 6

func (m *mambaRig) run(spans ...kernels.Span) {
	m.ops.Mamba(m.y.view, m.p.view, m.dt.view, spans, &m.w, m.state)
}

// readState returns S of a slot, [DState, DInner], seen through tokens that bring nothing (B = 0), hardly let it decay
// (dt = -100), skip nothing (D = 0) and read one state each, with the gate at silu(32) = 32.
func (m *mambaRig) readState(t *testing.T, slot int) []float32 {
	t.Helper()
	shape := m.w.Shape
	probe := *m
	probe.w.D = make([]float32, shape.DInner)
	m.ops.PrepareMamba(&probe.w)
	p, dt := make([]float32, shape.DState*shape.InProj()), make([]float32, shape.DState*shape.DInner)
	for n := range shape.DState {
		row := p[n*shape.InProj():]
		for d := range shape.DInner {
			row[d] = 32
			dt[n*shape.DInner+d] = -100
			if d%shape.DState == n {
				row[shape.DInner+2*shape.DXB+d] = 1
			}
		}
	}
	probe.p = newGrid(m.ops, shape.DState, shape.InProj(), p)
	probe.dt = newGrid(m.ops, shape.DState, shape.DInner, dt)
	probe.y = empty(m.ops, shape.DState, shape.DInner)
	m.ops.CopyMambaState(m.state, mambaSlots-1, slot)
	probe.run(kernels.Span{Slot: mambaSlots - 1, Len: shape.DState, Pos: 1})
	return probe.y.read(t)
}

func mambaScenarios() []scenario {
	var all []scenario
	for _, shape := range mambaShapes {
		all = append(all, scenario{fmt.Sprintf("mamba %+v", shape), func(t *testing.T, ops kernels.Ops, rec *record) {
			m := newMambaRig(ops, shape, 40)
			// Two decode steps around a prompt's chunk, rows not in the order of spans, slots in none.
			m.run(kernels.Span{Slot: 3, Row: 2, Len: 1, Pos: 7}, kernels.Span{Slot: 0, Row: 3, Len: 20},
				kernels.Span{Slot: 1, Row: 0, Len: 2, Pos: 1})
			m.run(kernels.Span{Slot: 1, Row: 23, Len: 1, Pos: 3}, kernels.Span{Slot: 0, Row: 24, Len: 16, Pos: 20})
			mambaRecord(t, rec, shape, m)
		}}, scenario{fmt.Sprintf("mamba that forgets at once %+v", shape), func(t *testing.T, ops kernels.Ops, rec *record) {
			m := newMambaRig(ops, shape, 40)
			for i := range m.w.A {
				m.w.A[i] = []float32{float32(math.Inf(-1)), -math.MaxFloat32}[i%2]
			}
			ops.PrepareMamba(&m.w)
			m.run(kernels.Span{Slot: 2, Row: 0, Len: 40})
			rec.addRows(m.y.read(t), m.y.n, float64(shape.DState+80)*roundoff)
		}})
	}
	return all
}

// mambaRecord records results and states. A result sums DState states, each the product of up to 36 updates of about
// four roundings, and its exponentials and gate add some twenty; all of them relative to the largest value
// of the row.
func mambaRecord(t *testing.T, rec *record, shape kernels.MambaShape, m *mambaRig) {
	const updates = 36
	allowed := float64(shape.DState+4*updates+20) * roundoff
	rec.addRows(m.y.read(t), m.y.n, allowed)
	for slot := range mambaSlots - 1 {
		rec.addRows(m.readState(t, slot), m.y.n, allowed)
	}
}

// testMambaChunks reads a prompt at once, in chunks and token by token.
func testMambaChunks(t *testing.T, ops kernels.Ops) {
	const tokens = 23
	for _, shape := range mambaShapes {
		var wantY, wantS []float32
		for _, chunk := range []int{tokens, 1, 2, 3, 5, 16} {
			m := newMambaRig(ops, shape, tokens)
			for pos := 0; pos < tokens; pos += chunk {
				m.run(kernels.Span{Slot: 2, Row: pos, Len: min(chunk, tokens-pos), Pos: pos})
			}
			y, s := m.y.read(t), m.readState(t, 2)
			if chunk == tokens {
				wantY, wantS = y, s
			}
			sameBits(t, fmt.Sprintf("%+v: results in chunks of %d", shape, chunk), y, wantY)
			sameBits(t, fmt.Sprintf("%+v: state after chunks of %d", shape, chunk), s, wantS)
		}
	}
}

// testMambaAlone runs spans together and one by one.
func testMambaAlone(t *testing.T, ops kernels.Ops) {
	spans := []kernels.Span{
		{Slot: 4, Row: 0, Len: 1, Pos: 3}, {Slot: 1, Row: 1, Len: 6}, {Slot: 0, Row: 7, Len: 1, Pos: 9},
	}
	for _, shape := range mambaShapes {
		together, alone := newMambaRig(ops, shape, 8), newMambaRig(ops, shape, 8)
		together.run(spans...)
		for _, s := range spans {
			alone.run(s)
		}
		sameBits(t, "results", alone.y.read(t), together.y.read(t))
		for _, s := range spans {
			sameBits(t, "state", alone.readState(t, s.Slot), together.readState(t, s.Slot))
		}
	}
}

// testMambaSlots goes on from a copied slot, and starts anew in a used one.
func testMambaSlots(t *testing.T, ops kernels.Ops) {
	const n = 192
	m := newMambaRig(ops, mambaShapes[0], 12)
	m.run(kernels.Span{Slot: 0, Row: 0, Len: 5})
	ops.CopyMambaState(m.state, 3, 0)
	m.run(kernels.Span{Slot: 0, Row: 5, Len: 3, Pos: 5})
	original := m.y.read(t)
	m.run(kernels.Span{Slot: 3, Row: 5, Len: 3, Pos: 5})
	sameBits(t, "going on from a copy", m.y.read(t), original)
	m.run(kernels.Span{Slot: 3, Row: 0, Len: 5})
	sameBits(t, "starting anew in a used slot", m.y.read(t)[:5*n], original[:5*n])
}
