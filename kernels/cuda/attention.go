//go:build cuda

package cuda

import (
	"fmt"

	"caucus/kernels"
)

// kvCache is pages of keys and values, [page][2][KVHeads][PageLen][HeadDim].
type kvCache struct {
	shape  kernels.AttentionShape
	format kernels.Format
	pages  int
	*memory
}

func (c *kvCache) Pages() int { return c.pages }

func (c *kvCache) pageBytes() int {
	return 2 * c.shape.KVHeads * kernels.PageLen * c.shape.HeadDim * c.format.Bytes()
}

func (o *ops) NewKVCache(shape kernels.AttentionShape, pages int) kernels.KVCache {
	shape.Check()
	c := &kvCache{shape: shape, format: o.precision.KV, pages: pages}
	c.memory = o.zeros(pages * c.pageBytes())
	return c
}

func (o *ops) CopyPage(cache kernels.KVCache, dst, src int) {
	c := cache.(*kvCache)
	if min(dst, src) < 0 || max(dst, src) >= c.pages {
		panic(fmt.Sprintf("kernels: copying page %d to page %d of %d", src, dst, c.pages))
	}
	o.copySlot(c.memory, c.pageBytes(), dst, src)
}

// ropeTable is the cosines and sines of a Rope on the device.
type ropeTable struct {
	host kernels.RopeTable
	len  int // positions
	*memory
}

// leastPositions are those that a table has at first. It doubles from there, since a new table is a new graph.
const leastPositions = 2048

// rope is where the table of a Rope lies, which covers the positions below n.
func (o *ops) rope(rope kernels.Rope, n int) uint64 {
	if rope.Dim == 0 {
		return 0
	}
	t := o.ropes[rope]
	if t == nil {
		t = new(ropeTable)
		o.ropes[rope] = t
	}
	if t.len < n {
		t.len = max(n, 2*t.len, leastPositions)
		t.host.Grow(rope, t.len)
		t.memory = copied(o, t.host.CosSin())
	}
	return t.arg()
}

// These are the constants of attention_split.cu.
const (
	splitLen    = 512
	splitHeads  = 8
	splitWarps  = 4
	splitTile   = 16
	splitStages = 2
)

// splitShared is the shared memory of a block of attention for heads of n: the tiles that its warps have of keys and values.
func splitShared(n int) int { return splitWarps * splitStages * 2 * splitTile * 2 * n }

// splitKernels are the kernels that attend on tensor cores.
func splitKernels(shape kernels.AttentionShape, f kernels.Format) (split, join function, there bool) {
	switch {
	case f == kernels.BF16 && shape.HeadDim == 64:
		return attendSplit64, attendJoin64, true
	case f == kernels.BF16 && shape.HeadDim == 128:
		return attendSplit128, attendJoin128, true
	}
	return 0, 0, false
}

// attendBlock is how many positions a pass takes.
const attendBlock = 128

func (o *ops) Attention(y, qkv kernels.View, spans []kernels.Span, shape kernels.AttentionShape, cache kernels.KVCache) {
	c := cache.(*kvCache)
	kernels.CheckAttention(y, qkv, spans, shape, c.shape, c.pages)
	if len(spans) == 0 {
		return
	}
	end := 0
	for i := range spans {
		end = max(end, spans[i].Pos+spans[i].Len)
	}
	table := o.rope(shape.Rope, end)
	o.room(0)
	l := o.pagedBatch(spans)
	dim, heads, kvHeads, n := intArg(shape.Rope.Dim), intArg(shape.Heads), intArg(shape.KVHeads), intArg(shape.HeadDim)
	split, join, there := splitKernels(shape, c.format)
	put := appendKV.kv(c.format)
	if there {
		put = appendSplit
	}
	o.launch(put, bucket(l.tokens), shape.KVHeads, min(blocks(shape.HeadDim, 32)*32, 128), 0, at(qkv), stride(qkv), o.P(), l.number,
		l.list, l.spans, table, dim, c.arg(), heads, kvHeads, n)
	if there {
		o.attendSplit(split, join, y, qkv, end, table, c)
		return
	}
	o.launch(attendKV.kv(c.format), bucket(l.tokens), shape.Heads, attendBlock, 4*(2*shape.HeadDim+attendBlock), o.result(y), stride(y),
		at(qkv), stride(qkv), o.P(), l.number, l.list, l.spans, table, dim, c.arg(), heads, kvHeads, n, floatArg(float32(shape.ScoreScale())))
}

// attendSplit is attention by kernels that share the positions below end among blocks.
func (o *ops) attendSplit(split, join function, y, qkv kernels.View, end int, table uint64, c *kvCache) {
	l, s := &o.spans, c.shape
	tokens, splits := bucket(l.tokens), blocks(end, splitLen)
	parts := o.fit(&o.splits, 4*tokens*s.Heads*splits*(s.HeadDim+2))
	to, groups := o.result(y), blocks(s.Heads/s.KVHeads, splitHeads)
	operand := o.roundedTokens(y, l, s.Heads*s.HeadDim)
	o.launch3(split, [3]int{s.KVHeads * groups, tokens, splits}, 32*splitWarps, splitShared(s.HeadDim), to, stride(y), operand.at, intArg(operand.room), at(qkv),
		stride(qkv), o.P(), l.number, l.list, l.spans, table, intArg(s.Rope.Dim), c.arg(), intArg(s.Heads), intArg(s.KVHeads),
		floatArg(float32(s.ScoreScale())), parts)
	if splits > 1 {
		o.launch(join, tokens, s.Heads, s.HeadDim, 0, to, stride(y), operand.at, intArg(operand.room), o.P(), l.number, l.list, l.spans,
			parts, intArg(splits))
	}
}
