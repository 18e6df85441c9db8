package kernels

import "math"

// PrepareMamba2 only checks the weights.
func (*Reference) PrepareMamba2(w *Mamba2Weights) { w.Check() }

// NewMamba2State returns the zero state, S [Heads, HeadDim, DState], of every slot.
func (*Reference) NewMamba2State(shape Mamba2Shape, slots int) RecurrentState {
	shape.Check()
	return newRefState(shape, slots, shape.DInner()*shape.DState, 0)
}

// Mamba2 is the scan of a Mamba-2 mixer; the package comment has its equations.
func (*Reference) Mamba2(y View, in Mamba2Inputs, spans []Span, w *Mamba2Weights, state RecurrentState) {
	shape, m := w.Shape, state.(*refState)
	CheckMamba2(y, &in, spans, shape, m.shape.(Mamba2Shape), m.Slots())
	P, N := shape.HeadDim, shape.DState
	for _, span := range spans {
		s, _ := m.slot(span)
		for r := span.Row; r < span.Row+span.Len; r++ {
			x, b, c := in.X.row(r, shape.XWidth()), in.B.row(r, shape.BWidth()), in.C.row(r, shape.CWidth())
			dt, yr := in.DT.row(r, shape.Heads), y.row(r, shape.DInner())
			for h := range shape.Heads {
				w.head(h, yr[h*P:][:P], x[h/(shape.Heads/shape.XHeads)*P:], b[h/(shape.Heads/shape.BGroups)*N:],
					c[h/(shape.Heads/shape.CGroups)*N:], s[h*P*N:], float64(dt[h]))
			}
		}
	}
}

// head updates S of head h and reads it.
func (w *Mamba2Weights) head(h int, y, x, b, c, state []float32, dt float64) {
	N := w.Shape.DState
	delta := min(max(softplus(dt+float64(w.DTBias[h])), float64(w.MinDT)), float64(w.MaxDT))
	decay := math.Exp(delta * float64(w.A[h]))
	for p := range y {
		sum := float64(w.D[h]) * float64(x[p])
		for n := range N {
			S := &state[p*N+n]
			*S = float32(decay*float64(*S) + delta*float64(x[p])*float64(b[n]))
			sum += float64(*S) * float64(c[n])
		}
		y[p] = float32(sum)
	}
}
