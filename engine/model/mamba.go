package model

import (
	"math"

	"caucus/kernels"
)

// Mamba is a Mamba-1 mixer: h += W_out Mamba(z, x, B, C, W_dt r). In M1 and its kin, W_in u = z|x|B|C|r. In the plain form
// (Select is there) W_in u = x|z, and the convolved x makes W_select x = r|B|C, each of which has a norm (Jamba's).
type Mamba struct {
	Shape        kernels.MambaShape // DConv is 0 in the plain form
	DTRank       int
	In           Linear
	Select       *Selection
	DT, Out      Linear
	ConvW, ConvB string
	DTBias       string  // tensor [DInner]
	DTBiasTimes  float32 // how often it is added
	ALog, D      string

	index   int // of its states in State.recurrent: the scan's, then the plain form's convolution
	weights kernels.MambaWeights
	conv    kernels.ConvWeights
	norms   [3]kernels.Buffer // of r, B and C
}

// Selection is how the plain form makes r, B and C.
type Selection struct {
	Linear
	ConvTaps            int
	NormR, NormB, NormC string
	NormEps             float32
}

// Kind is M.
func (*Mamba) Kind() byte { return 'M' }

func (m *Mamba) load(l *loader) Part {
	b, s := *m, m.Shape
	b.In, b.DT, b.Out = m.In.load(l), m.DT.load(l), m.Out.load(l)
	b.weights = kernels.MambaWeights{
		Shape:  s,
		DTBias: l.floats(m.DTBias, s.DInner),
		A:      l.floats(m.ALog, s.DInner, s.DState),
		D:      l.floats(m.D, s.DInner),
	}
	for i := range b.weights.DTBias {
		b.weights.DTBias[i] *= m.DTBiasTimes
	}
	decays(b.weights.A)
	b.index = l.states
	l.states++
	if m.Select == nil {
		b.weights.ConvW = l.floats(m.ConvW, s.DInner, 1, s.DConv)
		b.weights.ConvB = l.floats(m.ConvB, s.DInner)
	} else {
		b.loadSelection(l)
	}
	if l.err == nil {
		l.ops.PrepareMamba(&b.weights)
	}
	return &b
}

func (m *Mamba) loadSelection(l *loader) {
	own := *m.Select
	own.Linear = own.load(l)
	m.Select = &own
	m.norms = [3]kernels.Buffer{
		l.vector(own.NormR, m.DTRank), l.vector(own.NormB, m.Shape.DState), l.vector(own.NormC, m.Shape.DState),
	}
	m.conv = l.conv(m.ConvW, m.ConvB, m.Shape.DInner, own.ConvTaps)
	l.states++
}

// decays makes A of A_log.
func decays(log []float32) {
	for i, a := range log {
		log[i] = float32(-math.Exp(float64(a)))
	}
}

func (m *Mamba) allot(s *State, c Capacity) {
	s.recurrent = append(s.recurrent, s.ops.NewMambaState(m.Shape, c.Slots))
	if m.Select != nil {
		s.recurrent = append(s.recurrent, s.ops.NewConvState(m.conv.Channels, m.conv.Taps, c.Slots))
	}
}

func (m *Mamba) run(ops kernels.Ops, s *State, b *Batch) {
	rows, y := len(b.Tokens), view(s.y, m.Shape.DInner)
	p := view(s.proj, m.In.Out())
	m.In.apply(ops, p, s.stream(s.u), rows)
	in, r := m.inputs(p), kernels.View{}
	if m.Select == nil {
		r = p
		r.Off = p.Stride - m.DTRank
	} else {
		r = m.choose(ops, s, b, &in)
	}
	in.DT = view(s.dt, m.Shape.DInner)
	ops.MatMul(in.DT, r, rows, m.DT.matrix)
	ops.Mamba(y, in, b.Spans, &m.weights, s.recurrent[m.index])
	m.Out.add(ops, s.stream(s.h), y, rows)
}

// inputs are where W_in u has z and x and, not in the plain form, B and C.
func (m *Mamba) inputs(p kernels.View) (in kernels.MambaInputs) {
	in = kernels.MambaInputs{Z: p, X: p, B: p, C: p}
	if m.Select != nil {
		in.Z.Off = m.Shape.DInner
		return in
	}
	in.X.Off = m.Shape.DInner
	in.B.Off = in.X.Off + m.Shape.XWidth()
	in.C.Off = in.B.Off + m.Shape.BWidth()
	return in
}

// choose convolves x and makes B, C and r, which it returns, of it.
func (m *Mamba) choose(ops kernels.Ops, s *State, b *Batch, in *kernels.MambaInputs) kernels.View {
	rows, N := len(b.Tokens), m.Shape.DState
	x, chosen := view(s.conv, m.Shape.DInner), view(s.chosen, m.DTRank+2*N)
	ops.Conv(x, in.X, b.Spans, &m.conv, s.recurrent[m.index+1])
	m.Select.apply(ops, chosen, x, rows)
	r := chosen
	in.X, in.B, in.C = x, chosen, chosen
	in.B.Off = m.DTRank
	in.C.Off = m.DTRank + N
	ops.RMSNorm(r, r, rows, m.DTRank, m.norms[0], m.Select.NormEps)
	ops.RMSNorm(in.B, in.B, rows, N, m.norms[1], m.Select.NormEps)
	ops.RMSNorm(in.C, in.C, rows, N, m.norms[2], m.Select.NormEps)
	return r
}

func (m *Mamba) products() []Product {
	all := []Product{{MixerIn, m.In.matrix, 1}, {StepSize, m.DT.matrix, 1}, {MixerOut, m.Out.matrix, 1}}
	if m.Select != nil {
		all = append(all, Product{StepSize, m.Select.matrix, 1})
	}
	return all
}

func (m *Mamba) cost() partCost {
	s, taps, history := m.Shape, m.Shape.DConv, m.Shape.XWidth()
	if m.Select != nil {
		taps, history = m.Select.ConvTaps, s.DInner
	}
	return partCost{
		params: s.DInner * (taps + 1 + 1 + s.DState + 1), // convolution with bias, dt's bias, A and D
		state:  s.DInner*s.DState + history*(taps-1),
		scan:   s.DInner * (2*taps + 7*s.DState), // 7: exp(ΔA)S + ΔBx, then C·S
	}
}

func (m *Mamba) widths() rowWidths {
	w := rowWidths{proj: m.In.Out(), dt: m.Shape.DInner, y: m.Shape.DInner}
	if m.Select != nil {
		w.conv, w.chosen = m.Shape.DInner, m.Select.Out()
	}
	return w
}
