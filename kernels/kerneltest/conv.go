package kerneltest

import (
	"testing"

	"caucus/kernels"
)

// convShape is channels and taps.
type convShape struct{ channels, taps int }

// convShapes are a Mamba-2 mixer's in small, and channels that fill no vector.
var convShapes = []convShape{{320, 4}, {33, 4}, {15, 2}, {8, 3}, {1, 1}, {24, 1}}

// newConvRig: a result sums a bias and taps products and is activated, some twenty roundings.
func newConvRig(ops kernels.Ops, s convShape, rows int) *rig {
	rng := source(uint64(s.channels))
	w := kernels.ConvWeights{Channels: s.channels, Taps: s.taps, W: normals(rng, s.channels*s.taps, 0.5),
		B: normals(rng, s.channels, 0.1)}
	ops.PrepareConv(&w)
	m := &rig{ops: ops, state: ops.NewConvState(s.channels, s.taps, rigSlots), y: empty(ops, rows, s.channels),
		allowed: float64(s.taps+20) * roundoff}
	m.inputs = []grid{newGrid(ops, rows, s.channels, normals(rng, rows*s.channels, 1))}
	m.run = func(spans ...kernels.Span) { ops.Conv(m.y.view, m.inputs[0].view, spans, &w, m.state) }
	m.read = func(t *testing.T, slot int) []float32 { return readHistory(t, m, s, slot) }
	return m
}

// readHistory returns what silu makes of a slot's rows, seen through the oldest tap alone and tokens of zeros.
func readHistory(t *testing.T, m *rig, s convShape, slot int) []float32 {
	t.Helper()
	if s.taps == 1 {
		return nil
	}
	w := kernels.ConvWeights{Channels: s.channels, Taps: s.taps, W: make([]float32, s.channels*s.taps),
		B: make([]float32, s.channels)}
	for c := range s.channels {
		w.W[c*s.taps] = 1
	}
	m.ops.PrepareConv(&w)
	rows := s.taps - 1
	x, y := newGrid(m.ops, rows, s.channels, make([]float32, rows*s.channels)), empty(m.ops, rows, s.channels)
	m.ops.CopyState(m.state, rigSlots-1, slot)
	m.ops.Conv(y.view, x.view, []kernels.Span{{Slot: rigSlots - 1, Len: rows, Pos: 1}}, &w, m.state)
	return y.read(t)
}
