package kernels

import "math"

// refMambaState is the state of every slot: S [DInner, DState] and the last DConv-1 rows of x, oldest first.
type refMambaState struct {
	shape   MambaShape
	s, conv [][]float32
}

func (m *refMambaState) Slots() int { return len(m.s) }

// PrepareMamba only checks the weights.
func (*Reference) PrepareMamba(w *MambaWeights) { w.Check() }

// NewMambaState returns the zero state of every slot.
func (*Reference) NewMambaState(shape MambaShape, slots int) MambaState {
	shape.Check()
	state := &refMambaState{shape, make([][]float32, slots), make([][]float32, slots)}
	for i := range slots {
		state.s[i] = make([]float32, shape.DInner*shape.DState)
		state.conv[i] = make([]float32, (shape.DConv-1)*shape.DXB)
	}
	return state
}

// CopyMambaState copies slot src to slot dst.
func (*Reference) CopyMambaState(state MambaState, dst, src int) {
	m := state.(*refMambaState)
	copy(m.s[dst], m.s[src])
	copy(m.conv[dst], m.conv[src])
}

// Mamba is the mixer between in_proj and out_proj; the package comment has its equations.
func (*Reference) Mamba(y, p, dt View, spans []Span, w *MambaWeights, state MambaState) {
	shape, m := w.Shape, state.(*refMambaState)
	CheckMamba(y, p, dt, spans, shape, m.shape, m.Slots())
	for _, span := range spans {
		s, conv := m.s[span.Slot], m.conv[span.Slot]
		if span.Pos == 0 {
			clear(s)
			clear(conv)
		}
		for r := span.Row; r < span.Row+span.Len; r++ {
			refMambaToken(y.row(r, shape.DInner), p.row(r, shape.InProj()), dt.row(r, shape.DInner), w, s, conv)
		}
	}
}

func refMambaToken(y, p, dt []float32, w *MambaWeights, state, conv []float32) {
	shape := w.Shape
	N, K := shape.DState, shape.DConv
	z, p := p[:shape.DInner], p[shape.DInner:]
	x, p := p[:shape.DXB], p[shape.DXB:]
	B, p := p[:shape.DXB], p[shape.DXB:]
	C := p[:shape.DInner]
	for d := range shape.DInner {
		h := d / N
		g := h / (shape.DInner / shape.DXB)
		s := N*g + d%N

		xc := float64(w.ConvB[d]) + float64(w.ConvW[d*K+K-1])*float64(x[s])
		for j := range K - 1 {
			xc += float64(w.ConvW[d*K+j]) * float64(conv[j*shape.DXB+s])
		}
		xc = silu(xc)
		delta := softplus(float64(dt[d]) + float64(w.DTBias[d]))
		sum := float64(w.D[d]) * xc
		for n := range N {
			S := &state[d*N+n]
			*S = float32(math.Exp(delta*float64(w.A[d*N+n]))*float64(*S) + delta*xc*float64(B[N*g+n]))
			sum += float64(*S) * float64(C[N*h+n])
		}
		y[d] = float32(sum * silu(float64(z[d])))
	}
	if K > 1 {
		copy(conv, conv[shape.DXB:])
		copy(conv[(K-2)*shape.DXB:], x)
	}
}

func softplus(v float64) float64 {
	if v > 20 {
		return v
	}
	return math.Log1p(math.Exp(v))
}
