package cpu

import "caucus/kernels"

// leastLanes is how many channels a block must have for vectors.
const leastLanes = 8

// lanesOf is the number of channels in a block: a vector's, where a head has room for it. A block lies within one head,
// so that it shares B and C.
func (in *instructions) lanesOf(s kernels.MambaShape) int {
	for lanes := in.lanes; lanes >= leastLanes; lanes /= 2 {
		if s.DState%lanes == 0 {
			return lanes
		}
	}
	return s.DState
}

// mambaParams is what PrepareMamba derives. Each block has a record of what its inputs take, in order, values of lanes
// channels each: ConvB, ConvW of every tap, DTBias, D.
type mambaParams struct {
	inputs []float32
	decays []float32 // A as [block][state][lanes]
	at     []int32   // for each block, where its x, its B and its C begin
}

// inputValues is the size of a block's record of inputs.
func inputValues(s kernels.MambaShape, lanes int) int { return (3 + s.DConv) * lanes }

func (o *ops) PrepareMamba(w *kernels.MambaWeights) {
	w.Check()
	s, lanes := w.Shape, o.lanesOf(w.Shape)
	p := &mambaParams{}
	p.inputs, p.decays = aligned(s.DInner/lanes*inputValues(s, lanes)), aligned(s.DInner*s.DState)
	inputs, decays := p.inputs, p.decays
	put := func(at *[]float32, from []float32, stride int) {
		for l := range lanes {
			(*at)[l] = from[l*stride]
		}
		*at = (*at)[lanes:]
	}
	for d := 0; d < s.DInner; d += lanes {
		put(&inputs, w.ConvB[d:], 1)
		for j := range s.DConv {
			put(&inputs, w.ConvW[d*s.DConv+j:], s.DConv)
		}
		put(&inputs, w.DTBias[d:], 1)
		put(&inputs, w.D[d:], 1)
		for n := range s.DState {
			put(&decays, w.A[d*s.DState+n:], s.DState)
		}
		head := d / s.DState
		group := head / (s.DInner / s.DXB)
		p.at = append(p.at, int32(s.DState*group+d%s.DState), int32(s.DState*group), int32(s.DState*head))
	}
	for i, a := range p.decays {
		p.decays[i] = max(a, -1e30) // lets a state be forgotten at once, and keeps products with it finite
	}
	w.Prepared = p
}

// mambaState keeps a slot's S as [channel/lanes][DState][lanes] and the last DConv-1 rows of x, oldest first.
type mambaState struct {
	shape      kernels.MambaShape
	slots      int
	scan, conv []float32
}

func (m *mambaState) Slots() int { return m.slots }

func (m *mambaState) slot(i int) (scan, conv []float32) {
	s, c := m.shape.DInner*m.shape.DState, (m.shape.DConv-1)*m.shape.DXB
	return m.scan[i*s : (i+1)*s], m.conv[i*c : (i+1)*c]
}

func (o *ops) NewMambaState(shape kernels.MambaShape, slots int) kernels.MambaState {
	shape.Check()
	scan, conv := shape.DInner*shape.DState, (shape.DConv-1)*shape.DXB
	return &mambaState{shape, slots, aligned(slots * scan), aligned(slots * conv)}
}

func (o *ops) CopyMambaState(state kernels.MambaState, dst, src int) {
	m := state.(*mambaState)
	toScan, toConv := m.slot(dst)
	fromScan, fromConv := m.slot(src)
	copy(toScan, fromScan)
	copy(toConv, fromConv)
}

func (o *ops) Mamba(y, p, dt kernels.View, spans []kernels.Span, w *kernels.MambaWeights, state kernels.MambaState) {
	m := state.(*mambaState)
	kernels.CheckMamba(y, p, dt, spans, w.Shape, m.shape, m.slots)
	tokens := 0
	for _, s := range spans {
		tokens += s.Len
	}
	o.mamba = mambaTask{o: o, y: y, p: p, dt: dt, spans: spans, tokens: tokens, shape: w.Shape,
		params: w.Prepared.(*mambaParams), state: m}
	o.split(&o.mamba, tokens*w.Shape.DInner*w.Shape.DState/2)
}

// mambaTask is cut by spans and, within a span, by groups: the channels that share a block of x own its history too, so
// that no part waits for another.
type mambaTask struct {
	o        *ops
	y, p, dt kernels.View
	spans    []kernels.Span
	tokens   int
	shape    kernels.MambaShape
	params   *mambaParams
	state    *mambaState
}

func (t *mambaTask) run(part, parts int) {
	groups := t.shape.DXB / t.shape.DState
	from, to := share(groups*t.tokens, part, parts)
	at := 0 // token-groups before this span
	for _, span := range t.spans {
		// A group belongs to the part in which its first token falls.
		first := func(bound int) int { return min(max(0, (bound-at+span.Len-1)/span.Len), groups) }
		if g0, g1 := first(from), first(to); g0 < g1 {
			t.groups(span, g0, g1, t.o.scratch[part])
		}
		at += groups * span.Len
	}
}

