package cpu

import "caucus/kernels"

// vectorLanes is the number of channels in a block, where the shape allows it.
const vectorLanes = 8

// lanesOf is the number of channels in a block: a block lies within one head, so that it shares B and C.
func lanesOf(s kernels.MambaShape) int {
	if s.DState%vectorLanes == 0 {
		return vectorLanes
	}
	return s.DState
}

// mambaParams is what PrepareMamba derives. Each block has one record in the order in which a token needs it, values of
// lanes channels each: ConvB, ConvW of every tap, DTBias, D, A of every state.
type mambaParams struct {
	records []float32
	record  int     // values of a record
	at      []int32 // for each block, where its x, its B and its C begin
}

func (o *ops) PrepareMamba(w *kernels.MambaWeights) {
	w.Check()
	s, lanes := w.Shape, lanesOf(w.Shape)
	p := &mambaParams{record: (3 + s.DConv + s.DState) * lanes}
	p.records = aligned(s.DInner / lanes * p.record)
	at := p.records
	put := func(from []float32, stride int) {
		for l := range lanes {
			at[l] = from[l*stride]
		}
		at = at[lanes:]
	}
	for d := 0; d < s.DInner; d += lanes {
		put(w.ConvB[d:], 1)
		for j := range s.DConv {
			put(w.ConvW[d*s.DConv+j:], s.DConv)
		}
		put(w.DTBias[d:], 1)
		put(w.D[d:], 1)
		for n := range s.DState {
			put(w.A[d*s.DState+n:], s.DState)
		}
		head := d / s.DState
		group := head / (s.DInner / s.DXB)
		p.at = append(p.at, int32(s.DState*group+d%s.DState), int32(s.DState*group), int32(s.DState*head))
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

// groups runs a span's tokens through the groups g0..g1-1.
func (t *mambaTask) groups(span kernels.Span, g0, g1 int, s *scratch) {
	shape, lanes := t.shape, lanesOf(t.shape)
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
	k.w = t.params.records[d0/lanes*t.params.record:]
	k.s = scan[d0*shape.DState:]
	for i := range span.Len {
		k.x = k.x[:0]
		for j := range shape.DConv {
			k.x = append(k.x, t.x(span, conv, i-shape.DConv+1+j))
		}
		p := row(t.p, span.Row+i, shape.InProj())
		k.z = p[d0:]
		k.b = p[shape.DInner+shape.DXB:]
		k.c = p[shape.DInner+2*shape.DXB:]
		k.dt = row(t.dt, span.Row+i, shape.DInner)[d0:]
		k.y = row(t.y, span.Row+i, shape.DInner)[d0:]
		t.o.mambaBlocks(k)
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
	x                     [][]float32 // the row of x under each tap, oldest first
	w                     []float32   // records, see mambaParams
	z, b, c, dt, s, y     []float32
}

// generic computes the equations of package kernels' comment, channel by channel.
func (t *mambaToken) generic() {
	w, s := t.w, t.s
	for i := range t.blocks {
		at, base := t.at[3*i:], i*t.lanes
		z, dt, y := t.z[base:], t.dt[base:], t.y[base:]
		b, c := t.b[at[1]:], t.c[at[2]:]
		for l := range t.lanes {
			p := w[l:] // parameter j of the channel is p[j*lanes]
			xc := p[0]
			for j, x := range t.x {
				xc += p[(1+j)*t.lanes] * x[int(at[0])+l]
			}
			xc = silu(xc)
			p = p[(1+len(t.x))*t.lanes:]
			delta := softplus(dt[l] + p[0])
			out := p[t.lanes] * xc
			p = p[2*t.lanes:]
			for n := range t.states {
				S := &s[n*t.lanes+l]
				*S = exp(delta*p[n*t.lanes])**S + delta*xc*b[n]
				out += *S * c[n]
			}
			y[l] = out * silu(z[l])
		}
		w = w[(3+len(t.x)+t.states)*t.lanes:]
		s = s[t.states*t.lanes:]
	}
}
