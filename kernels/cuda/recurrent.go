//go:build cuda

package cuda

import (
	"fmt"
	"slices"

	"caucus/kernels"
)

// convBlock is how many channels of a span a block has.
const convBlock = 128

// state is what every slot remembers: S of a scan, [channels, N] with N rounded up, the last rows of x of a convolution, oldest first, or both.
type state struct {
	shape            any // that it was made for
	slots            int
	scanLen, convLen int // of a slot
	scan, conv       *memory
}

func (o *ops) newState(shape any, slots, scan, conv int) *state {
	return &state{shape, slots, scan, conv, o.zeros(4 * slots * scan), o.zeros(4 * slots * conv)}
}

func (m *state) Slots() int { return m.slots }

func (o *ops) CopyState(of kernels.RecurrentState, dst, src int) {
	m := of.(*state)
	if min(dst, src) < 0 || max(dst, src) >= m.slots {
		panic(fmt.Sprintf("kernels: copying slot %d to slot %d of %d", src, dst, m.slots))
	}
	o.copySlot(m.scan, 4*m.scanLen, dst, src)
	o.copySlot(m.conv, 4*m.convLen, dst, src)
}

// copySlot copies one of equal pieces of memory to another. It joins the stream behind the list.
func (o *ops) copySlot(m *memory, bytes, dst, src int) {
	if bytes == 0 || dst == src {
		return
	}
	o.flush()
	ok(o.stream.copyWithin(m.at+pointer(dst*bytes), m.at+pointer(src*bytes), int64(bytes)))
}

// transposed is columns [n, rows] of rows [rows, n].
func transposed(values []float32, n int) []float32 {
	if n == 0 {
		return nil
	}
	rows := len(values) / n
	columns := make([]float32, 0, len(values))
	for i := range n {
		for r := range rows {
			columns = append(columns, values[r*n+i])
		}
	}
	return columns
}

// preparedConv is a convolution's parameters on the device.
type preparedConv struct{ taps, bias *memory }

func (o *ops) PrepareConv(w *kernels.ConvWeights) {
	w.Check()
	w.Prepared = &preparedConv{copied(o, transposed(w.W, w.Taps)), copied(o, w.B)}
}

func (o *ops) NewConvState(channels, taps, slots int) kernels.RecurrentState {
	return o.newState([2]int{channels, taps}, slots, 0, (taps-1)*channels)
}

func (o *ops) Conv(y, x kernels.View, spans []kernels.Span, w *kernels.ConvWeights, of kernels.RecurrentState) {
	m := of.(*state)
	made := m.shape.([2]int)
	kernels.CheckConv(y, x, spans, w, made[0], made[1], m.slots)
	if len(spans) == 0 {
		return
	}
	o.room(0)
	p, l := w.Prepared.(*preparedConv), o.batch(spans)
	o.launch(convRow, blocks(w.Channels, convBlock), bucket(len(spans)), convBlock, 0, o.result(y), stride(y), at(x), stride(x), o.P(),
		l.count, l.spans, p.taps.arg(), p.bias.arg(), m.conv.arg(), intArg(w.Channels), intArg(w.Taps))
}

// leastRate lets a state be forgotten at once, and keeps products with the rate finite.
const leastRate = -1e30

func bounded(rates []float32) []float32 {
	rates = slices.Clone(rates)
	for i, a := range rates {
		rates[i] = max(a, leastRate)
	}
	return rates
}

func (o *ops) PrepareMamba(w *kernels.MambaWeights) {
	w.Check()
	s, bias := w.Shape, w.ConvB
	if s.DConv == 0 {
		bias = make([]float32, s.DInner)
	}
	w.Prepared = copied(o, slices.Concat(padded(bounded(w.A), s.DState), w.DTBias, w.D, bias, transposed(w.ConvW, s.DConv)))
}

func (o *ops) NewMambaState(shape kernels.MambaShape, slots int) kernels.RecurrentState {
	shape.Check()
	return o.newState(shape, slots, shape.DInner*scanStates(shape.DState), max(shape.DConv-1, 0)*shape.XWidth())
}

