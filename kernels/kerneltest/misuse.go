package kerneltest

import (
	"maps"
	"slices"
	"testing"

	"caucus/kernels"
)

// testMisuse gives operands that do not fit.
func testMisuse(t *testing.T, ops kernels.Ops) {
	small := kernels.View{Buf: ops.NewBuffer(10), Stride: 5}
	weights := ops.NewMatrix(kernels.Dense(make([]float32, 30), 6, 5))
	weight := ops.NewBuffer(5)
	overlapping := kernels.View{Buf: small.Buf, Stride: 2}
	before := kernels.View{Buf: small.Buf, Off: -1, Stride: 5}
	groupless := kernels.MambaShape{DInner: 8, DXB: 5, DState: 4, DConv: 4}
	uneven := kernels.Mamba2Shape{Heads: 4, HeadDim: 2, XHeads: 4, BGroups: 3, CGroups: 1, DState: 2}
	headless := kernels.AttentionShape{Heads: 3, KVHeads: 2, HeadDim: 8}
	unrotatable := kernels.AttentionShape{Heads: 1, KVHeads: 1, HeadDim: 8, Rope: whole(10, 1e4)}
	odd := kernels.AttentionShape{Heads: 1, KVHeads: 1, HeadDim: 8, Rope: whole(5, 1e4)}
	misuses := map[string]func(){
		"a matrix of another length":      func() { ops.NewMatrix(kernels.Dense(make([]float32, 5), 2, 3)) },
		"a result that does not fit":      func() { ops.MatMul(small, small, 2, weights) },
		"rows that overlap":               func() { ops.RMSNorm(overlapping, small, 2, 5, weight, 1) },
		"a negative offset":               func() { ops.RMSNorm(before, small, 1, 5, weight, 1) },
		"a factor for a longer row":       func() { ops.MulRow(small, 3, weight) },
		"a summand for rows that overlap": func() { ops.AddRow(overlapping, 2, weight) },
		"a gate that does not fit":        func() { ops.Gate(small, before, 2, 5) },
		"squares beyond the buffer":       func() { ops.SquaredReLU(small, 2, 6) },
		"a token outside the table":       func() { ops.Embed(small, weights, []int32{6}) },
		"a Mamba shape without groups":    func() { ops.NewMambaState(groupless, 1) },
		"heads that no group divides":     func() { ops.NewMamba2State(uneven, 1) },
		"heads that do not divide":        func() { ops.NewKVCache(headless, 1) },
		"a rotation beyond the head":      func() { ops.NewKVCache(unrotatable, 1) },
		"a rotation of an odd number":     func() { ops.NewKVCache(odd, 1) },
		"a convolution without weights":   func() { ops.PrepareConv(&kernels.ConvWeights{Channels: 3, Taps: 2}) },
		"a mixer without weights":         func() { ops.PrepareMamba(&kernels.MambaWeights{Shape: mambaShapes[0]}) },
		"a scan without weights":          func() { ops.PrepareMamba2(&kernels.Mamba2Weights{Shape: mamba2Shapes[0]}) },
	}
	maps.Copy(misuses, spanMisuses(ops, small))
	maps.Copy(misuses, expertMisuses(ops, small))
	for name, misuse := range misuses {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s did not panic", name)
				}
			}()
			misuse()
		}()
	}
}

