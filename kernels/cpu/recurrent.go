package cpu

import "caucus/kernels"

// leastLanes is how many channels a block must have for vectors.
const leastLanes = 8

// lanesOf is the number of channels in a block: a vector's, where n neighbours have room for it.
func (in *instructions) lanesOf(n int) int {
	lanes := in.lanes
	for n%lanes != 0 {
		lanes /= 2
	}
	return lanes
}

// fits tells whether there are vectors for blocks of so many lanes.
func (in *instructions) fits(lanes int) bool { return lanes == in.lanes || lanes == leastLanes }

// leastRate lets a state be forgotten at once, and keeps products with the rate finite.
const leastRate = -1e30

// state is what every slot remembers: S of a scan, in the layout of its kernel, the last rows of x of a convolution, oldest
// first, or both.
type state struct {
	shape            any // that it was made for
	slots            int
	scanLen, convLen int // of a slot
	scan, conv       []float32
}

func newState(shape any, slots, scan, conv int) *state {
	return &state{shape, slots, scan, conv, aligned(slots * scan), aligned(slots * conv)}
}

func (m *state) Slots() int { return m.slots }

func (m *state) slot(i int) (scan, conv []float32) {
	return m.scan[i*m.scanLen:][:m.scanLen], m.conv[i*m.convLen:][:m.convLen]
}

func (o *ops) CopyState(of kernels.RecurrentState, dst, src int) {
	m := of.(*state)
	toScan, toConv := m.slot(dst)
	fromScan, fromConv := m.slot(src)
	copy(toScan, fromScan)
	copy(toConv, fromConv)
}

// history is the rows of x that a convolution sees at the tokens of a span: those of a batch and, before them, those of
// the slot.
type history struct {
	x     kernels.View
	span  kernels.Span
	slot  []float32
	taps  int
	width int // of x
}

// row is x at a span's token i; the tokens before the span end with token -1.
func (h *history) row(i int) []float32 {
	if i >= 0 {
		return row(h.x, h.span.Row+i, h.width)
	}
	return h.slot[(h.taps-1+i)*h.width:][:h.width]
}

// under appends the rows under each tap at token i, oldest first.
func (h *history) under(rows [][]float32, i int) [][]float32 {
	for j := range h.taps {
		rows = append(rows, h.row(i-h.taps+1+j))
	}
	return rows
}

// forget makes the channels from..to-1 of the slot those before the first token of a sequence.
func (h *history) forget(from, to int) {
	for j := range h.taps - 1 {
		clear(h.slot[j*h.width:][from:to])
	}
}

// keep leaves the last rows of the channels from..to-1 in the slot. Each comes from a later one or from the batch, so that
// none is read after it was replaced.
func (h *history) keep(from, to int) {
	for j := range h.taps - 1 {
		copy(h.slot[j*h.width:][from:to], h.row(h.span.Len - h.taps + 1 + j)[from:to])
	}
}

// tokens is the number of rows that spans cover.
func tokens(spans []kernels.Span) int {
	n := 0
	for _, s := range spans {
		n += s.Len
	}
	return n
}

// eachSpan cuts the work of spans into parts, a token being so many units, and calls do for the units from..to-1 of every
// span that fall to one. A unit of a whole span falls where its first token does: what it remembers is nobody else's.
func eachSpan(spans []kernels.Span, units, part, parts int, do func(span kernels.Span, from, to int)) {
	first, last := share(units*tokens(spans), part, parts)
	at := 0 // units of all tokens before this span
	for _, span := range spans {
		unit := func(bound int) int { return min(max(0, (bound-at+span.Len-1)/span.Len), units) }
		if from, to := unit(first), unit(last); from < to {
			do(span, from, to)
		}
		at += units * span.Len
	}
}

// cachedStates is how many values of the state a pass over a chunk's tokens works on: what the first cache holds beside
// the rest.
const cachedStates = 4 << 10

// eachPass cuts units, each of so many states, into passes over a span's tokens. A single token has one.
func eachPass(span kernels.Span, from, to, states int, do func(from, to int)) {
	few := max(1, cachedStates/states)
	if span.Len == 1 {
		few = to - from
	}
	for ; from < to; from += few {
		do(from, min(from+few, to))
	}
}
