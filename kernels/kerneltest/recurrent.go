package kerneltest

import (
	"fmt"
	"math"
	"testing"

	"caucus/kernels"
)

// rig is one layer that remembers, with the inputs of a batch of rows.
type rig struct {
	ops    kernels.Ops
	state  kernels.RecurrentState
	inputs []grid
	y      grid

	run  func(spans ...kernels.Span)
	read func(t *testing.T, slot int) []float32 // what a slot remembers, in rows as wide as y

	// allowed is the error of a result or a state relative to the largest value of its row, after as many updates of the
	// state as the scenarios make.
	allowed float64
}

// rigSlots is the number of slots of a rig; the last is kept for reading the state of others.
const rigSlots = 6

// updates is how often a scenario updates a state at most.
const updates = 36

// layer makes rigs of one shape.
type layer struct {
	name string
	make func(ops kernels.Ops, rows int) *rig
}

// layers are those of every operation that remembers.
func layers() []layer {
	var all []layer
	for _, s := range convShapes {
		all = append(all, layer{fmt.Sprintf("conv %+v", s), func(ops kernels.Ops, rows int) *rig {
			return newConvRig(ops, s, rows)
		}})
	}
	for _, s := range mambaShapes {
		all = append(all, layer{fmt.Sprintf("mamba %+v", s), func(ops kernels.Ops, rows int) *rig {
			return newMambaRig(ops, s, rows, mambaRates(s))
		}})
	}
	for _, s := range mamba2Shapes {
		all = append(all, layer{fmt.Sprintf("mamba2 %+v", s), func(ops kernels.Ops, rows int) *rig {
			return newMamba2Rig(ops, s, rows, mamba2Rates(s))
		}})
	}
	return all
}

func recurrentScenarios() []scenario {
	var all []scenario
	for _, l := range layers() {
		all = append(all, scenario{l.name, func(t *testing.T, ops kernels.Ops, rec *record) {
			m := l.make(ops, 40)
			// Two decode steps around a prompt's chunk, rows not in the order of spans, slots in none.
			m.run(kernels.Span{Slot: 3, Row: 2, Len: 1, Pos: 7}, kernels.Span{Slot: 0, Row: 3, Len: 20},
				kernels.Span{Slot: 1, Row: 0, Len: 2, Pos: 1})
			m.run(kernels.Span{Slot: 1, Row: 23, Len: 1, Pos: 3}, kernels.Span{Slot: 0, Row: 24, Len: 16, Pos: 20})
			rec.addRows(m.y.read(t), m.y.n, m.allowed)
			for slot := range rigSlots - 1 {
				rec.addRows(m.read(t, slot), m.y.n, m.allowed)
			}
		}})
	}
	return append(all, forgettingScenarios()...)
}

// forgettingScenarios are scans with rates of decay that forget at once.
func forgettingScenarios() []scenario {
	var all []scenario
	rates := func(n int) []float32 {
		a := make([]float32, n)
		for i := range a {
			a[i] = []float32{float32(math.Inf(-1)), -math.MaxFloat32}[i%2]
		}
		return a
	}
	forget := func(name string, newRig func(ops kernels.Ops) *rig) {
		all = append(all, scenario{name + " that forgets at once", func(t *testing.T, ops kernels.Ops, rec *record) {
			m := newRig(ops)
			m.run(kernels.Span{Slot: 2, Row: 0, Len: 40})
			rec.addRows(m.y.read(t), m.y.n, m.allowed)
		}})
	}
	for _, s := range mambaShapes {
		forget(fmt.Sprintf("mamba %+v", s), func(ops kernels.Ops) *rig {
			return newMambaRig(ops, s, 40, rates(s.DInner*s.DState))
		})
	}
	for _, s := range mamba2Shapes {
		forget(fmt.Sprintf("mamba2 %+v", s), func(ops kernels.Ops) *rig {
			return newMamba2Rig(ops, s, 40, rates(s.Heads))
		})
	}
	return all
}