// cachedStates is how many values of the state a pass over a chunk's tokens works on: what the first cache holds beside
// the rest.
const cachedStates = 4 << 10

// groups runs a span's tokens through the groups g0..g1-1, all tokens through a few groups after the other.
func (t *mambaTask) groups(span kernels.Span, g0, g1 int, s *scratch) {
	few := max(1, cachedStates/(t.shape.DState*t.shape.DState*(t.shape.DInner/t.shape.DXB)))
	if span.Len == 1 {
		few = g1 - g0
	}
	for ; g0 < g1; g0 += few {
		t.fewGroups(span, g0, min(g0+few, g1), s)
	}
}

func (t *mambaTask) fewGroups(span kernels.Span, g0, g1 int, s *scratch) {
	shape, lanes := t.shape, t.o.lanesOf(t.shape)
	scan, conv := t.state.slot(span.Slot)
	x0, x1 := g0*shape.DState, g1*shape.DState
	d0, d1 := x0*(shape.DInner/shape.DXB), x1*(shape.DInner/shape.DXB)
	if span.Pos == 0 {
		clear(scan[d0*shape.DState : d1*shape.DState])
		for j := range shape.DConv - 1 {
			clear(conv[j*shape.DXB:][x0:x1])
		}
	}
	k := &s.mamba
	k.blocks, k.lanes, k.states = (d1-d0)/lanes, lanes, shape.DState
	k.at = t.params.at[3*d0/lanes:]
	k.inputs = t.params.inputs[d0/lanes*inputValues(shape, lanes):]
	k.decays = t.params.decays[d0*shape.DState:]
	k.s = scan[d0*shape.DState:]
	k.delta, k.u = atLeast(k.delta, d1-d0), atLeast(k.u, d1-d0)
	for i := range span.Len {
		k.x = k.x[:0]
		for j := range shape.DConv {
			k.x = append(k.x, t.x(span, conv, i-shape.DConv+1+j))
		}
		p := row(t.p, span.Row+i, shape.InProj())
		k.b = p[shape.DInner+shape.DXB:]
		k.c = p[shape.DInner+2*shape.DXB:]
		k.dt = row(t.dt, span.Row+i, shape.DInner)[d0:]
		k.y = row(t.y, span.Row+i, shape.DInner)[d0:]
		if lanes == t.o.lanes || lanes == leastLanes {
			t.o.mambaInputs(k)
			t.o.mambaScan(k)
		} else {
			k.inputsGeneric()
			k.scanGeneric()
		}
		y := k.y[:d1-d0]
		t.o.swiGLURow(y, p[d0:d1], y) // y = y*silu(z)
	}
	// Each row of history comes from a later one or from the span, so that none is read after it was replaced.
	for j := range shape.DConv - 1 {
		copy(conv[j*shape.DXB:][x0:x1], t.x(span, conv, span.Len-shape.DConv+1+j)[x0:x1])
	}
}

// x is the input of the convolution at a span's token i; the tokens before the span are the history, which ends with
// token -1.
func (t *mambaTask) x(span kernels.Span, history []float32, i int) []float32 {
	if i >= 0 {
		return row(t.p, span.Row+i, t.shape.InProj())[t.shape.DInner:]
	}
	return history[(t.shape.DConv-1+i)*t.shape.DXB:]
}

// mambaToken is one token in consecutive blocks of channels. All but x, b and c begin at the first block.
type mambaToken struct {
	blocks, lanes, states int
	at                    []int32     // see mambaParams
	inputs, decays        []float32   // see mambaParams
	x                     [][]float32 // the row of x under each tap, oldest first
	b, c, dt, s, y        []float32
	delta, u              []float32 // from inputs to scan; vectors keep delta*log2(e)
}

// inputsGeneric is delta = softplus(dt+bias), u = delta*xc and y = D*xc, where xc is the convolution after its silu.
func (t *mambaToken) inputsGeneric() {
	w := t.inputs
	for i := range t.blocks {
		from, base := int(t.at[3*i]), i*t.lanes
		for l := range t.lanes {
			p := w[l:] // parameter j of the channel is p[j*lanes]
			xc := p[0]
			for j, x := range t.x {
				xc += p[(1+j)*t.lanes] * x[from+l]
			}
			xc = silu(xc)
			p = p[(1+len(t.x))*t.lanes:]
			delta := softplus(t.dt[base+l] + p[0])
			t.delta[base+l], t.u[base+l], t.y[base+l] = delta, delta*xc, p[t.lanes]*xc
		}
		w = w[(3+len(t.x))*t.lanes:]
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
