package cpu

import (
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

// load reads number i of b.
func load(f kernels.Format, b []byte, i int) float32 {
	switch f {
	case kernels.F16:
		return float16.Frombits(halves(b)[i]).Float32()
	case kernels.BF16:
		return kernels.FromBFloat16(halves(b)[i])
	}
	return floats(b)[i]
}