// testChunks reads a prompt at once, in chunks and token by token.
func testChunks(t *testing.T, newRig func(rows int) *rig) {
	const tokens = 23
	var wantY, wantS []float32
	for _, chunk := range []int{tokens, 1, 2, 3, 5, 16} {
		m := newRig(tokens)
		for pos := 0; pos < tokens; pos += chunk {
			m.run(kernels.Span{Slot: 2, Row: pos, Len: min(chunk, tokens-pos), Pos: pos})
		}
		y, s := m.y.read(t), m.read(t, 2)
		if chunk == tokens {
			wantY, wantS = y, s
		}
		sameBits(t, fmt.Sprintf("results in chunks of %d", chunk), y, wantY)
		sameBits(t, fmt.Sprintf("state after chunks of %d", chunk), s, wantS)
	}
}

// apart are spans of a batch of 8 rows.
var apart = []kernels.Span{
	{Slot: 4, Row: 0, Len: 1, Pos: 3}, {Slot: 1, Row: 1, Len: 6}, {Slot: 0, Row: 7, Len: 1, Pos: 9},
}

// testSpansAlone runs spans together and one by one.
func testSpansAlone(t *testing.T, newRig func(rows int) *rig) {
	together, alone := newRig(8), newRig(8)
	together.run(apart...)
	for _, s := range apart {
		alone.run(s)
	}
	sameBits(t, "results", alone.y.read(t), together.y.read(t))
	for _, s := range apart {
		sameBits(t, "state", alone.read(t, s.Slot), together.read(t, s.Slot))
	}
}

// testSlots goes on from a copied slot, and starts anew in a used one.
func testSlots(t *testing.T, newRig func(rows int) *rig) {
	m := newRig(12)
	m.run(kernels.Span{Slot: 0, Row: 0, Len: 5})
	m.ops.CopyState(m.state, 3, 0)
	m.run(kernels.Span{Slot: 0, Row: 5, Len: 3, Pos: 5})
	original := m.y.read(t)
	m.run(kernels.Span{Slot: 3, Row: 5, Len: 3, Pos: 5})
	sameBits(t, "going on from a copy", m.y.read(t), original)
	m.run(kernels.Span{Slot: 3, Row: 0, Len: 5})
	sameBits(t, "starting anew in a used slot", m.y.read(t)[:5*m.y.n], original[:5*m.y.n])
}

// testNaNInState puts NaN into a token's inputs, one after the other, and looks at the other spans, at the tokens before
// it, and at a sequence that begins in the same slot.
func testNaNInState(t *testing.T, newRig func(rows int) *rig) {
	m := newRig(8)
	m.run(apart...)
	want := m.y.read(t)
	for i, in := range m.inputs {
		const row = 3
		good := make([]float32, 1)
		at := in.view.Off + row*in.view.Stride
		m.ops.Download(good, in.view.Buf, at)
		m.ops.Upload(in.view.Buf, at, []float32{float32(math.NaN())})
		poisoned := newRig(8)
		poisoned.inputs[i].copy(in)
		poisoned.run(apart...)
		y, n := poisoned.y.read(t), m.y.n
		sameBits(t, "tokens before", y[:row*n], want[:row*n])
		sameBits(t, "other sequences", y[7*n:], want[7*n:])
		if finite(y[row*n : (row+1)*n]) {
			t.Errorf("NaN in input %d does not show", i)
		}
		m.ops.Upload(in.view.Buf, at, good)
		poisoned.inputs[i].copy(in)
		poisoned.run(apart[1])
		sameBits(t, "a new sequence", poisoned.y.read(t), want)
	}
}

// copy takes over all of another grid of its size.
func (g grid) copy(from grid) {
	memory := make([]float32, from.view.Buf.Len())
	from.ops.Download(memory, from.view.Buf, 0)
	g.ops.Upload(g.view.Buf, 0, memory)
}

// negatives are n rates of decay.
func negatives(seed uint64, n int) []float32 {
	v := normals(source(seed), n, 3)
	for i, a := range v {
		v[i] = -float32(math.Abs(float64(a)))
	}
	return v
}
