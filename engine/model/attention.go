package model

import "caucus/kernels"

// Attention is a grouped-query attention mixer: h += W_out (OutScale * Attention(W_in u)), with W_in u = q|k|v.
type Attention struct {
	Shape    kernels.AttentionShape
	In, Out  Linear
	OutScale float32

	index    int // of its cache in State.kv
	outScale kernels.Buffer
}

// attentionOf is the mixer with the usual names, on a stream of d values. Some families have biases, on out too or not.
func attentionOf(prefix string, s kernels.AttentionShape, d int, bias, outBias bool) *Attention {
	q, kv := s.Heads*s.HeadDim, s.KVHeads*s.HeadDim
	return &Attention{
		Shape: s,
		In: Linear{In: d, Bias: bias, Rows: []Rows{
			{Tensor: prefix + "q_proj.weight", N: q},
			{Tensor: prefix + "k_proj.weight", N: kv},
			{Tensor: prefix + "v_proj.weight", N: kv},
		}},
		Out: biased(prefix+"o_proj.weight", d, q, outBias),
	}
}

// attentionShape reads the sizes that all families name alike.
func attentionShape(c fields, d int) kernels.AttentionShape {
	heads := c.size("num_attention_heads", maxWidth)
	s := kernels.AttentionShape{
		Heads:   heads,
		KVHeads: c.sizeOr("num_key_value_heads", heads, heads),
		HeadDim: c.sizeOr("head_dim", max(d/heads, 1), maxWidth/heads), // all heads fit maxWidth
	}
	c.divides("num_key_value_heads", s.KVHeads, "num_attention_heads", s.Heads)
	return s
}

// rope reads the rotary embedding of a part of every head, in the form of transformers 5 or the older one.
func rope(c fields, headDim int, part float64) kernels.Rope {
	own, theta := c.object("rope_parameters"), c.positive("rope_theta", 10000)
	if c.has("rope_scaling") {
		own = c.object("rope_scaling")
	}
	dim := int(float64(headDim) * own.positive("partial_rotary_factor", part))
	if dim < 2 || dim > headDim || dim%2 != 0 {
		c.fail("head_dim", "%d leaves %d elements of a head to be rotated; it must be an even number within the head", headDim, dim)
		return kernels.Rope{}
	}
	r := kernels.Rope{Dim: dim, Theta: own.positive("rope_theta", theta)}
	switch kind := own.text("rope_type", own.text("type", "default")); kind {
	case "default":
	case "llama3":
		r.Scaling = kernels.RopeScaling{
			Factor: own.positive("factor", 0), Low: own.positive("low_freq_factor", 0), High: own.positive("high_freq_factor", 0),
			Original: own.positive("original_max_position_embeddings", c.number("max_position_embeddings", 0)),
		}
		if r.Scaling.High <= r.Scaling.Low {
			own.fail("high_freq_factor", "%v is not above low_freq_factor = %v", r.Scaling.High, r.Scaling.Low)
		}
	default:
		own.fail("rope_type", "%q is not supported, only default and llama3", kind)
	}
	return r
}

// Kind is A.
func (*Attention) Kind() byte { return 'A' }

func (a *Attention) load(l *loader) Part {
	b := *a
	b.In, b.Out = a.In.load(l), a.Out.load(l)
	b.outScale = l.factor(a.OutScale, a.Shape.Heads*a.Shape.HeadDim)
	b.index = l.caches
	l.caches++
	return &b
}

func (a *Attention) allot(s *State, c Capacity) {
	s.kv = append(s.kv, s.ops.NewKVCache(a.Shape, c.Pages))
}

func (a *Attention) run(ops kernels.Ops, s *State, b *Batch) {
	rows := len(b.Tokens)
	qkv, y := view(s.proj, a.Shape.QKV()), view(s.y, a.Shape.Heads*a.Shape.HeadDim)
	a.In.apply(ops, qkv, s.stream(s.u), rows)
	ops.Attention(y, qkv, b.Spans, a.Shape, s.kv[a.index])
	scale(ops, y, rows, a.outScale)
	a.Out.add(ops, s.stream(s.h), y, rows)
}

func (a *Attention) products() []Product {
	return []Product{{MixerIn, a.In.matrix, 1}, {MixerOut, a.Out.matrix, 1}}
}

func (a *Attention) cost() partCost {
	return partCost{
		position: 2 * a.Shape.KVHeads * a.Shape.HeadDim,
		attend:   4 * a.Shape.Heads * a.Shape.HeadDim, // q·k and the sum of v
	}
}

func (a *Attention) widths() rowWidths {
	return rowWidths{proj: a.Shape.QKV(), y: a.Shape.Heads * a.Shape.HeadDim}
}

// scale is y *= by, if there is something to do.
func scale(ops kernels.Ops, y kernels.View, rows int, by kernels.Buffer) {
	if by != nil {
		ops.MulRow(y, rows, by)
	}
}
