package cpu

import (
	"unsafe"

	"caucus/kernels"
)

// cacheLine is the alignment of buffers and weights: a vector that straddles two lines costs two accesses.
const cacheLine = 64

// aligned returns n zeros that begin on a cache line.
func aligned(n int) []float32 {
	const spare = cacheLine / 4
	s := make([]float32, n+spare)
	skip := int(-uintptr(unsafe.Pointer(&s[0]))%cacheLine) / 4
	return s[skip : skip+n : skip+n]
}

// rowsOf is a view's memory from its first row on.
func rowsOf(v kernels.View) []float32 { return v.Buf.(kernels.Vector)[v.Off:] }

// row is row r of a view, n wide.
func row(v kernels.View, r, n int) []float32 {
	from := v.Off + r*v.Stride
	return v.Buf.(kernels.Vector)[from : from+n]
}
