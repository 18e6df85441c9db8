package cpu

import "caucus/kernels"

// kvCache keeps each page as two packed matrices a key-value head, so that attention is two products: keys [2]
// [HeadDim][16], a panel for 16 positions; values [HeadDim/16][PageLen][16], a panel for 16 elements, an even number.
type kvCache struct {
	shape        kernels.AttentionShape
	format       kernels.Format
	pages        int
	keys, values []byte
}

func (c *kvCache) Pages() int { return c.pages }

// paddedDim is HeadDim in whole pairs of panels.
func (c *kvCache) paddedDim() int {
	return (c.shape.HeadDim + 2*panelWidth - 1) / (2 * panelWidth) * (2 * panelWidth)
}

// headBytes are the sizes of a key-value head's part of a page.
func (c *kvCache) headBytes() (keys, values int) {
	n := kernels.PageLen * c.format.Bytes()
	return n * c.shape.HeadDim, n * c.paddedDim()
}

// page returns the keys and values of a page from key-value head h on.
func (c *kvCache) page(p int32, h int) (keys, values []byte) {
	head := int(p)*c.shape.KVHeads + h
	k, v := c.headBytes()
	return c.keys[head*k:], c.values[head*v:]
}

func (o *ops) NewKVCache(shape kernels.AttentionShape, pages int) kernels.KVCache {
	shape.Check()
	c := &kvCache{shape: shape, format: o.precision.KV, pages: pages}
	k, v := c.headBytes()
	c.keys, c.values = alignedBytes(pages*shape.KVHeads*k), alignedBytes(pages*shape.KVHeads*v)
	return c
}

func (o *ops) CopyPage(cache kernels.KVCache, dst, src int) {
	c := cache.(*kvCache)
	toKeys, toValues := c.page(int32(dst), 0)
	fromKeys, fromValues := c.page(int32(src), 0)
	k, v := c.headBytes()
	copy(toKeys[:c.shape.KVHeads*k], fromKeys)
	copy(toValues[:c.shape.KVHeads*v], fromValues)
}

// Attention runs two tasks, since every row of a prompt's chunk attends to keys that other rows bring.
func (o *ops) Attention(
	y, qkv kernels.View, spans []kernels.Span, shape kernels.AttentionShape, cache kernels.KVCache,
) {
	c := cache.(*kvCache)
	kernels.CheckAttention(y, qkv, spans, shape, c.shape, c.pages)
	tokens, positions, end := tokens(spans), 0, 0
	for _, s := range spans {
		positions += attended(s, s.Len)
		end = max(end, s.Pos+s.Len)
	}
	o.rope.Grow(shape.Rope, end)
	for _, s := range o.scratch {
		s.attention.fit(c)
	}
	o.store = storeTask{o: o, qkv: qkv, spans: spans, tokens: tokens, cache: c}
	o.split(&o.store, tokens*shape.KVHeads*shape.HeadDim)
	o.attention = attentionTask{o: o, y: y, qkv: qkv, spans: spans, positions: positions, cache: c}
	o.split(&o.attention, positions*shape.Heads*shape.HeadDim/8)
}

// attended is the number of positions that the first n tokens of a span attend to.
func attended(s kernels.Span, n int) int { return n*s.Pos + n*(n+1)/2 }

// storeTask appends the rows' keys, rotated, and values to the cache.
type storeTask struct {
	o      *ops
	qkv    kernels.View
	spans  []kernels.Span
	tokens int
	cache  *kvCache
}

func (t *storeTask) run(part, parts int) {
	from, to := share(t.tokens, part, parts)
	at := 0 // tokens before this span
	for _, span := range t.spans {
		for i := max(0, from-at); i < min(span.Len, to-at); i++ {
			t.token(span, i, t.o.scratch[part].attention.queries)
		}
		at += span.Len
	}
}

func (t *storeTask) token(span kernels.Span, i int, rotated []float32) {
	shape, pos := t.cache.shape, span.Pos+i
	n, at := shape.HeadDim, pos%kernels.PageLen
	kv := row(t.qkv, span.Row+i, shape.QKV())[shape.Heads*n:]
	for h := range shape.KVHeads {
		keys, values := t.cache.page(span.Pages[pos/kernels.PageLen], h)
		t.o.rope.Rotate(rotated[:n], kv[h*n:][:n], pos)
		storeEvery(t.cache.format, keys, at/panelWidth*n*panelWidth+at%panelWidth, panelWidth, rotated[:n])
		v := kv[(shape.KVHeads+h)*n:][:n]
		for d := 0; d < n; d += panelWidth {
			storeEvery(t.cache.format, values, (d*kernels.PageLen/panelWidth+at)*panelWidth, 1, v[d:min(d+panelWidth, n)])
		}
	}
}

// attentionTask is cut by rows, a row counting as many positions as it attends to.
type attentionTask struct {
	o         *ops
	y, qkv    kernels.View
	spans     []kernels.Span
	positions int
	cache     *kvCache
}

