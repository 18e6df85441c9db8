package kernels

import "math"

// PrepareMamba only checks the weights.
func (*Reference) PrepareMamba(w *MambaWeights) { w.Check() }

// NewMambaState returns the zero state, S [DInner, DState], of every slot.
func (*Reference) NewMambaState(shape MambaShape, slots int) RecurrentState {
	shape.Check()
	return newRefState(shape, slots, shape.DInner*shape.DState, max(shape.DConv-1, 0)*shape.XWidth())
}

// Mamba is a Mamba-1 mixer between its projections; the package comment has its equations.
func (*Reference) Mamba(y View, in MambaInputs, spans []Span, w *MambaWeights, state RecurrentState) {
	shape, m := w.Shape, state.(*refState)
	CheckMamba(y, &in, spans, shape, m.shape.(MambaShape), m.Slots())
	for _, span := range spans {
		s, history := m.slot(span)
		for r := span.Row; r < span.Row+span.Len; r++ {
			x, yr := in.X.row(r, shape.XWidth()), y.row(r, shape.DInner)
			z, dt := in.Z.row(r, shape.DInner), in.DT.row(r, shape.DInner)
			b, c := in.B.row(r, shape.BWidth()), in.C.row(r, shape.CWidth())
			for d := range yr {
				delta := softplus(float64(dt[d]) + float64(w.DTBias[d]))
				xc := w.x(d, x, history)
				bAt, cAt := shape.groups(d)
				yr[d] = float32(w.scan(d, delta, xc, b[bAt:], c[cAt:], s) * silu(float64(z[d])))
			}
			if shape.DConv > 0 {
				remember(history, x)
			}
		}
	}
}

// x is what channel d takes from x, convolved and activated.
func (w *MambaWeights) x(d int, x, history []float32) float64 {
	at := w.Shape.repeats(d)
	if w.Shape.DConv == 0 {
		return float64(x[at])
	}
	return convolve(w.ConvW[d*w.Shape.DConv:][:w.Shape.DConv], w.ConvB[d], x, history, at)
}

// repeats is the channel of x that channel d repeats.
func (s MambaShape) repeats(d int) int {
	if s.DXB == 0 {
		return d
	}
	head, group := d/s.DState, d/s.DState/(s.DInner/s.DXB)
	return s.DState*group + d - s.DState*head
}

// groups is where the B and the C of channel d begin.
func (s MambaShape) groups(d int) (b, c int) {
	if s.DXB == 0 {
		return 0, 0
	}
	head := d / s.DState
	return s.DState * (head / (s.DInner / s.DXB)), s.DState * head
}

// scan updates channel d of S and returns what it reads there, with the skip connection.
func (w *MambaWeights) scan(d int, delta, xc float64, b, c, state []float32) float64 {
	N := w.Shape.DState
	sum := float64(w.D[d]) * xc
	for n := range N {
		S := &state[d*N+n]
		*S = float32(math.Exp(delta*float64(w.A[d*N+n]))*float64(*S) + delta*xc*float64(b[n]))
		sum += float64(*S) * float64(c[n])
	}
	return sum
}

func softplus(v float64) float64 {
	if v > 20 {
		return v
	}
	return math.Log1p(math.Exp(v))
}
