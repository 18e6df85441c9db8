//go:build cuda

package cuda

import (
	"encoding/binary"
	"fmt"
	"math"
	"runtime"
	"unsafe"

	"github.com/sourcegraph/conc"
	"github.com/x448/float16"

	"caucus/kernels"
)

// matrix is a weight matrix [out, in], row by row, as the kernels' loaders read it.
type matrix struct {
	out, in int
	format  kernels.Format
	data    *memory
	scales  *memory // of the rows, in Int8
	tiles   tiles   // how data lies; if it has none, row by row
}

func (m *matrix) Shape() (out, in int)   { return m.out, m.in }
func (m *matrix) Format() kernels.Format { return m.format }

// uploadBytes is about how much of a matrix is converted before it is sent.
const uploadBytes = 64 << 20

func (o *ops) NewMatrix(w kernels.Source) kernels.Matrix { return o.newMatrix(w, 0) }

// newMatrix reads a matrix. gates is how many of its rows gate the others, if any.
func (o *ops) newMatrix(w kernels.Source, gates int) kernels.Matrix {
	if w.Out < 1 || w.In < 1 {
		panic(fmt.Sprintf("kernels: [%d, %d] is no matrix", w.Out, w.In))
	}
	m := &matrix{out: w.Out, in: w.In, format: o.precision.Of(w), scales: &memory{}}
	rowBytes := w.In * m.format.Bytes()
	m.tiles = o.tilesOf(w, m.format)
	if m.tiles.there() {
		m.data = o.zeros(m.tiles.bytes())
	} else {
		m.data = o.alloc(w.Out * rowBytes)
	}
	if o.makeUp(m, w.Made) {
		return m
	}
	rows := min(uploadBytes/rowBytes+1, w.Out)
	piece, scales := make([]byte, rows*rowBytes), make([]float32, w.Out)
	for from := 0; from < w.Out; from += rows {
		n := min(rows, w.Out-from)
		convert(piece[:n*rowBytes], scales[from:from+n], w.Rows(from, n), m.format)
		o.putRows(m, piece[:n*rowBytes], from, n, gates)
	}
	if m.format == kernels.Int8 {
		m.scales = copied(o, scales)
	}
	return m
}

// putRows brings n rows to the device.
func (o *ops) putRows(m *matrix, rows []byte, from, n, gates int) {
	if !m.tiles.there() {
		ok(write(o.stream, m.data.at+pointer(from*len(rows)/n), rows))
		return
	}
	o.flush() // the rows before
	rowsAt := o.fit(&o.untiled, len(rows))
	ok(write(o.stream, o.untiled.at, rows))
	o.launch(tileMatrix, n, m.tiles.chunks, chunkInputs/8, 0, m.data.arg(), rowsAt, intArg(from), intArg(m.in), intArg(gates))
}

// convert writes rows in a format, and their scales in Int8, on all processors.
func convert(to []byte, scales []float32, w kernels.Source, f kernels.Format) {
	var workers conc.WaitGroup
	defer workers.Wait()
	bytes, parts := len(to)/w.Out, min(runtime.GOMAXPROCS(0), w.Out)
	for part := range parts {
		workers.Go(func() {
			values := make([]float32, w.In)
			for o := w.Out * part / parts; o < w.Out*(part+1)/parts; o++ {
				w.Row(values, o)
				_, scales[o] = appendRow(to[o*bytes:o*bytes], values, f)
			}
		})
	}
}

// appendRow appends a row in a format. scale is that of Int8.
func appendRow(to []byte, values []float32, f kernels.Format) (_ []byte, scale float32) {
	switch f {
	case kernels.F32:
		for _, v := range values {
			to = binary.LittleEndian.AppendUint32(to, math.Float32bits(v))
		}
	case kernels.F16:
		for _, v := range values {
			to = binary.LittleEndian.AppendUint16(to, float16.Fromfloat32(v).Bits())
		}
	case kernels.BF16:
		for _, v := range values {
			to = binary.LittleEndian.AppendUint16(to, kernels.BFloat16(v))
		}
	case kernels.Int8:
		n := len(to)
		to = append(to, make([]byte, len(values))...)
		scale = kernels.Quantize(unsafe.Slice((*int8)(unsafe.Pointer(&to[n])), len(values)), values)
	}
	return to, scale
}

