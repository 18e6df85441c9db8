package weights

import (
	"encoding/binary"
	"errors"
	"math"

	"github.com/x448/float16"

	"caucus/kernels"
)

// DType is the name of a tensor's element type, as a safetensors header spells it.
type DType string

// The element types that Floats reads. Write makes F32, F16 and BF16.
const (
	F32    DType = "F32"
	F16    DType = "F16"
	BF16   DType = "BF16"
	F64    DType = "F64"
	F8E4M3 DType = "F8_E4M3" // four bits of exponent, no infinity (arXiv 2209.05433)
	F8E5M2 DType = "F8_E5M2" // the upper half of an F16
)

// sizes gives the bytes an element of each type of the format takes whose elements are whole bytes.
var sizes = map[DType]int{
	F64: 8, "I64": 8, "U64": 8, "C64": 8,
	F32: 4, "I32": 4, "U32": 4,
	F16: 2, BF16: 2, "I16": 2, "U16": 2,
	"I8": 1, "U8": 1, "BOOL": 1, F8E4M3: 1, F8E5M2: 1, "F8_E8M0": 1,
}

var errNotFloat = errors.New("cannot be read as float32; convert it to F32, F16 or BF16")

// format is the kernels' name of the narrowest type that holds the elements exactly, or F32 for F64, which is rounded.
func (t DType) format() (kernels.Format, error) {
	switch t {
	case F32, F64:
		return kernels.F32, nil
	case F16, F8E4M3, F8E5M2:
		return kernels.F16, nil
	case BF16:
		return kernels.BF16, nil
	}
	return 0, errNotFloat
}

// decode fills values with little-endian elements. Each case has its own loop so that none of them branches on the type.
func (t DType) decode(values []float32, data []byte) {
	le := binary.LittleEndian
	switch t {
	case F32:
		for i := range values {
			values[i] = math.Float32frombits(le.Uint32(data[4*i:]))
		}
	case F16:
		for i := range values {
			values[i] = float16.Frombits(le.Uint16(data[2*i:])).Float32()
		}
	case BF16: // of most large files: four at a time
		for ; len(values) >= 4 && len(data) >= 8; values, data = values[4:], data[8:] {
			four := le.Uint64(data)
			values[0] = kernels.FromBFloat16(uint16(four))
			values[1] = kernels.FromBFloat16(uint16(four >> 16))
			values[2] = kernels.FromBFloat16(uint16(four >> 32))
			values[3] = kernels.FromBFloat16(uint16(four >> 48))
		}
		for i := range values {
			values[i] = kernels.FromBFloat16(le.Uint16(data[2*i:]))
		}
	case F64:
		for i := range values {
			values[i] = float32(math.Float64frombits(le.Uint64(data[8*i:])))
		}
	case F8E4M3:
		for i := range values {
			values[i] = e4m3[data[i]]
		}
	case F8E5M2:
		for i := range values {
			values[i] = float16.Frombits(uint16(data[i]) << 8).Float32()
		}
	}
}

// e4m3 is the value of each byte: a sign, four bits of exponent and three of mantissa.
var e4m3 = func() (values [256]float32) {
	for b := range values {
		exponent, mantissa := b>>3&15, float64(b&7)
		v := math.Ldexp(8+mantissa, exponent-10)
		switch {
		case exponent == 0:
			v = math.Ldexp(mantissa, -9)
		case b&127 == 127:
			v = math.NaN()
		}
		values[b] = float32(math.Copysign(v, float64(int8(b))))
	}
	return values
}()

// append encodes v, rounded to nearest even. The type is one that Write has checked.
func (t DType) append(data []byte, v float32) []byte {
	le := binary.LittleEndian
	switch t {
	case F16:
		return le.AppendUint16(data, float16.Fromfloat32(v).Bits())
	case BF16:
		return le.AppendUint16(data, kernels.BFloat16(v))
	}
	return le.AppendUint32(data, math.Float32bits(v))
}
