package cpu

import "caucus/kernels"

// PrepareConv keeps the parameters in blocks of a vector's channels, [block][1+Taps][lanes]: B, then W of every tap. The
// last block is filled up with zeros.
func (o *ops) PrepareConv(w *kernels.ConvWeights) {
	w.Check()
	record := (1 + w.Taps) * o.lanes
	p := aligned((w.Channels + o.lanes - 1) / o.lanes * record)
	for c := range w.Channels {
		at := p[c/o.lanes*record+c%o.lanes:]
		at[0] = w.B[c]
		for j, v := range w.W[c*w.Taps:][:w.Taps] {
			at[(1+j)*o.lanes] = v
		}
	}
	w.Prepared = p
}

// convShape is what a state is made for.
type convShape struct{ channels, taps int }

func (o *ops) NewConvState(channels, taps, slots int) kernels.RecurrentState {
	return newState(convShape{channels, taps}, slots, 0, (taps-1)*channels)
}

func (o *ops) Conv(y, x kernels.View, spans []kernels.Span, w *kernels.ConvWeights, of kernels.RecurrentState) {
	m := of.(*state)
	made := m.shape.(convShape)
	kernels.CheckConv(y, x, spans, w, made.channels, made.taps, m.slots)
	o.conv = convTask{o: o, y: y, x: x, spans: spans, w: w, params: w.Prepared.([]float32), state: m}
	o.split(&o.conv, tokens(spans)*w.Channels/3)
}

// convTask is cut by spans and, within a span, by blocks of channels.
type convTask struct {
	o      *ops
	y, x   kernels.View
	spans  []kernels.Span
	w      *kernels.ConvWeights
	params []float32
	state  *state
}

func (t *convTask) run(part, parts int) {
	lanes, channels, s := t.o.lanes, t.w.Channels, t.o.scratch[part]
	eachSpan(t.spans, (channels+lanes-1)/lanes, part, parts, func(span kernels.Span, from, to int) {
		c0, c1 := from*lanes, min(to*lanes, channels)
		_, slot := t.state.slot(span.Slot)
		past := history{t.x, span, slot, t.w.Taps, channels}
		if span.Pos == 0 {
			past.forget(c0, c1)
		}
		for i := range span.Len {
			s.conv = past.under(s.conv[:0], i)
			t.o.convRow(row(t.y, span.Row+i, channels)[c0:c1], s.conv, c0, t.params[from*(1+t.w.Taps)*lanes:])
		}
		past.keep(c0, c1)
	})
}

// convRowGeneric takes blocks of generic's lanes.
func convRowGeneric(y []float32, x [][]float32, from int, w []float32) {
	convBlocks(y, x, from, w, leastLanes)
}

// convBlocks is convRow for blocks of so many lanes.
func convBlocks(y []float32, x [][]float32, from int, w []float32, lanes int) {
	for c := range y {
		block, lane := c/lanes, c%lanes
		y[c] = convolve(w[block*(1+len(x))*lanes+lane:], lanes, x, from+c)
	}
}

// convolve is one channel: its bias and taps, a stride apart, times column at of the rows under the taps.
func convolve(w []float32, stride int, x [][]float32, at int) float32 {
	sum := w[0]
	for j, row := range x {
		sum += w[(1+j)*stride] * row[at]
	}
	return silu(sum)
}
