package cpu

import (
	"math"

	"github.com/x448/float16"

	"caucus/kernels"
)

// storeEvery writes v[i] as number from+i*stride of b. Each format has its own loop so that none asks for it.
func storeEvery(f kernels.Format, b []byte, from, stride int, v []float32) {
	switch f {
	case kernels.F16:
		to := halves(b)[from:]
		for i, v := range v {
			to[i*stride] = float16.Fromfloat32(v).Bits()
		}
	case kernels.BF16:
		to := halves(b)[from:]
		for i, v := range v {
			to[i*stride] = kernels.BFloat16(v)
		}
	default:
		to := floats(b)[from:]
		for i, v := range v {
			to[i*stride] = v
		}
	}
}

// loadEvery is the reverse of storeEvery.
func loadEvery(f kernels.Format, v []float32, b []byte, from, stride int) {
	switch f {
	case kernels.F16:
		halves := halves(b)[from:]
		for i := range v {
			v[i] = fromFloat16(halves[i*stride])
		}
	case kernels.BF16:
		halves := halves(b)[from:]
		for i := range v {
			v[i] = kernels.FromBFloat16(halves[i*stride])
		}
	default:
		floats := floats(b)[from:]
		for i := range v {
			v[i] = floats[i*stride]
		}
	}
}

// loadAll reads consecutive numbers.
func loadAll(f kernels.Format, v []float32, b []byte) { loadEvery(f, v, b, 0, 1) }

// fromFloat16 is the number of these bits. Moved to their places in a float32 they are 2^112 times too small, subnormal
// ones too; only infinity and NaN have an exponent that a product doesn't give.
func fromFloat16(bits uint16) float32 {
	sign, magnitude := uint32(bits&0x8000)<<16, uint32(bits&0x7fff)<<13
	if bits&0x7c00 == 0x7c00 {
		return math.Float32frombits(sign | magnitude | 0x7f800000)
	}
	return math.Float32frombits(sign | math.Float32bits(math.Float32frombits(magnitude)*0x1p112))
}
