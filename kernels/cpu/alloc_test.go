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
	shape := kernels.MambaShape{DInner: n, DXB: 64, DState: 16, DTRank: 12, DConv: 4}
	w := kernels.MambaWeights{Shape: shape, ConvW: random(n * 4), ConvB: random(n), DTBias: random(n),
		A: make([]float32, n*16), D: random(n)}
	o.PrepareMamba(&w)
	state := o.NewMambaState(shape, rows)
	heads := kernels.AttentionShape{Heads: 6, KVHeads: 2, HeadDim: 32, RopeTheta: 1e4}
	cache := o.NewKVCache(heads, rows*4)
	m := o.NewMatrix(kernels.Dense(random(n*vocabulary), vocabulary, n))
	gated := o.NewGated(kernels.Dense(random(n*n), n, n), kernels.Dense(random(n*n), n, n))
	x, y, p := view(o, rows, n), view(o, rows, n), view(o, rows, shape.InProj())
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
		o.Mamba(y, p, x, spans, &w, state)
		o.Attention(y, qkv, spans, heads, cache)
		o.MatMulSwiGLU(y, x, rows, gated)
		o.MatMul(logits, y, rows, m)
		o.Sample(out, logits, vocabulary, how)
		o.CopyMambaState(state, 1, 0)
		o.CopyPage(cache, 1, 0)
	}
}
