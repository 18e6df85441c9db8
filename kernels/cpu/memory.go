package cpu

import (
	"unsafe"

	"caucus/kernels"
)

// cacheLine is the alignment of buffers and weights: a vector that straddles two lines costs two accesses.
const cacheLine = 64

// aligned returns n zeros that begin on a cache line.
func aligned(n int) []float32 { return floats(alignedBytes(4 * n)) }

// alignedBytes is aligned for bytes. A large block begins on a large page and is asked to lie on such: a core that reads
// weights of gigabytes, or thousands of keys here and there, would look up as many small pages as it reads.
func alignedBytes(n int) []byte {
	alignment := cacheLine
	if n >= largePage {
		alignment = largePage
	}
	s := make([]byte, n+alignment)
	skip := int(-uintptr(unsafe.Pointer(&s[0])) % uintptr(alignment))
	s = s[skip : skip+n : skip+n]
	if n >= largePage {
		adviseLargePages(s)
	}
	return s
}

// largePage is the size of the processor's large pages.
const largePage = 2 << 20

// floats is b, aligned to 4 bytes, as numbers.
func floats(b []byte) []float32 {
	return unsafe.Slice((*float32)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/4)
}

// halves is b, aligned to 2 bytes, as the bits of 16-bit numbers.
func halves(b []byte) []uint16 {
	return unsafe.Slice((*uint16)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/2)
}

// rowsOf is a view's memory from its first row on.
func rowsOf(v kernels.View) []float32 { return v.Buf.(kernels.Vector)[v.Off:] }

// row is row r of a view, n wide.
func row(v kernels.View, r, n int) []float32 {
	from := v.Off + r*v.Stride
	return v.Buf.(kernels.Vector)[from : from+n]
}
