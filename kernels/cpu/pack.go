package cpu

import (
	"unsafe"

	"caucus/kernels"
)

// packTask fills a matrix, panel by panel.
type packTask struct {
	*instructions
	m *matrix
	w kernels.Source
}

func (t *packTask) run(part, parts int) {
	from, to := share(t.m.panels(), part, parts)
	p := newPacker(t)
	for panel := from; panel < to; panel++ {
		p.panel(panel)
	}
}

// packer holds the columns of one panel, each in the format of the matrix, before they are interleaved: a panel is written
// from first to last.
type packer struct {
	*packTask
	row     []float32
	columns []byte // 16 of columnBytes
	bytes   int    // of a column
}

func newPacker(t *packTask) *packer {
	n := (t.m.in + cacheLine - 1) / cacheLine * cacheLine // quantizeRow may write as far
	bytes := n * t.m.format.Bytes()
	return &packer{t, make([]float32, t.m.in), make([]byte, panelWidth*bytes), bytes}
}

func (p *packer) panel(panel int) {
	clear(p.columns)
	for i := range min(panelWidth, p.m.out-panel*panelWidth) {
		p.column(p.columns[i*p.bytes:][:p.bytes], panel*panelWidth+i)
	}
	for k := 0; k < p.m.in; k += sliceLen {
		to, n := p.m.panel(panel, k), p.m.sliceAt(k)
		switch from := p.columns[k*p.m.format.Bytes():]; p.m.format {
		case kernels.Int8:
			interleave(words(to), words(from), p.bytes/groupLen, groups(n))
		case kernels.F16, kernels.BF16:
			interleave(halves(to), halves(from), p.bytes/2, n)
		default:
			interleave(floats(to), floats(from), p.bytes/4, n)
		}
	}
}

// column reads a column and stores it in the matrix's format.
func (p *packer) column(to []byte, c int) {
	p.w.Row(p.row, c)
	if p.m.format != kernels.Int8 {
		storeEvery(p.m.format, to, 0, 1, p.row)
		return
	}
	p.m.scales[c] = p.quantizeWeights(int8s(to), p.row)
	for i := range groups(p.m.in) * groupLen {
		to[i] ^= 0x80 // plus 128
	}
}

// quantizeWeights is [kernels.Quantize].
func (in *instructions) quantizeWeights(q []int8, row []float32) (scale float32) {
	largest, zero := in.absMax(row)
	if largest < kernels.LeastQuantized || zero != zero {
		clear(q)
		return zero
	}
	in.quantizeRow(q, row, 127/largest)
	return largest / 127
}

// interleave writes element i of column c, which begins at from[c*stride], to to[i*16+c], for n elements.
func interleave[T any](to, from []T, stride, n int) {
	for c := range panelWidth {
		column := from[c*stride:][:n]
		for i, v := range column {
			to[i*panelWidth+c] = v
		}
	}
}

func words(b []byte) []uint32 {
	return unsafe.Slice((*uint32)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/4)
}

func int8s(b []byte) []int8 {
	return unsafe.Slice((*int8)(unsafe.Pointer(unsafe.SliceData(b))), len(b))
}