// expertMisuses gives routings and experts that do not fit.
func expertMisuses(ops kernels.Ops, small kernels.View) map[string]func() {
	square := kernels.Dense(make([]float32, 25), 5, 5)
	gated, plain := ops.NewGated(square, square), ops.NewMatrix(square)
	longer := ops.NewMatrix(kernels.Dense(make([]float32, 30), 6, 5))
	five := slices.Repeat([]kernels.Expert{{GateUp: gated, Down: plain}}, 5)
	four := five[:4]
	run := func(how kernels.Routing, experts ...kernels.Expert) func() {
		return func() { ops.Experts(small, small, small, 1, experts, how) }
	}
	return map[string]func(){
		"more experts than there are":    run(kernels.Routing{Chosen: 5}, four...),
		"no expert":                      run(kernels.Routing{}, four...),
		"more than the groups have":      run(kernels.Routing{Chosen: 3, Groups: 2, ChosenGroups: 1}, four...),
		"more groups than there are":     run(kernels.Routing{Chosen: 1, Groups: 2, ChosenGroups: 3}, four...),
		"groups of one expert":           run(kernels.Routing{Chosen: 1, Groups: 4, ChosenGroups: 1}, four...),
		"groups that do not divide them": run(kernels.Routing{Chosen: 1, Groups: 2, ChosenGroups: 1}, five...),
		"a bias for other experts":       run(kernels.Routing{Chosen: 1, Bias: make([]float32, 3)}, four...),
		"an expert of another shape":     run(kernels.Routing{Chosen: 1}, five[0], kernels.Expert{GateUp: gated, Down: longer}),
		"an expert without its gate":     run(kernels.Routing{Chosen: 1}, five[0], kernels.Expert{Up: gated, Down: plain}),
	}
}

// spanMisuses gives spans and states that do not fit.
func spanMisuses(ops kernels.Ops, small kernels.View) map[string]func() {
	heads := kernels.AttentionShape{Heads: 1, KVHeads: 1, HeadDim: 2, Rope: whole(2, 1e4)}
	cache := ops.NewKVCache(heads, 1)
	attend := func(shape kernels.AttentionShape, s kernels.Span) func() {
		return func() { ops.Attention(small, small, []kernels.Span{s}, shape, cache) }
	}
	w := kernels.ConvWeights{Channels: 2, Taps: 2, W: make([]float32, 4), B: make([]float32, 2)}
	ops.PrepareConv(&w)
	state := ops.NewConvState(2, 2, 1)
	conv := func(y kernels.View, s kernels.Span) func() {
		return func() { ops.Conv(y, small, []kernels.Span{s}, &w, state) }
	}
	misuses := map[string]func(){
		"a position beyond its page table": attend(heads, kernels.Span{Len: 1, Pos: kernels.PageLen, Pages: []int32{0}}),
		"a page outside the cache":         attend(heads, kernels.Span{Len: 1, Pages: []int32{1}}),
		"a span without tokens to attend":  attend(heads, kernels.Span{Pages: []int32{0}}),
		"a cache of another rotation": attend(kernels.AttentionShape{Heads: 1, KVHeads: 1, HeadDim: 2},
			kernels.Span{Len: 1, Pages: []int32{0}}),
		"a span without tokens":     conv(small, kernels.Span{}),
		"a slot outside the state":  conv(small, kernels.Span{Slot: 1, Len: 1}),
		"a row outside the batch":   conv(small, kernels.Span{Row: 2, Len: 1}),
		"rows of results in others": conv(kernels.View{Buf: small.Buf, Stride: 1}, kernels.Span{Len: 2}),
		"a state of other taps":     func() { ops.Conv(small, small, []kernels.Span{{Len: 1}}, &w, ops.NewConvState(2, 3, 1)) },
	}
	for _, l := range []layer{
		{"mamba", func(ops kernels.Ops, rows int) *rig {
			return newMambaRig(ops, mambaShapes[0], rows, mambaRates(mambaShapes[0]))
		}},
		{"mamba2", func(ops kernels.Ops, rows int) *rig {
			return newMamba2Rig(ops, mamba2Shapes[0], rows, mamba2Rates(mamba2Shapes[0]))
		}},
	} {
		misuses[l.name+": a row outside the batch"] = func() { l.make(ops, 1).run(kernels.Span{Row: 1, Len: 1}) }
		misuses[l.name+": a slot outside the state"] = func() { l.make(ops, 1).run(kernels.Span{Slot: rigSlots, Len: 1}) }
		misuses[l.name+": a position before the first"] = func() { l.make(ops, 1).run(kernels.Span{Len: 1, Pos: -1}) }
	}
	return misuses
}
