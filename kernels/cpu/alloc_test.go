package cpu

import (
	"testing"

	"caucus/kernels"
)

func TestStepsAllocateNothing(t *testing.T) {
	for _, p := range []kernels.Precision{{}, {Weights: kernels.Int8, KV: kernels.BF16}} {
		if n := testing.AllocsPerRun(20, newStep(t, p)); n != 0 {
			t.Errorf("%+v: a step allocates %v times", p, n)
		}
	}
}

// newStep returns a step of every operation, at the sizes of a small model.
func newStep(t *testing.T, precision kernels.Precision) func() {
	const rows, n, vocabulary = 6, 192, 272
	o := withThreads(bestInstructions(), 2)(precision)
	t.Cleanup(o.Close)
	shape := kernels.MambaShape{DInner: n, DXB: 64, DState: 16, DConv: 4}
	w := kernels.MambaWeights{Shape: shape, ConvW: random(n * 4), ConvB: random(n), DTBias: random(n),
		A: make([]float32, n*16), D: random(n)}
	o.PrepareMamba(&w)
	state := o.NewMambaState(shape, rows)
	shape2 := kernels.Mamba2Shape{Heads: 6, HeadDim: 32, XHeads: 6, BGroups: 2, CGroups: 2, DState: 96}
	w2 := kernels.Mamba2Weights{Shape: shape2, DTBias: random(6), A: make([]float32, 6), D: random(6), MaxDT: 9}
	o.PrepareMamba2(&w2)
	state2 := o.NewMamba2State(shape2, rows)
	taps := kernels.ConvWeights{Channels: n, Taps: 4, W: random(n * 4), B: random(n)}
	o.PrepareConv(&taps)
	window := o.NewConvState(n, 4, rows)
	heads := kernels.AttentionShape{Heads: 6, KVHeads: 2, HeadDim: 32, Rope: kernels.Rope{Dim: 16, Theta: 1e4}}
	cache := o.NewKVCache(heads, rows*4)
	m := o.NewMatrix(kernels.Dense(random(n*vocabulary), vocabulary, n))
	gated := o.NewGated(kernels.Dense(random(n*n), n, n), kernels.Dense(random(n*n), n, n))
	down := o.NewMatrix(kernels.Dense(random(n*n), n, n))
	experts := []kernels.Expert{{GateUp: gated, Down: down}, {GateUp: gated, Down: down}, {Up: down, Down: down}, {Up: down, Down: down}}
	routing := kernels.Routing{Chosen: 2, Normalize: true, Bias: random(4), Groups: 2, ChosenGroups: 1}
	x, y := view(o, rows, n), view(o, rows, n)
	logits, qkv := view(o, rows, vocabulary), view(o, rows, heads.QKV())
	weight := o.NewBuffer(n)
	spans, how := make([]kernels.Span, rows), make([]kernels.Sampling, rows)
	for r := range spans {
		i := int32(4 * r)
		spans[r] = kernels.Span{Slot: r, Row: r, Len: 1, Pos: 99, Pages: []int32{i, i + 1, i + 2, i + 3}}
		how[r] = kernels.Sampling{Temperature: 1, TopP: 0.9, TopK: 50, Uniform: 0.3}
	}
	out, tokens := make([]kernels.Sampled, rows), make([]int32, rows)
	return func() {
		o.Embed(x, m, tokens)
		o.RMSNorm(y, x, rows, n, weight, 1e-5)
		o.Mamba(y, kernels.MambaInputs{Z: x, X: x, B: x, C: x, DT: x}, spans, &w, state)
		o.Conv(y, x, spans, &taps, window)
		o.Mamba2(y, kernels.Mamba2Inputs{X: x, B: x, C: x, DT: x}, spans, &w2, state2)
		o.Gate(y, x, rows, n)
		o.MulRow(y, rows, weight)
		o.AddRow(y, rows, weight)
		o.SquaredReLU(y, rows, n)
		o.Experts(y, x, logits, rows, experts, routing)
		o.Attention(y, qkv, spans, heads, cache)
		o.MatMulSwiGLU(y, x, rows, gated)
		o.MatMul(logits, y, rows, m)
		o.Sample(out, logits, vocabulary, how)
		o.CopyState(state, 1, 0)
		o.CopyPage(cache, 1, 0)
	}
}
