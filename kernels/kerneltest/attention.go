package kerneltest

import (
	"fmt"
	"testing"

	"caucus/kernels"
)

// attentionShapes are the embedded model's, M1's proportions, and heads that fill no panel or share no key; and heads that
// are rotated in part, not at all, or by angles of which Llama 3's scaling keeps, mixes and divides some.
var attentionShapes = []kernels.AttentionShape{
	{Heads: 6, KVHeads: 2, HeadDim: 32, Rope: whole(32, 10000)},
	{Heads: 3, KVHeads: 1, HeadDim: 128, Rope: whole(128, 500000)},
	{Heads: 2, KVHeads: 2, HeadDim: 6, Rope: whole(6, 10000)},
	{Heads: 8, KVHeads: 1, HeadDim: 18, Rope: whole(18, 10000)},
	{Heads: 4, KVHeads: 2, HeadDim: 16, Rope: whole(16, 10000)},
	{Heads: 1, KVHeads: 1, HeadDim: 2, Rope: whole(2, 100)},
	{Heads: 4, KVHeads: 2, HeadDim: 16, Rope: whole(8, 10000), Scale: 0.125},
	{Heads: 2, KVHeads: 1, HeadDim: 7, Rope: whole(2, 10000)},
	{Heads: 3, KVHeads: 3, HeadDim: 7},
	{Heads: 4, KVHeads: 1, HeadDim: 64, Scale: 1.0 / 64},
	{Heads: 20, KVHeads: 2, HeadDim: 128, Rope: whole(64, 500000)},
	{Heads: 2, KVHeads: 1, HeadDim: 32, Rope: kernels.Rope{Dim: 32, Theta: 10000,
		Scaling: kernels.RopeScaling{Factor: 8, Low: 1, High: 4, Original: 64}}},
}

// whole rotates the first dim elements without scaling.
func whole(dim int, theta float64) kernels.Rope { return kernels.Rope{Dim: dim, Theta: theta} }

// attentionRig is one layer with the inputs of a batch of rows.
type attentionRig struct {
	ops   kernels.Ops
	shape kernels.AttentionShape
	cache kernels.KVCache
	qkv   grid
	y     grid
}

func newAttentionRig(ops kernels.Ops, shape kernels.AttentionShape, rows int) *attentionRig {
	rng := source(uint64(shape.Heads*1000 + shape.HeadDim))
	return &attentionRig{ops, shape, ops.NewKVCache(shape, 12+rows/kernels.PageLen),
		newGrid(ops, rows, shape.QKV(), normals(rng, rows*shape.QKV(), 1)), empty(ops, rows, shape.Heads*shape.HeadDim)}
}

func (a *attentionRig) run(spans ...kernels.Span) {
	a.ops.Attention(a.y.view, a.qkv.view, spans, a.shape, a.cache)
}

func attentionScenarios() []scenario {
	var all []scenario
	for _, shape := range attentionShapes {
		all = append(all, scenario{fmt.Sprintf("attention %+v", shape), func(t *testing.T, ops kernels.Ops, rec *record) {
			a := newAttentionRig(ops, shape, 90)
			long, short := []int32{7, 2, 9}, []int32{4, 5}
			a.run(kernels.Span{Row: 10, Len: 70, Pages: long}, kernels.Span{Row: 0, Len: 3, Pages: short})
			attentionRecord(t, rec, a, 79)
			a.run(kernels.Span{Row: 5, Len: 1, Pos: 3, Pages: short}, kernels.Span{Row: 80, Len: 9, Pos: 70, Pages: long})
			attentionRecord(t, rec, a, 79)
		}})
	}
	for _, shape := range []kernels.AttentionShape{{Heads: 3, KVHeads: 1, HeadDim: 8}, {Heads: 1, KVHeads: 1, HeadDim: 64}} {
		shape.Rope = whole(8, 10000)
		all = append(all, scenario{fmt.Sprintf("attention over a long sequence, heads of %d", shape.HeadDim),
			func(t *testing.T, ops kernels.Ops, rec *record) { longAttention(t, ops, rec, shape) }})
	}
	return all
}

// longAttention reads more positions than an implementation is likely to take at once, and then a few alone. Queries and
// keys grow along the sequence, so that the largest score keeps changing.
func longAttention(t *testing.T, ops kernels.Ops, rec *record, shape kernels.AttentionShape) {
	const tokens = 1300
	a := newAttentionRig(ops, shape, tokens)
	values := normals(source(9), tokens*shape.QKV(), 1)
	for i := range values {
		values[i] *= 0.5 + 2*float32(i)/float32(len(values))
	}
	a.qkv = newGrid(ops, tokens, shape.QKV(), values)
	pages := make([]int32, (tokens+kernels.PageLen-1)/kernels.PageLen)
	for i := range pages {
		pages[i] = int32(len(pages) - i)
	}
	a.run(kernels.Span{Len: tokens - 3, Pages: pages})
	for pos := tokens - 3; pos < tokens; pos++ {
		a.run(kernels.Span{Row: pos, Len: 1, Pos: pos, Pages: pages})
	}
	attentionRecord(t, rec, a, tokens)
}

// attentionRecord records results. A score sums HeadDim products whose magnitudes add up to some |q||k|/sqrt(HeadDim),
// about sqrt(HeadDim) here and at most 16; its error is relative in its weight. As many weighted values follow as there
// are positions.
func attentionRecord(t *testing.T, rec *record, a *attentionRig, positions int) {
	allowed := float64(16*a.shape.HeadDim+2*positions+20) * roundoff
	off := allowed * largest(a.qkv.read(t))
	rec.add(a.y.read(t), func(int) float64 { return off })
}

// testAttentionChunks reads a prompt at once, in chunks and token by token, with another sequence at its side.
func testAttentionChunks(t *testing.T, ops kernels.Ops) {
	const tokens = 67
	pages := []int32{3, 0, 11}
	for _, shape := range attentionShapes {
		var want []float32
		for _, chunk := range []int{tokens, 1, 7, 32, 33} {
			a := newAttentionRig(ops, shape, tokens+1)
			for pos := 0; pos < tokens; pos += chunk {
				a.run(kernels.Span{Row: tokens, Len: 1, Pages: []int32{5}},
					kernels.Span{Row: pos, Len: min(chunk, tokens-pos), Pos: pos, Pages: pages})
			}
			y := a.y.read(t)
			if chunk == tokens {
				want = y
			}
			sameBits(t, fmt.Sprintf("%+v in chunks of %d", shape, chunk), y, want)
		}
	}
}

// testAttentionPages forks a sequence: the full page is shared, the open one copied.
func testAttentionPages(t *testing.T, ops kernels.Ops) {
	const tokens = 40
	for _, shape := range attentionShapes {
		a := newAttentionRig(ops, shape, tokens+4)
		a.run(kernels.Span{Row: 0, Len: tokens, Pages: []int32{6, 1}})
		ops.CopyPage(a.cache, 8, 1)
		// The original goes on with other tokens first; the fork must not see them.
		a.run(kernels.Span{Row: tokens + 2, Len: 2, Pos: tokens, Pages: []int32{6, 1}})
		a.run(kernels.Span{Row: tokens, Len: 2, Pos: tokens, Pages: []int32{6, 8}})
		forked := a.y.read(t)

		b := newAttentionRig(ops, shape, tokens+4)
		b.run(kernels.Span{Row: 0, Len: tokens + 2, Pages: []int32{6, 1}})
		n := (tokens + 2) * a.y.n
		sameBits(t, fmt.Sprintf("%+v", shape), forked[:n], b.y.read(t)[:n])
	}
}
