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

// checkSpans panics unless the spans are valid and their slots among slots; it returns how many rows they cover.
func checkSpans(op string, spans []Span, slots int) (rows int) {
	for i, s := range spans {
		if s.Len < 1 || s.Row < 0 || s.Pos < 0 || s.Slot < 0 || s.Slot >= slots {
			panic(fmt.Sprintf("kernels: %s: span %d (row %d, %d tokens at position %d, slot %d of %d) is not valid",
				op, i, s.Row, s.Len, s.Pos, s.Slot, slots))
		}
		rows = max(rows, s.Row+s.Len)
	}
	return rows
}

// CheckConv panics unless the operands of [Ops.Conv] fit each other; the state was made for so many channels and taps.
func CheckConv(y, x View, spans []Span, w *ConvWeights, channels, taps, slots int) {
	if w.Channels != channels || w.Taps != taps {
		panic(fmt.Sprintf("kernels: conv: weights of %d channels and %d taps, but a state made for %d and %d",
			w.Channels, w.Taps, channels, taps))
	}
	rows := checkSpans("conv", spans, slots)
	y.Check("conv", "y", rows, channels)
	x.Check("conv", "x", rows, channels)
}

// CheckMamba panics unless the operands of [Ops.Mamba] fit each other; made is the shape that the state was made for.
func CheckMamba(y View, in *MambaInputs, spans []Span, shape, made MambaShape, slots int) {
	if shape != made {
		panic(fmt.Sprintf("kernels: mamba: weights of shape %+v, but a state made for %+v", shape, made))
	}
	rows := checkSpans("mamba", spans, slots)
	y.Check("mamba", "y", rows, shape.DInner)
	in.Z.Check("mamba", "z", rows, shape.DInner)
	in.X.Check("mamba", "x", rows, shape.XWidth())
	in.B.Check("mamba", "B", rows, shape.BWidth())
	in.C.Check("mamba", "C", rows, shape.CWidth())
	in.DT.Check("mamba", "dt", rows, shape.DInner)
}

// CheckMamba2 does the same for [Ops.Mamba2].
func CheckMamba2(y View, in *Mamba2Inputs, spans []Span, shape, made Mamba2Shape, slots int) {
	if shape != made {
		panic(fmt.Sprintf("kernels: mamba2: weights of shape %+v, but a state made for %+v", shape, made))
	}
	rows := checkSpans("mamba2", spans, slots)
	y.Check("mamba2", "y", rows, shape.DInner())
	in.X.Check("mamba2", "x", rows, shape.XWidth())
	in.B.Check("mamba2", "B", rows, shape.BWidth())
	in.C.Check("mamba2", "C", rows, shape.CWidth())
	in.DT.Check("mamba2", "dt", rows, shape.Heads)
}

// CheckExperts panics unless the operands of [Ops.Experts] fit each other.
func CheckExperts(y, x, scores View, rows int, experts []Expert, how *Routing) {
	how.check(len(experts))
	out, width := experts[0].Down.Shape()
	_, in := experts[0].First().Shape()
	for i := range experts {
		e, hidden := &experts[i], width
		if e.GateUp != nil {
			hidden = 2 * width
		}
		o, n := e.First().Shape()
		if down, w := e.Down.Shape(); o != hidden || n != in || down != out || w != width {
			panic(fmt.Sprintf("kernels: experts: number %d has matrices [%d, %d] and [%d, %d]", i, o, n, down, w))
		}
	}
	y.Check("experts", "y", rows, out)
	x.Check("experts", "x", rows, in)
	scores.Check("experts", "scores", rows, len(experts))
}

// check panics unless so many experts can be chosen from.
func (how *Routing) check(experts int) {
	most := experts
	if groups := how.Groups; groups > 1 {
		if experts%groups != 0 || experts < 2*groups || how.ChosenGroups < 1 || how.ChosenGroups > groups {
			panic(fmt.Sprintf("kernels: experts: %d of %d groups of %d experts", how.ChosenGroups, groups, experts))
		}
		most = how.ChosenGroups * (experts / groups)
	}
	if how.Chosen < 1 || how.Chosen > most || how.Groups < 0 {
		panic(fmt.Sprintf("kernels: experts: %d of %d for every row", how.Chosen, most))
	}
	if how.Bias != nil && len(how.Bias) != experts {
		panic(fmt.Sprintf("kernels: experts: a bias of %d values for %d experts", len(how.Bias), experts))
	}
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
	if min(s.DInner, s.DState) < 1 || min(s.DXB, s.DConv) < 0 || s.DXB%s.DState != 0 || s.DInner%s.XWidth() != 0 {
		panic(fmt.Sprintf("kernels: Mamba shape %+v: DXB must be 0 or a multiple of DState, and DInner of DXB", s))
	}
}

// Check panics unless the shape is valid and the parameters have the lengths that it asks for.
func (w *MambaWeights) Check() {
	s := w.Shape
	s.Check()
	if len(w.ConvW) != s.DInner*s.DConv || s.DConv > 0 && len(w.ConvB) != s.DInner || len(w.DTBias) != s.DInner ||
		len(w.A) != s.DInner*s.DState || len(w.D) != s.DInner {
		panic(fmt.Sprintf("kernels: Mamba weights of lengths ConvW %d, ConvB %d, DTBias %d, A %d, D %d do not fit %+v",
			len(w.ConvW), len(w.ConvB), len(w.DTBias), len(w.A), len(w.D), s))
	}
}

// Check panics unless the heads divide among those of x and the groups.
func (s Mamba2Shape) Check() {
	if min(s.Heads, s.HeadDim, s.XHeads, s.BGroups, s.CGroups, s.DState) < 1 ||
		s.Heads%s.XHeads != 0 || s.Heads%s.BGroups != 0 || s.Heads%s.CGroups != 0 {
		panic(fmt.Sprintf("kernels: Mamba-2 shape %+v: Heads must be a multiple of XHeads, BGroups and CGroups", s))
	}
}

// Check panics unless the shape is valid and the parameters have the lengths that it asks for.
func (w *Mamba2Weights) Check() {
	w.Shape.Check()
	if n := w.Shape.Heads; len(w.DTBias) != n || len(w.A) != n || len(w.D) != n || !(w.MinDT <= w.MaxDT) {
		panic(fmt.Sprintf("kernels: Mamba-2 weights of lengths DTBias %d, A %d, D %d and steps from %v to %v do not fit %+v",
			len(w.DTBias), len(w.A), len(w.D), w.MinDT, w.MaxDT, w.Shape))
	}
}

// Check panics unless the parameters have the lengths that the sizes ask for.
func (w *ConvWeights) Check() {
	if min(w.Channels, w.Taps) < 1 || len(w.W) != w.Channels*w.Taps || len(w.B) != w.Channels {
		panic(fmt.Sprintf("kernels: %d weights and %d biases for a convolution of %d channels with %d taps",
			len(w.W), len(w.B), w.Channels, w.Taps))
	}
}

// Check panics unless the heads divide among the key-value heads and the rotated part of a head has halves.
func (s AttentionShape) Check() {
	if min(s.Heads, s.KVHeads, s.HeadDim) < 1 || s.Heads%s.KVHeads != 0 ||
		s.Rope.Dim < 0 || s.Rope.Dim > s.HeadDim || s.Rope.Dim%2 != 0 || s.Rope.Dim > 0 && s.Rope.Theta <= 0 {
		panic(fmt.Sprintf("kernels: attention shape %+v: Heads must be a multiple of KVHeads, Rope.Dim even", s))
	}
}
