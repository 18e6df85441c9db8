package cpu

import "caucus/kernels"

// mambaLayout is how a mixer of Mamba-1 is cut. A block lies within one head, so that it shares B and C. A unit is the
// channels that share channels of x, and owns their history.
type mambaLayout struct {
	kernels.MambaShape
	lanes   int // channels of a block
	x       int // channels of x in a unit
	repeats int // how often each is used
}

func (in *instructions) mambaLayout(s kernels.MambaShape) mambaLayout {
	l := mambaLayout{s, in.lanesOf(s.DState), s.DState, s.DInner / s.XWidth()}
	if s.DXB == 0 {
		l.lanes = in.lanesOf(s.DInner)
		l.x = l.lanes
	}
	return l
}

// units is their number.
func (l *mambaLayout) units() int { return l.XWidth() / l.x }

// channels is how many a unit has.
func (l *mambaLayout) channels() int { return l.x * l.repeats }

// record is the size of a block's part of the inputs' parameters, see mambaParams.
func (l *mambaLayout) record() int {
	if l.DConv == 0 {
		return 2 * l.lanes
	}
	return (3 + l.DConv) * l.lanes
}

// at is where the x, the B and the C of the block that begins with channel d begin.
func (l *mambaLayout) at(d int) (x, b, c int32) {
	if l.DXB == 0 {
		return int32(d), 0, 0
	}
	head := d / l.DState
	group := head / l.repeats
	return int32(l.DState*group + d%l.DState), int32(l.DState * group), int32(l.DState * head)
}

// mambaParams is what PrepareMamba derives. Each block has a record of what its inputs take, in order, values of lanes
// channels each: ConvB and ConvW of every tap, if there are taps, DTBias, D.
type mambaParams struct {
	layout mambaLayout
	inputs []float32
	decays []float32 // A as [block][state][lanes]
	at     []int32   // for each block, where its x, its B and its C begin
}

func (o *ops) PrepareMamba(w *kernels.MambaWeights) {
	w.Check()
	l := o.mambaLayout(w.Shape)
	p := &mambaParams{layout: l, inputs: aligned(l.DInner / l.lanes * l.record()), decays: aligned(l.DInner * l.DState)}
	inputs, decays := p.inputs, p.decays
	for d := 0; d < l.DInner; d += l.lanes {
		if l.DConv > 0 {
			inputs = putLanes(inputs, l.lanes, w.ConvB[d:], 1)
		}
		for j := range l.DConv {
			inputs = putLanes(inputs, l.lanes, w.ConvW[d*l.DConv+j:], l.DConv)
		}
		inputs = putLanes(inputs, l.lanes, w.DTBias[d:], 1)
		inputs = putLanes(inputs, l.lanes, w.D[d:], 1)
		for n := range l.DState {
			decays = putLanes(decays, l.lanes, w.A[d*l.DState+n:], l.DState)
		}
		x, b, c := l.at(d)
		p.at = append(p.at, x, b, c)
	}
	for i, a := range p.decays {
		p.decays[i] = max(a, leastRate)
	}
	w.Prepared = p
}

// putLanes writes every stride-th value of from and returns what is left of at.
func putLanes(at []float32, lanes int, from []float32, stride int) []float32 {
	for l := range lanes {
		at[l] = from[l*stride]
	}
	return at[lanes:]
}

// NewMambaState keeps a slot's S as [channel/lanes][DState][lanes].
func (o *ops) NewMambaState(shape kernels.MambaShape, slots int) kernels.RecurrentState {
	shape.Check()
	return newState(shape, slots, shape.DInner*shape.DState, max(0, shape.DConv-1)*shape.XWidth())
}

func (o *ops) Mamba(
	y kernels.View, in kernels.MambaInputs, spans []kernels.Span, w *kernels.MambaWeights, of kernels.RecurrentState,
) {
	m := of.(*state)
	kernels.CheckMamba(y, &in, spans, w.Shape, m.shape.(kernels.MambaShape), m.slots)
	o.mamba = mambaTask{o: o, y: y, in: in, spans: spans, params: w.Prepared.(*mambaParams), state: m}
	o.split(&o.mamba, tokens(spans)*w.Shape.DInner*w.Shape.DState/2)
}