func (t *attentionTask) run(part, parts int) {
	heads := t.cache.shape.KVHeads
	from, to := share(heads*t.positions, part, parts)
	at := 0 // positions before this row and head
	for _, span := range t.spans {
		for i := range span.Len {
			for h := range heads {
				if from <= at && at < to {
					t.group(span, i, h, &t.o.scratch[part].attention)
				}
				at += span.Pos + i + 1
			}
		}
	}
}

// attentionScratch is the working space for the queries that share a key-value head, of a size that no length of sequence
// changes.
type attentionScratch struct {
	queries []float32 // [group, HeadDim]
	scores  []float32 // [group, blockLen]
	block   []float32 // [group, paddedDim]: a block's sums of values
	sums    []float32 // the same of all blocks so far
	totals  []float32 // [group], of exp(score-largest) over all blocks so far
	largest []float32 // [group]
	read    positions
}

func (s *attentionScratch) fit(c *kvCache) {
	group := c.shape.Heads / c.shape.KVHeads
	s.queries = atLeast(s.queries, group*c.shape.HeadDim)
	s.scores = atLeast(s.scores, group*blockLen)
	s.block, s.sums = atLeast(s.block, group*c.paddedDim()), atLeast(s.sums, group*c.paddedDim())
	s.totals, s.largest = atLeast(s.totals, group), atLeast(s.largest, group)
}

// atLeast returns s or, if it is shorter than n, one of n.
func atLeast(s []float32, n int) []float32 {
	if len(s) >= n {
		return s
	}
	return aligned(n)
}

// blockLen is how many positions a pass takes: their scores stay in the first caches. A block begins at a multiple of it,
// so that a result depends on the sequence alone.
const blockLen = 32 * kernels.PageLen

// group attends with the queries of token i of a span that read key-value head h, block by block, by a softmax whose
// largest score so far may grow (arXiv 1805.02867).
func (t *attentionTask) group(span kernels.Span, i, h int, s *attentionScratch) {
	shape, group, pos := t.cache.shape, t.cache.shape.Heads/t.cache.shape.KVHeads, span.Pos+i
	n, padded := shape.HeadDim, t.cache.paddedDim()
	q := row(t.qkv, span.Row+i, shape.QKV())[h*group*n:]
	for a := range group {
		t.o.rope.Rotate(s.queries[a*n:][:n], q[a*n:][:n], pos)
	}
	for from := 0; from <= pos; from += blockLen {
		s.read = t.cache.positions(span.Pages[from/kernels.PageLen:], h, min(blockLen, pos+1-from))
		t.block(group, from == 0, s)
	}
	y := row(t.y, span.Row+i, shape.Heads*n)[h*group*n:]
	for a := range group {
		inverse := 1 / s.totals[a]
		for d, v := range s.sums[a*padded:][:n] {
			y[a*n+d] = v * inverse
		}
	}
}

// block adds the positions of s.read to the sums and totals.
func (t *attentionTask) block(group int, first bool, s *attentionScratch) {
	n, padded, length := t.cache.shape.HeadDim, t.cache.paddedDim(), s.read.length()
	scale := float32(t.cache.shape.ScoreScale())
	tiles := t.o.tilesOf(group)
	for tile := range tiles {
		a0, a1 := share(group, tile, tiles)
		t.o.scores(a1-a0, &s.read, s.queries[a0*n:], n, s.scores[a0*blockLen:], blockLen)
	}
	for a := range group {
		scores := s.scores[a*blockLen:][:length]
		largest := t.o.maxRow(scores)
		if first {
			s.totals[a], s.largest[a] = t.o.expSum(scores, largest, scale), largest
			continue
		}
		largest = max(largest, s.largest[a])
		shrink := exp(scale * (s.largest[a] - largest))
		s.totals[a] = s.totals[a]*shrink + t.o.expSum(scores, largest, scale)
		s.largest[a] = largest
		for d := range padded {
			s.sums[a*padded+d] *= shrink
		}
	}
	sums := s.block
	if first {
		sums = s.sums
	}
	for tile := range tiles {
		a0, a1 := share(group, tile, tiles)
		t.o.values(a1-a0, &s.read, s.scores[a0*blockLen:], blockLen, sums[a0*padded:], padded)
	}
	if !first {
		for d, v := range sums[:group*padded] {
			s.sums[d] += v
		}
	}
}

// positions are the keys and values of one head at consecutive positions of a sequence, the first of which begins a page.
type positions struct {
	format       kernels.Format
	pages        []int32
	last         int // positions in the last page
	keys, values []byte
	keyBytes     int // from page to page
	valueBytes   int
	n, padded    int // HeadDim, and in whole pairs of panels
}

func (c *kvCache) positions(pages []int32, h, n int) positions {
	keys, values := c.page(0, h)
	keyBytes, valueBytes := c.headBytes()
	return positions{
		format: c.format, pages: pages[:(n+kernels.PageLen-1)/kernels.PageLen], last: (n-1)%kernels.PageLen + 1,
		keys: keys, values: values, keyBytes: c.shape.KVHeads * keyBytes, valueBytes: c.shape.KVHeads * valueBytes,
		n: c.shape.HeadDim, padded: c.paddedDim(),
	}
}

// length is their number.
func (p *positions) length() int { return (len(p.pages)-1)*kernels.PageLen + p.last }
