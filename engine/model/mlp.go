package model

import (
	"slices"

	"caucus/kernels"
)

// MLP is a multilayer perceptron, gated by silu (arXiv 2002.05202) or, without a gate, with a squared ReLU (arXiv
// 2109.08668): h += W_down (OutScale * act(u)).
type MLP struct {
	Gate     *Linear // nil for the squared ReLU
	Up, Down Linear
	OutScale float32

	gateUp   kernels.Matrix // gate and up in one; nil with biases
	outScale kernels.Buffer
}

// gatedOf is the gated MLP with the usual names, of width f on a stream of d values.
func gatedOf(prefix string, d, f int, bias bool) *MLP {
	gate := biased(prefix+"gate_proj.weight", f, d, bias)
	return &MLP{Gate: &gate, Up: biased(prefix+"up_proj.weight", f, d, bias), Down: biased(prefix+"down_proj.weight", d, f, bias)}
}

// squaredReLUOf is the MLP without a gate.
func squaredReLUOf(prefix string, d, f int, bias bool) *MLP {
	return &MLP{Up: biased(prefix+"up_proj.weight", f, d, bias), Down: biased(prefix+"down_proj.weight", d, f, bias)}
}

// Kind is -.
func (*MLP) Kind() byte { return '-' }

func (m *MLP) load(l *loader) Part {
	b := *m
	b.Down = m.Down.load(l)
	b.outScale = l.factor(m.OutScale, m.Down.In)
	switch {
	case m.Gate == nil:
		b.Up = m.Up.load(l)
	case m.Gate.Bias:
		both := *m.Gate
		both.Rows = slices.Concat(m.Gate.Rows, m.Up.Rows)
		b.Up = both.load(l)
	default:
		b.gateUp = l.gated(m.Gate, &m.Up)
	}
	return &b
}

func (*MLP) allot(*State, Capacity) {}

func (m *MLP) run(ops kernels.Ops, s *State, b *Batch) {
	rows := len(b.Tokens)
	act := m.activate(ops, s, rows)
	scale(ops, act, rows, m.outScale)
	m.Down.add(ops, s.stream(s.h), act, rows)
}

// activate returns act(u).
func (m *MLP) activate(ops kernels.Ops, s *State, rows int) kernels.View {
	f, u := m.Down.In, s.stream(s.u)
	act := view(s.y, f)
	switch {
	case m.Gate == nil:
		m.Up.apply(ops, act, u, rows)
		ops.SquaredReLU(act, rows, f)
	case m.Gate.Bias:
		gate := view(s.proj, 2*f)
		act = gate
		act.Off = f
		m.Up.apply(ops, gate, u, rows)
		ops.Gate(act, gate, rows, f)
	default:
		ops.MatMulSwiGLU(act, u, rows, m.gateUp)
	}
	return act
}

func (m *MLP) products() []Product {
	up := m.Up.matrix
	if m.gateUp != nil {
		up = m.gateUp
	}
	return []Product{{Inner, up, 1}, {Inner, m.Down.matrix, 1}}
}

func (*MLP) cost() partCost { return partCost{} }

func (m *MLP) widths() rowWidths {
	if m.Gate != nil && m.Gate.Bias {
		return rowWidths{proj: 2 * m.Down.In}
	}
	return rowWidths{y: m.Down.In}
}
