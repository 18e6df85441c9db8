package cpu

import "caucus/kernels"

// mamba2Layout is how a scan of Mamba-2 is cut. A head's elements lie in blocks of a few vectors, the states of a block as
// [DState][width]: one decay, one B and one C serve all lanes, no sum crosses them, and the sums of a block's vectors do
// not wait for each other.
type mamba2Layout struct {
	kernels.Mamba2Shape
	lanes, vectors int // of a block: its width is their product
}

// maxVectors is the most that a block may have: so many sums and steps stay in the registers of AVX2.
const maxVectors = 5

func (in *instructions) mamba2Layout(s kernels.Mamba2Shape) mamba2Layout {
	l := mamba2Layout{s, in.lanesOf(s.HeadDim), 1}
	for v := 1; v <= maxVectors; v++ {
		if s.HeadDim/l.lanes%v == 0 {
			l.vectors = v
		}
	}
	return l
}

func (l *mamba2Layout) width() int { return l.lanes * l.vectors }

// perHead is the number of blocks in a head.
func (l *mamba2Layout) perHead() int { return l.HeadDim / l.width() }

// mamba2Params is what PrepareMamba2 derives.
type mamba2Params struct {
	layout mamba2Layout
	rates  []float32 // A
	at     []int32   // for each block, where its x, its B and its C begin, and its head
}

func (o *ops) PrepareMamba2(w *kernels.Mamba2Weights) {
	w.Check()
	l := o.mamba2Layout(w.Shape)
	p := &mamba2Params{layout: l, rates: aligned(l.Heads)}
	for h := range l.Heads {
		p.rates[h] = max(w.A[h], leastRate)
		b, c := h/(l.Heads/l.BGroups)*l.DState, h/(l.Heads/l.CGroups)*l.DState
		for block := range l.perHead() {
			x := h/(l.Heads/l.XHeads)*l.HeadDim + block*l.width()
			p.at = append(p.at, int32(x), int32(b), int32(c), int32(h))
		}
	}
	w.Prepared = p
}

// NewMamba2State keeps a slot's S as [Heads][HeadDim/width][DState][width].
func (o *ops) NewMamba2State(shape kernels.Mamba2Shape, slots int) kernels.RecurrentState {
	shape.Check()
	return newState(shape, slots, shape.DInner()*shape.DState, 0)
}

func (o *ops) Mamba2(
	y kernels.View, in kernels.Mamba2Inputs, spans []kernels.Span, w *kernels.Mamba2Weights, of kernels.RecurrentState,
) {
	m := of.(*state)
	kernels.CheckMamba2(y, &in, spans, w.Shape, m.shape.(kernels.Mamba2Shape), m.slots)
	o.mamba2 = mamba2Task{o: o, y: y, in: in, spans: spans, w: w, params: w.Prepared.(*mamba2Params), state: m}
	o.split(&o.mamba2, tokens(spans)*w.Shape.DInner()*w.Shape.DState/16)
}

// mamba2Task is cut by spans and, within a span, by blocks.
type mamba2Task struct {
	o      *ops
	y      kernels.View
	in     kernels.Mamba2Inputs
	spans  []kernels.Span
	w      *kernels.Mamba2Weights
	params *mamba2Params
	state  *state
}

func (t *mamba2Task) run(part, parts int) {
	l, k := &t.params.layout, &t.o.scratch[part].mamba2
	states := l.width() * l.DState
	eachSpan(t.spans, l.Heads*l.perHead(), part, parts, func(span kernels.Span, from, to int) {
		t.steps(span, from/l.perHead(), (to-1)/l.perHead()+1, k)
		eachPass(span, from, to, states, func(from, to int) {
			scan, _ := t.state.slot(span.Slot)
			k.s = scan[from*states : to*states]
			if span.Pos == 0 {
				clear(k.s)
			}
			for i := range span.Len {
				t.token(span.Row+i, from, to, k.steps[2*i*l.Heads:], k)
			}
		})
	})
}

// steps computes the heads h0..h1-1 of all of a span's tokens: decays, then steps of every token.
func (t *mamba2Task) steps(span kernels.Span, h0, h1 int, k *mamba2Token) {
	heads := t.params.layout.Heads
	k.steps = atLeast(k.steps, 2*span.Len*heads)
	for i := range span.Len {
		decay, delta := k.steps[2*i*heads:][:heads], k.steps[(2*i+1)*heads:][:heads]
		t.o.mamba2Steps(decay[h0:h1], delta[h0:h1], row(t.in.DT, span.Row+i, heads)[h0:h1], t.w.DTBias[h0:h1],
			t.params.rates[h0:h1], t.w.MinDT, t.w.MaxDT)
	}
}

// token takes row r through some blocks.
func (t *mamba2Task) token(r, from, to int, steps []float32, k *mamba2Token) {
	l := &t.params.layout
	k.blocks, k.lanes, k.vectors, k.states = to-from, l.lanes, l.vectors, l.DState
	k.at, k.decay, k.delta, k.d = t.params.at[4*from:], steps, steps[l.Heads:], t.w.D
	k.x, k.b, k.c = row(t.in.X, r, l.XWidth()), row(t.in.B, r, l.BWidth()), row(t.in.C, r, l.CWidth())
	k.y = row(t.y, r, l.DInner())[from*l.width():]
	if t.o.fits(l.lanes) {
		t.o.mamba2Scan(k)
	} else {
		k.scanGeneric()
	}
}

// mamba2Token is one token in consecutive blocks. s and y begin at the first.
type mamba2Token struct {
	blocks, lanes, vectors, states int
	at                             []int32   // see mamba2Params
	decay, delta, d                []float32 // of all heads
	x, b, c, y, s                  []float32
	steps                          []float32 // of a span: [Len][2][Heads]
}

// mamba2StepsGeneric is delta = softplus(dt+bias), kept between two bounds, and decay = exp(delta*A), for some heads.
func mamba2StepsGeneric(decay, delta, dt, bias, rates []float32, least, most float32) {
	for h, v := range dt {
		delta[h] = min(max(softplus(v+bias[h]), least), most)
		decay[h] = exp(delta[h] * rates[h])
	}
}

// scanGeneric is s = decay*s + delta*x*B and y = D*x + sum over the states of s*C.
func (t *mamba2Token) scanGeneric() {
	width := t.lanes * t.vectors
	for i := range t.blocks {
		at, head := t.at[4*i:], t.at[4*i+3]
		x, b, c := t.x[at[0]:][:width], t.b[at[1]:][:t.states], t.c[at[2]:][:t.states]
		decay, delta, y := t.decay[head], t.delta[head], t.y[i*width:][:width]
		for p, v := range x {
			y[p] = t.d[head] * v
		}
		for n := range b {
			s := t.s[(i*t.states+n)*width:][:width]
			for p := range s {
				s[p] = decay*s[p] + delta*x[p]*b[n]
				y[p] += s[p] * c[n]
			}
		}
	}
}