// mambaTask is cut by spans and, within a span, by units.
type mambaTask struct {
	o      *ops
	y      kernels.View
	in     kernels.MambaInputs
	spans  []kernels.Span
	params *mambaParams
	state  *state
}

func (t *mambaTask) run(part, parts int) {
	l := &t.params.layout
	eachSpan(t.spans, l.units(), part, parts, func(span kernels.Span, from, to int) {
		eachPass(span, from, to, l.channels()*l.DState, func(from, to int) {
			t.units(span, from, to, &t.o.scratch[part].mamba)
		})
	})
}

// units takes a span's tokens through some units.
func (t *mambaTask) units(span kernels.Span, from, to int, k *mambaToken) {
	l := &t.params.layout
	scan, slot := t.state.slot(span.Slot)
	d0, d1 := from*l.channels(), to*l.channels()
	states := scan[d0*l.DState : d1*l.DState]
	past := history{t.in.X, span, slot, max(1, l.DConv), l.XWidth()}
	if span.Pos == 0 {
		clear(states)
		past.forget(from*l.x, to*l.x)
	}
	block := d0 / l.lanes
	k.blocks, k.lanes, k.states, k.taps, k.record = d1/l.lanes-block, l.lanes, l.DState, l.DConv, l.record()
	k.at, k.inputs, k.decays = t.params.at[3*block:], t.params.inputs[block*l.record():], t.params.decays[d0*l.DState:]
	k.s = states
	k.delta, k.u = atLeast(k.delta, d1-d0), atLeast(k.u, d1-d0)
	for i := range span.Len {
		k.x = past.under(k.x[:0], i)
		k.b, k.c = row(t.in.B, span.Row+i, l.BWidth()), row(t.in.C, span.Row+i, l.CWidth())
		k.dt = row(t.in.DT, span.Row+i, l.DInner)[d0:]
		k.y = row(t.y, span.Row+i, l.DInner)[d0:d1]
		if t.o.fits(l.lanes) {
			t.o.mambaInputs(k)
			t.o.mambaScan(k)
		} else {
			k.inputsGeneric()
			k.scanGeneric()
		}
		t.o.swiGLURow(k.y, row(t.in.Z, span.Row+i, l.DInner)[d0:d1], k.y) // y = y*silu(z)
	}
	past.keep(from*l.x, to*l.x)
}

// mambaToken is one token in consecutive blocks of channels. All but x, b and c begin at the first block.
type mambaToken struct {
	blocks, lanes, states int
	taps, record          int         // see mambaLayout; 0 taps: x is convolved already
	at                    []int32     // see mambaParams
	inputs, decays        []float32   // see mambaParams
	x                     [][]float32 // the row of x under each tap, oldest first, or the one row that is convolved
	b, c, dt, s, y        []float32
	delta, u              []float32 // from inputs to scan; vectors keep delta*log2(e)
}

// inputsGeneric is delta = softplus(dt+bias), u = delta*xc and y = D*xc, where xc is the convolution after its silu.
func (t *mambaToken) inputsGeneric() {
	w := t.inputs
	for i := range t.blocks {
		from, base := int(t.at[3*i]), i*t.lanes
		for l := range t.lanes {
			p, xc := w[l:], t.x[0][from+l] // parameter j of the channel is p[j*lanes]
			if t.taps > 0 {
				xc = convolve(p, t.lanes, t.x, from+l)
				p = p[(1+t.taps)*t.lanes:]
			}
			delta := softplus(t.dt[base+l] + p[0])
			t.delta[base+l], t.u[base+l], t.y[base+l] = delta, delta*xc, p[t.lanes]*xc
		}
		w = w[t.record:]
	}
}

// scanGeneric is s = exp(delta*A)*s + u*B and y += sum over the states of s*C.
func (t *mambaToken) scanGeneric() {
	for i := range t.blocks {
		b, c := t.b[t.at[3*i+1]:], t.c[t.at[3*i+2]:]
		for n := range t.states {
			at := (i*t.states + n) * t.lanes
			a, s := t.decays[at:at+t.lanes], t.s[at:at+t.lanes]
			for l := range s {
				d := i*t.lanes + l
				s[l] = exp(t.delta[d]*a[l])*s[l] + t.u[d]*b[n]
				t.y[d] += s[l] * c[n]
			}
		}
	}
}
