package model

import "caucus/kernels"

// Mamba2 is a Mamba-2 mixer: h += W_out (OutScale * norm(scan * silu(z))), with W_in u = z|x|B|C|dt, of which x|B|C are
// convolved. Families differ in the norm: over groups of channels, before the gate, or none.
type Mamba2 struct {
	Shape        kernels.Mamba2Shape
	ConvTaps     int
	In, Out      Linear
	InScales     *[5]float32 // factors of z, x, B, C and dt
	OutScale     float32
	ConvW        string
	ConvB        string // "" without
	DTBias       string
	ALog, D      string
	MinDT, MaxDT float32
	Norm         string // tensor [DInner]; "" without
	NormGroups   int
	NormEps      float32
	NormFirst    bool // the gate comes after the norm

	index             int // of its states in State.recurrent: the convolution's, then the scan's
	conv              kernels.ConvWeights
	weights           kernels.Mamba2Weights
	norms             []kernels.Buffer // of each group
	inScale, outScale kernels.Buffer
}

// mamba2Of is the mixer with the usual tensors under a prefix, on a stream of d values.
func mamba2Of(prefix string, s kernels.Mamba2Shape, taps, d int) *Mamba2 {
	return &Mamba2{
		Shape: s, ConvTaps: taps,
		In:    weight(prefix+"in_proj.weight", s.DInner()+convolved(s)+s.Heads, d),
		Out:   weight(prefix+"out_proj.weight", d, s.DInner()),
		ConvW: prefix + "conv1d.weight", ConvB: prefix + "conv1d.bias",
		DTBias: prefix + "dt_bias", ALog: prefix + "A_log", D: prefix + "D",
		MaxDT: infinite,
		Norm:  prefix + "norm.weight", NormGroups: s.CGroups,
	}
}

// infinite is no bound on a step of the scan.
const infinite = 3e38

// convolved is the width of x|B|C.
func convolved(s kernels.Mamba2Shape) int { return s.XWidth() + s.BWidth() + s.CWidth() }

// mamba2Shape reads the sizes that Granite, Falcon-H1 and Bamba name alike; inner is the width of all heads.
func mamba2Shape(c fields, inner, heads, absentState int) (s kernels.Mamba2Shape, taps int) {
	s = kernels.Mamba2Shape{
		Heads:   heads,
		HeadDim: c.autoSize("mamba_d_head", max(inner/heads, 1), maxWidth),
		XHeads:  heads,
		BGroups: c.sizeOr("mamba_n_groups", 1, heads),
		DState:  c.sizeOr("mamba_d_state", absentState, maxWidth/heads),
	}
	s.CGroups = s.BGroups
	if s.HeadDim*heads != inner {
		c.fail("mamba_d_head", "%d heads of %d are not the %d channels of the mixer", heads, s.HeadDim, inner)
	}
	c.divides("mamba_n_groups", s.BGroups, "mamba_n_heads", heads)
	return s, c.sizeOr("mamba_d_conv", 4, maxConvTaps)
}

// timeLimit reads the bounds of the step, which are none in most checkpoints.
func (m *Mamba2) timeLimit(c fields) {
	limit := []float64{0, infinite}
	c.read("time_step_limit", &limit)
	if len(limit) != 2 || !(limit[0] <= limit[1]) {
		c.fail("time_step_limit", "%v is not a least and a most", limit)
		return
	}
	m.MinDT, m.MaxDT = float32(limit[0]), float32(min(limit[1], infinite))
}

// Kind is M.
func (*Mamba2) Kind() byte { return 'M' }

func (m *Mamba2) load(l *loader) Part {
	b, s := *m, m.Shape
	b.In, b.Out = m.In.load(l), m.Out.load(l)
	b.inScale = l.segments(m.InScales, []int{s.DInner(), s.XWidth(), s.BWidth(), s.CWidth(), s.Heads})
	b.outScale = l.factor(m.OutScale, s.DInner())
	b.conv = l.conv(m.ConvW, m.ConvB, convolved(s), m.ConvTaps)
	b.weights = kernels.Mamba2Weights{
		Shape: s, DTBias: l.floats(m.DTBias, s.Heads), A: l.floats(m.ALog, s.Heads), D: l.floats(m.D, s.Heads),
		MinDT: m.MinDT, MaxDT: m.MaxDT,
	}
	decays(b.weights.A)
	if m.Norm != "" {
		b.norms = l.grouped(m.Norm, s.DInner(), m.NormGroups)
	}
	b.index = l.states
	l.states += 2
	if l.err == nil {
		l.ops.PrepareMamba2(&b.weights)
	}
	return &b
}

func (m *Mamba2) allot(s *State, c Capacity) {
	s.recurrent = append(s.recurrent, s.ops.NewConvState(m.conv.Channels, m.conv.Taps, c.Slots),
		s.ops.NewMamba2State(m.Shape, c.Slots))
}

func (m *Mamba2) run(ops kernels.Ops, s *State, b *Batch) {
	rows, shape := len(b.Tokens), m.Shape
	z, x, y := view(s.proj, m.In.Out()), view(s.conv, convolved(shape)), view(s.y, shape.DInner())
	m.In.apply(ops, z, s.stream(s.u), rows)
	scale(ops, z, rows, m.inScale)
	raw, dt := z, z
	raw.Off = shape.DInner()
	dt.Off = raw.Off + x.Stride
	ops.Conv(x, raw, b.Spans, &m.conv, s.recurrent[m.index])
	in := kernels.Mamba2Inputs{X: x, B: x, C: x, DT: dt}
	in.B.Off = shape.XWidth()
	in.C.Off = in.B.Off + shape.BWidth()
	ops.Mamba2(y, in, b.Spans, &m.weights, s.recurrent[m.index+1])
	m.gate(ops, y, z, rows)
	scale(ops, y, rows, m.outScale)
	m.Out.add(ops, s.stream(s.h), y, rows)
}

// gate applies the gate and the norm, in the family's order.
func (m *Mamba2) gate(ops kernels.Ops, y, z kernels.View, rows int) {
	if !m.NormFirst {
		ops.Gate(y, z, rows, m.Shape.DInner())
	}
	for i, norm := range m.norms {
		group := y
		group.Off += i * norm.Len()
		ops.RMSNorm(group, group, rows, norm.Len(), norm, m.NormEps)
	}
	if m.NormFirst {
		ops.Gate(y, z, rows, m.Shape.DInner())
	}
}

func (m *Mamba2) products() []Product {
	return []Product{{MixerIn, m.In.matrix, 1}, {MixerOut, m.Out.matrix, 1}}
}

func (m *Mamba2) cost() partCost {
	s, channels := m.Shape, convolved(m.Shape)
	return partCost{
		params: channels*(m.ConvTaps+1) + 3*s.Heads + len(m.norms)*(s.DInner()/max(m.NormGroups, 1)),
		state:  s.DInner()*s.DState + channels*(m.ConvTaps-1),
		scan:   2*channels*m.ConvTaps + 5*s.DInner()*s.DState, // 5: aS + (Δx)B, then C·S
	}
}

func (m *Mamba2) widths() rowWidths {
	return rowWidths{proj: m.In.Out(), conv: convolved(m.Shape), y: m.Shape.DInner()}
}
