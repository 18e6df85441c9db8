package model

import "caucus/kernels"

// Batch is the work of one forward pass: spans of tokens, each the continuation of one sequence, row after row.
type Batch struct {
	Tokens []int32        // one a row
	Spans  []kernels.Span // from State.Extend; together they cover the rows
	Logits []int          // the rows whose logits are wanted, in increasing order
}

// Reset empties b and keeps its memory.
func (b *Batch) Reset() {
	b.Tokens, b.Spans, b.Logits = b.Tokens[:0], b.Spans[:0], b.Logits[:0]
}

// Forward reads b's tokens into s and returns the logits that b wants, row i for b.Logits[i], valid until the next call.
//
// Per layer, with h the residual stream: h += Mixer(RMSNorm(h)), then h += MLP(RMSNorm(h)).
func (m *Model) Forward(s *State, b *Batch) kernels.View {
	ops, rows := m.Ops, len(b.Tokens)
	d, f, eps := m.Config.DModel, m.Config.DFF, m.Config.NormEps
	h, u := view(s.h, d), view(s.u, d)
	act := view(s.act, f)

	ops.Embed(h, m.embed, b.Tokens)
	for i := range m.layers {
		l := &m.layers[i]
		ops.RMSNorm(u, h, rows, d, l.mixerNorm, eps)
		l.mixer.mix(ops, s, b)
		ops.RMSNorm(u, h, rows, d, l.mlpNorm, eps)
		ops.MatMulSwiGLU(act, u, rows, l.gateUp)
		ops.MatMulAdd(h, act, rows, l.down)
	}
	return m.readOut(s, b.Logits)
}

// mix is h += W_out Mamba(p, W_dt r) with p = W_in u = z|x|B|C|r.
func (m *mamba) mix(ops kernels.Ops, s *State, b *Batch) {
	shape, rows := m.weights.Shape, len(b.Tokens)
	_, d := m.in.Shape()
	p, dt, y := view(s.proj, shape.InProj()), view(s.dt, shape.DInner), view(s.y, shape.DInner)
	r := p
	r.Off = shape.InProj() - shape.DTRank

	ops.MatMul(p, view(s.u, d), rows, m.in)
	ops.MatMul(dt, r, rows, m.dt)
	ops.Mamba(y, p, dt, b.Spans, &m.weights, s.mamba[m.index])
	ops.MatMulAdd(view(s.h, d), y, rows, m.out)
}

// mix is h += W_out Attention(W_in u) with W_in u = q|k|v.
func (a *attention) mix(ops kernels.Ops, s *State, b *Batch) {
	rows := len(b.Tokens)
	_, d := a.in.Shape()
	qkv, y := view(s.proj, a.shape.QKV()), view(s.y, a.shape.Heads*a.shape.HeadDim)

	ops.MatMul(qkv, view(s.u, d), rows, a.in)
	ops.Attention(y, qkv, b.Spans, a.shape, s.kv[a.index])
	ops.MatMulAdd(view(s.h, d), y, rows, a.out)
}

// readOut is logits = W_head RMSNorm(h) for the given rows. The norm gathers them, run by run of neighbours.
func (m *Model) readOut(s *State, rows []int) kernels.View {
	d, vocab := m.Config.DModel, m.Config.Vocab
	h, u, logits := view(s.h, d), view(s.u, d), view(s.logits, vocab)
	for begin := 0; begin < len(rows); {
		end := begin + 1
		for end < len(rows) && rows[end] == rows[end-1]+1 {
			end++
		}
		h.Off, u.Off = rows[begin]*d, begin*d
		m.Ops.RMSNorm(u, h, end-begin, d, m.norm, m.Config.NormEps)
		begin = end
	}
	if len(rows) > 0 {
		m.Ops.MatMul(logits, view(s.u, d), len(rows), m.head)
	}
	return logits
}

// view is the rows of a buffer that hold n numbers each.
func view(b kernels.Buffer, n int) kernels.View { return kernels.View{Buf: b, Stride: n} }
