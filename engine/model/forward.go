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
// Per block, with h the residual stream: h += the sum of part(RMSNorm(h)) over the block's parts.
func (m *Model) Forward(s *State, b *Batch) kernels.View {
	ops, rows := m.Ops, len(b.Tokens)
	h, u := s.stream(s.h), s.stream(s.u)
	ops.Embed(h, m.embed, b.Tokens)
	scale(ops, h, rows, m.scale)
	for i := range m.blocks {
		ops.RMSNorm(u, h, rows, m.Config.DModel, m.blocks[i].norm, m.Config.NormEps)
		for _, part := range m.blocks[i].parts {
			part.run(ops, s, b)
		}
	}
	return m.readOut(s, b.Logits)
}

// readOut is logits = W_head RMSNorm(h) for the given rows. The norm gathers them, run by run of neighbours.
func (m *Model) readOut(s *State, rows []int) kernels.View {
	d := m.Config.DModel
	h, u, logits := s.stream(s.h), s.stream(s.u), view(s.logits, m.Config.Vocab)
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
		m.Ops.MatMul(logits, s.stream(s.u), len(rows), m.head)
	}
	return logits
}

// view is the rows of a buffer that hold n numbers each.
func view(b kernels.Buffer, n int) kernels.View { return kernels.View{Buf: b, Stride: n} }
