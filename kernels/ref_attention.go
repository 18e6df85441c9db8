package kernels

import "math"

// refKVCache keeps page p's keys and values as [PageLen, KVHeads*HeadDim].
type refKVCache struct {
	shape  AttentionShape
	format Format
	k, v   [][]float32
}

func (c *refKVCache) Pages() int { return len(c.k) }

// NewKVCache returns empty pages.
func (ref *Reference) NewKVCache(shape AttentionShape, pages int) KVCache {
	shape.Check()
	c := &refKVCache{shape, ref.precision.KV, make([][]float32, pages), make([][]float32, pages)}
	for i := range pages {
		c.k[i] = make([]float32, PageLen*shape.KVHeads*shape.HeadDim)
		c.v[i] = make([]float32, PageLen*shape.KVHeads*shape.HeadDim)
	}
	return c
}

// CopyPage copies page src to page dst.
func (*Reference) CopyPage(cache KVCache, dst, src int) {
	c := cache.(*refKVCache)
	copy(c.k[dst], c.k[src])
	copy(c.v[dst], c.v[src])
}

// at returns the key and the value of position pos of key-value head h.
func (c *refKVCache) at(pages []int32, pos, h int) (k, v []float32) {
	n := c.shape.HeadDim
	from := (pos%PageLen*c.shape.KVHeads + h) * n
	page := pages[pos/PageLen]
	return c.k[page][from : from+n], c.v[page][from : from+n]
}

// Attention appends every row's key and value and then attends, row by row and head by head.
func (ref *Reference) Attention(y, qkv View, spans []Span, shape AttentionShape, cache KVCache) {
	c := cache.(*refKVCache)
	CheckAttention(y, qkv, spans, shape, c.shape, c.Pages())
	n := shape.HeadDim
	for _, span := range spans {
		ref.rope.Grow(shape.Rope, span.Pos+span.Len)
		for t := range span.Len {
			row, pos := qkv.row(span.Row+t, shape.QKV()), span.Pos+t
			q, kv := row[:shape.Heads*n], row[shape.Heads*n:]
			for h := range shape.KVHeads {
				k, v := c.at(span.Pages, pos, h)
				ref.rope.Rotate(k, kv[h*n:(h+1)*n], pos)
				copy(v, kv[(shape.KVHeads+h)*n:])
				for i := range n {
					k[i], v[i] = c.format.Round(k[i]), c.format.Round(v[i])
				}
			}
			rotated := make([]float32, n)
			for a := range shape.Heads {
				ref.rope.Rotate(rotated, q[a*n:(a+1)*n], pos)
				h := a / (shape.Heads / shape.KVHeads)
				c.attend(y.row(span.Row+t, shape.Heads*n)[a*n:(a+1)*n], rotated, span.Pages, pos, h)
			}
		}
	}
}

// attend is y = sum_p softmax_p(scale * q·k[p]) v[p] over the positions p <= pos.
func (c *refKVCache) attend(y, q []float32, pages []int32, pos, h int) {
	weights := make([]float64, pos+1)
	largest := math.Inf(-1)
	for p := range weights {
		k, _ := c.at(pages, p, h)
		for i := range q {
			weights[p] += float64(q[i]) * float64(k[i])
		}
		weights[p] *= c.shape.ScoreScale()
		largest = math.Max(largest, weights[p])
	}
	total := 0.0
	sum := make([]float64, len(y))
	for p, score := range weights {
		_, v := c.at(pages, p, h)
		w := math.Exp(score - largest)
		total += w
		for i := range sum {
			sum[i] += w * float64(v[i])
		}
	}
	for i := range y {
		y[i] = float32(sum[i] / total)
	}
}