func (o *ops) NewGated(gate, up kernels.Source) kernels.Matrix {
	kernels.CheckGated(gate, up)
	return o.newMatrix(kernels.Stack(gate, up), gate.Out)
}

func (o *ops) Embed(y kernels.View, table kernels.Matrix, tokens []int32) {
	m, rows := table.(*matrix), len(tokens)
	y.Check("embed", "y", rows, m.in)
	for _, t := range tokens {
		if t < 0 || int(t) >= m.out {
			panic(fmt.Sprintf("kernels: embed: token %d is not below %d", t, m.out))
		}
	}
	if rows == 0 {
		return
	}
	o.room(rows)
	n := o.rows(rows)
	list, words := o.place(rows)
	copy(words, tokens)
	gridX, gridY, k := bucket(rows), blocks(m.in, pointBlock), embedRows.of(m.format, 1)
	if m.tiles.there() {
		k = embedTiled
	}
	if m.format == kernels.Int8 {
		o.launch(k, gridX, gridY, pointBlock, 0, o.result(y), stride(y), m.data.arg(), m.scales.arg(), intArg(m.in), o.P(), n, list)
		return
	}
	o.launch(k, gridX, gridY, pointBlock, 0, o.result(y), stride(y), m.data.arg(), intArg(m.in), o.P(), n, list)
}

// rows gives a number of rows an index.
func (o *ops) rows(n int) uint64 {
	o.list.prompt = o.list.prompt || n > maxBucket
	return o.number(n)
}

// What a product does with its sums.
const (
	set = iota
	add
	swiglu
)

func (o *ops) MatMul(y, x kernels.View, rows int, w kernels.Matrix) {
	m := w.(*matrix)
	o.multiply(y, x, rows, m, m.out, set)
}

func (o *ops) MatMulAdd(y, x kernels.View, rows int, w kernels.Matrix) {
	m := w.(*matrix)
	o.multiply(y, x, rows, m, m.out, add)
}

func (o *ops) MatMulSwiGLU(y, x kernels.View, rows int, w kernels.Matrix) {
	m := w.(*matrix)
	o.multiply(y, x, rows, m, m.out/2, swiglu)
}

// These are the constants of products.cu.
const (
	productRows  = 8
	productWarps = 4
)

// rounds is the argument for whether products round rows.
func (o *ops) rounds() uint64 { return flag(o.precision.Inputs == kernels.BF16) }

// multiply makes out results of every row.
func (o *ops) multiply(y, x kernels.View, rows int, m *matrix, out, mode int) {
	y.Check("matmul", "y", rows, out)
	x.Check("matmul", "x", rows, m.in)
	if rows == 0 {
		return
	}
	if m.tiles.there() {
		o.tensorMultiply(y, x, rows, m, out, mode)
		return
	}
	o.room(0)
	n := o.rows(rows)
	gridX, gridY, k := blocks(out, productWarps), blocks(bucket(rows), productRows), productSet.of(m.format, 3)+function(mode)
	if m.format == kernels.Int8 {
		q, scales := o.quantize(at(x), x.Stride, m.in, bucket(rows), n)
		o.launch(k, gridX, gridY, 32*productWarps, 0, o.result(y), stride(y), q, scales, m.data.arg(), m.scales.arg(), intArg(out),
			intArg(m.in), o.P(), n)
		return
	}
	o.launch(k, gridX, gridY, 32*productWarps, 0, o.result(y), stride(y), at(x), stride(x), m.data.arg(), intArg(out), intArg(m.in), o.rounds(),
		o.P(), n)
}

// quantize makes bytes of rows of in values; n is the index of their number, which is at most rows.
func (o *ops) quantize(x uint64, stride, in, rows int, n uint64) (q, scales uint64) {
	each := blocks(in, kernels.QuantBlock)
	q, scales = o.fit(&o.bytes, rows*in), o.fit(&o.scales, 4*rows*each)
	o.launch(quantizeRow, rows, each, kernels.QuantBlock, 0, q, scales, x, intArg(stride), intArg(in), o.P(), n)
	return q, scales
}
