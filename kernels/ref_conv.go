package kernels

// refState is what every slot remembers: S of a scan, row-major, and the last rows of x of a convolution, oldest first. A
// layer has either or both.
type refState struct {
	shape   any // that it was made for
	s, conv [][]float32
}

func (m *refState) Slots() int { return len(m.s) }

func newRefState(shape any, slots, s, conv int) *refState {
	state := &refState{shape, make([][]float32, slots), make([][]float32, slots)}
	for i := range slots {
		state.s[i], state.conv[i] = make([]float32, s), make([]float32, conv)
	}
	return state
}

// slot is what a span begins with.
func (m *refState) slot(span Span) (s, conv []float32) {
	s, conv = m.s[span.Slot], m.conv[span.Slot]
	if span.Pos == 0 {
		clear(s)
		clear(conv)
	}
	return s, conv
}

// CopyState copies slot src to slot dst.
func (*Reference) CopyState(state RecurrentState, dst, src int) {
	m := state.(*refState)
	copy(m.s[dst], m.s[src])
	copy(m.conv[dst], m.conv[src])
}

// PrepareConv only checks the weights.
func (*Reference) PrepareConv(w *ConvWeights) { w.Check() }

// NewConvState returns an empty history in every slot.
func (*Reference) NewConvState(channels, taps, slots int) RecurrentState {
	return newRefState([2]int{channels, taps}, slots, 0, (taps-1)*channels)
}

// Conv is y[t,c] = silu(B[c] + sum_j W[c,j] * x[t-Taps+1+j, c]).
func (*Reference) Conv(y, x View, spans []Span, w *ConvWeights, state RecurrentState) {
	m := state.(*refState)
	made := m.shape.([2]int)
	CheckConv(y, x, spans, w, made[0], made[1], m.Slots())
	for _, span := range spans {
		_, history := m.slot(span)
		for r := span.Row; r < span.Row+span.Len; r++ {
			xr, yr := x.row(r, w.Channels), y.row(r, w.Channels)
			for c := range yr {
				yr[c] = float32(convolve(w.W[c*w.Taps:][:w.Taps], w.B[c], xr, history, c))
			}
			remember(history, xr)
		}
	}
}

// convolve is channel c of the rows of history, oldest first, and of x under the taps w, activated.
func convolve(w []float32, bias float32, x, history []float32, c int) float64 {
	last := len(w) - 1
	sum := float64(bias) + float64(w[last])*float64(x[c])
	for j := range last {
		sum += float64(w[j]) * float64(history[j*len(x)+c])
	}
	return silu(sum)
}

// remember puts row x behind the others of history and drops the oldest.
func remember(history, x []float32) {
	if len(history) > 0 {
		copy(history, history[len(x):])
		copy(history[len(history)-len(x):], x)
	}
}
