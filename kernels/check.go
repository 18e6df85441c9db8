package kernels

import "fmt"

// Check panics unless the view's buffer holds rows of n values that do not overlap. Implementations that compute with
// addresses call it before they do; op and name say in the message which operand of which operation was wrong.
func (v View) Check(op, name string, rows, n int) {
	if rows == 0 {
		return
	}
	size := 0
	if v.Buf != nil {
		size = v.Buf.Len()
	}
	if rows < 0 || v.Off < 0 || rows > 1 && v.Stride < n || v.Off+(rows-1)*v.Stride+n > size {
		panic(fmt.Sprintf("kernels: %s: %d rows of %d values do not fit %s, which starts at %d with stride %d in %d values",
			op, rows, n, name, v.Off, v.Stride, size))
	}
}

// CheckGated panics unless the matrices have one shape.
func CheckGated(gate, up Source) {
	if gate.Out != up.Out || gate.In != up.In {
		panic(fmt.Sprintf("kernels: a gate [%d, %d] for a matrix [%d, %d]", gate.Out, gate.In, up.Out, up.In))
	}
}

// CheckMamba panics unless the operands of [Ops.Mamba] fit each other; made is the shape that the state was made for.
func CheckMamba(y, p, dt View, spans []Span, shape, made MambaShape, slots int) {
	if shape != made {
		panic(fmt.Sprintf("kernels: mamba: weights of shape %+v, but a state made for %+v", shape, made))
	}
	rows := 0
	for i, s := range spans {
		if s.Len < 1 || s.Row < 0 || s.Pos < 0 || s.Slot < 0 || s.Slot >= slots {
			panic(fmt.Sprintf("kernels: mamba: span %d (row %d, %d tokens at position %d, slot %d of %d) is not valid",
				i, s.Row, s.Len, s.Pos, s.Slot, slots))
		}
		rows = max(rows, s.Row+s.Len)
	}
	y.Check("mamba", "y", rows, shape.DInner)
	p.Check("mamba", "p", rows, shape.InProj())
	dt.Check("mamba", "dt", rows, shape.DInner)
}

// CheckAttention panics unless the operands of [Ops.Attention] fit each other and every span's page table covers its
// positions; made is the shape that the cache was made for.
func CheckAttention(y, qkv View, spans []Span, shape, made AttentionShape, pages int) {
	if shape != made {
		panic(fmt.Sprintf("kernels: attention: shape %+v, but a cache made for %+v", shape, made))
	}
	rows := 0
	for i, s := range spans {
		end := s.Pos + s.Len
		if s.Len < 1 || s.Row < 0 || s.Pos < 0 || len(s.Pages)*PageLen < end {
			panic(fmt.Sprintf("kernels: attention: span %d (row %d, %d tokens at position %d) is not valid on %d pages",
				i, s.Row, s.Len, s.Pos, len(s.Pages)))
		}
		for _, p := range s.Pages[:(end+PageLen-1)/PageLen] {
			if p < 0 || int(p) >= pages {
				panic(fmt.Sprintf("kernels: attention: span %d names page %d of a cache of %d", i, p, pages))
			}
		}
		rows = max(rows, s.Row+s.Len)
	}
	y.Check("attention", "y", rows, shape.Heads*shape.HeadDim)
	qkv.Check("attention", "qkv", rows, shape.QKV())
}

// Check panics unless the sizes fit each other.
func (s MambaShape) Check() {
	if min(s.DInner, s.DXB, s.DState, s.DConv) < 1 || s.DTRank < 0 || s.DXB%s.DState != 0 || s.DInner%s.DXB != 0 {
		panic(fmt.Sprintf("kernels: Mamba shape %+v: DXB must be a multiple of DState and DInner of DXB", s))
	}
}

// Check panics unless the shape is valid and the parameters have the lengths that it asks for.
func (w *MambaWeights) Check() {
	s := w.Shape
	s.Check()
	if len(w.ConvW) != s.DInner*s.DConv || len(w.ConvB) != s.DInner || len(w.DTBias) != s.DInner ||
		len(w.A) != s.DInner*s.DState || len(w.D) != s.DInner {
		panic(fmt.Sprintf("kernels: Mamba weights of lengths ConvW %d, ConvB %d, DTBias %d, A %d, D %d do not fit %+v",
			len(w.ConvW), len(w.ConvB), len(w.DTBias), len(w.A), len(w.D), s))
	}
}

// Check panics unless the heads divide among the key-value heads and the head's size can be rotated in halves.
func (s AttentionShape) Check() {
	if min(s.Heads, s.KVHeads, s.HeadDim) < 1 || s.Heads%s.KVHeads != 0 || s.HeadDim%2 != 0 || s.RopeTheta <= 0 {
		panic(fmt.Sprintf("kernels: attention shape %+v: Heads must be a multiple of KVHeads, HeadDim even", s))
	}
}
