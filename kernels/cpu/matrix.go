package cpu

import (
	"fmt"

	"caucus/kernels"
)

// sliceLen is how many terms of the sums a pass takes: a panel's slice stays in the first cache while the rows go by.
// Sums continue in y from slice to slice, which rounds as if there were none. It is also a block of quantized x.
const sliceLen = kernels.QuantBlock

// groupLen is how many inputs of an Int8 panel lie next to each other: as many as one instruction multiplies.
const groupLen = 4

// matrix is a weight matrix in slices of sliceLen inputs, a slice in panels of 16 output columns, [in/256][out/16][256]
// [16]: a tile reads a panel's slice from first to last, and a thread whole slices. In Int8 a panel's slice is [64][16]
// [4] weights plus 128. The columns that the last panel has beyond out, and inputs up to a whole group, are 0.
type matrix struct {
	out, in int
	gate    int // rows of each half, in a gated matrix
	format  kernels.Format
	data    []byte
	scales  []float32 // of the columns, in Int8
}

func (m *matrix) Shape() (out, in int) {
	if m.gate > 0 {
		return 2 * m.gate, m.in
	}
	return m.out, m.in
}

func (m *matrix) Format() kernels.Format { return m.format }

// panels is their number.
func (m *matrix) panels() int { return (m.out + panelWidth - 1) / panelWidth }

// sliceAt is the length of the slice that begins with input k.
func (m *matrix) sliceAt(k int) int { return min(sliceLen, m.in-k) }

// panelBytes is the size of a panel's slice of n inputs.
func (m *matrix) panelBytes(n int) int {
	if m.format == kernels.Int8 {
		n = groups(n) * groupLen
	}
	return n * panelWidth * m.format.Bytes()
}

// groups is the number of groups that hold n inputs.
func groups(n int) int { return (n + groupLen - 1) / groupLen }

// panel is the memory from panel p's slice on that begins with input k.
func (m *matrix) panel(p, k int) []byte {
	return m.data[m.panels()*m.panelBytes(k)+p*m.panelBytes(m.sliceAt(k)):]
}

func (o *ops) NewMatrix(w kernels.Source) kernels.Matrix {
	if w.Out < 1 || w.In < 1 {
		panic(fmt.Sprintf("kernels: [%d, %d] is no matrix", w.Out, w.In))
	}
	m := &matrix{out: w.Out, in: w.In, format: o.precision.Of(w)}
	m.data = alignedBytes(m.panels() * m.panelBytes(m.in))
	if m.format == kernels.Int8 {
		m.scales = aligned(m.panels() * panelWidth)
	}
	const nanoseconds = 2 // a weight
	o.split(&packTask{o.instructions, m, w}, w.Out*w.In*nanoseconds)
	return m
}

// column reads weights of column c from input k on, within a slice.
func (m *matrix) column(to []float32, c, k int) {
	panel, at := m.panel(c/panelWidth, k), c%panelWidth
	if m.format != kernels.Int8 {
		loadEvery(m.format, to, panel, at, panelWidth)
		return
	}
	for i := range to {
		w := panel[(i/groupLen*panelWidth+at)*groupLen+i%groupLen]
		to[i] = float32(int(w)-128) * m.scales[c]
	}
}

func (o *ops) Embed(y kernels.View, table kernels.Matrix, tokens []int32) {
	m := table.(*matrix)
	y.Check("embed", "y", len(tokens), m.in)
	for r, t := range tokens {
		if t < 0 || int(t) >= m.out {
			panic(fmt.Sprintf("kernels: embed: token %d is not below %d", t, m.out))
		}
		to := row(y, r, m.in)
		for k := 0; k < m.in; k += sliceLen {
			m.column(to[k:k+m.sliceAt(k)], int(t), k)
		}
	}
}
