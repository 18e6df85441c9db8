package cpu

import (
	"github.com/x448/float16"

	"caucus/kernels"
)

// store writes v as number i of b.
func store(f kernels.Format, b []byte, i int, v float32) {
	switch f {
	case kernels.F16:
		halves(b)[i] = float16.Fromfloat32(v).Bits()
	case kernels.BF16:
		halves(b)[i] = kernels.BFloat16(v)
	default:
		floats(b)[i] = v
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