func (o *ops) Mamba(y kernels.View, in kernels.MambaInputs, spans []kernels.Span, w *kernels.MambaWeights,
	of kernels.RecurrentState) {
	s, m := w.Shape, of.(*state)
	kernels.CheckMamba(y, &in, spans, s, m.shape.(kernels.MambaShape), m.slots)
	if len(spans) == 0 {
		return
	}
	o.room(0)
	l := o.batch(spans)
	own, repeats := mambaChannels(s)
	to, operand := o.result(y), o.roundedTokens(y, l, s.DInner)
	args := [maxArgs]uint64{to, stride(y), operand.at, intArg(operand.room), at(in.Z), stride(in.Z), at(in.X), stride(in.X), at(in.B),
		stride(in.B), at(in.C), stride(in.C), at(in.DT), stride(in.DT), o.P(), l.count, l.spans, w.Prepared.(*memory).arg(), m.scan.arg(),
		m.conv.arg(), intArg(s.DInner), intArg(s.DXB)}
	const shared = 22 // of both kernels
	if step := stepChannels(s); l.tokens == len(spans) && step > 0 {
		rest := append(args[:shared], intArg(repeats), intArg(step))
		o.launch(mambaStep, blocks(s.DInner, step), min(bucket(len(spans)), stepSpans), 32*blocks(step, 32), 0, rest...)
	} else {
		b, c := s.DInner, s.DInner // channels that share them
		if s.DXB > 0 {
			b, c = s.DState*(s.DInner/s.DXB), s.DState
		}
		g := newScan(own, s.DInner, s.DState, b, c, l.tokens > len(spans))
		rest := append(args[:shared], intArg(s.DState), intArg(s.DConv), intArg(repeats), intArg(g.own), intArg(g.tokens))
		o.launch(mambaScan, g.gridX, g.gridY(len(spans)), g.block, g.shared(), rest...)
	}
	if s.DConv > 1 && repeats == 0 {
		o.launch(convRemember, blocks(s.XWidth(), convBlock), bucket(len(spans)), convBlock, 0, at(in.X), stride(in.X), o.P(), l.count,
			l.spans, m.conv.arg(), intArg(s.XWidth()), intArg(s.DConv))
	}
}

// historyChannels is how many neighbouring channels read a history that no others do.
func historyChannels(s kernels.MambaShape) int {
	together := s.DInner / s.XWidth()
	if s.DXB > 0 {
		together *= s.DState
	}
	return together
}

// mambaChannels is how many channels a block has: those that share a history together, if they fit, and then how many that are.
func mambaChannels(s kernels.MambaShape) (own, repeats int) {
	together, lanes := historyChannels(s), scanLanes(s.DState)
	if s.DConv < 2 || together*lanes > scanBlock {
		return scanBlock / lanes, 0
	}
	return together * max(1, scanBlock/lanes/together), s.DInner / s.XWidth()
}

// mamba_step is for stepStates and stepTaps; stepSpans is how many of its blocks share the spans: with M1-3B's 32 blocks of
// channels, about as many as an H200 has room for at once.
const (
	stepStates = 16
	stepTaps   = 4
	stepSpans  = 16
)

// stepChannels is how many channels a block of mamba_step has: those that share a history together. It is 0 if it cannot have them.
func stepChannels(s kernels.MambaShape) int {
	if s.DState != stepStates || s.DConv != stepTaps {
		return 0
	}
	together := historyChannels(s)
	return together * (scanBlock / 2 / together)
}

func (o *ops) PrepareMamba2(w *kernels.Mamba2Weights) {
	w.Check()
	w.Prepared = copied(o, slices.Concat(w.DTBias, bounded(w.A), w.D))
}

func (o *ops) NewMamba2State(shape kernels.Mamba2Shape, slots int) kernels.RecurrentState {
	shape.Check()
	return o.newState(shape, slots, shape.DInner()*scanStates(shape.DState), 0)
}

func (o *ops) Mamba2(y kernels.View, in kernels.Mamba2Inputs, spans []kernels.Span, w *kernels.Mamba2Weights,
	of kernels.RecurrentState) {
	s, m := w.Shape, of.(*state)
	kernels.CheckMamba2(y, &in, spans, s, m.shape.(kernels.Mamba2Shape), m.slots)
	if len(spans) == 0 {
		return
	}
	o.room(0)
	l := o.batch(spans)
	g := newScan(scanBlock/scanLanes(s.DState), s.DInner(), s.DState, s.DInner()/s.BGroups, s.DInner()/s.CGroups, l.tokens > len(spans))
	o.launch(mamba2Scan, g.gridX, g.gridY(len(spans)), g.block, g.shared(), o.result(y), stride(y), at(in.X), stride(in.X), at(in.B),
		stride(in.B), at(in.C), stride(in.C), at(in.DT), stride(in.DT), o.P(), l.count, l.spans, w.Prepared.(*memory).arg(),
		m.scan.arg(), intArg(s.Heads), intArg(s.HeadDim), intArg(s.XHeads), intArg(s.BGroups), intArg(s.CGroups), intArg(s.DState),
		floatArg(w.MinDT), floatArg(w.MaxDT), intArg(g.own), intArg(g.tokens))
}
