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
	o.launch(appendKV.kv(c.format), bucket(l.tokens), shape.KVHeads, min(blocks(shape.HeadDim, 32)*32, 128), 0, at(qkv),
		stride(qkv), o.P(), l.number, l.list, l.spans, table, dim, c.arg(), heads, kvHeads, n)
	o.launch(attendKV.kv(c.format), bucket(l.tokens), shape.Heads, attendBlock, 4*(2*shape.HeadDim+attendBlock), at(y), stride(y),
		at(qkv), stride(qkv), o.P(), l.number, l.list, l.spans, table, dim, c.arg(), heads, kvHeads, n, floatArg(float32(shape.ScoreScale())))
}
