package weights

import (
	"encoding/binary"
	"errors"
	"math"

	"github.com/x448/float16"
)

// DType is the name of a tensor's element type, as a safetensors header spells it.
type DType string

// The element types that Floats reads. Write makes all but F64.
const (
	F32  DType = "F32"
	F16  DType = "F16"
	BF16 DType = "BF16"
	F64  DType = "F64"
)

// sizes gives the bytes an element of each type of the format takes whose elements are whole bytes.
var sizes = map[DType]int{
	F64: 8, "I64": 8, "U64": 8, "C64": 8,
	F32: 4, "I32": 4, "U32": 4,
	F16: 2, BF16: 2, "I16": 2, "U16": 2,
	"I8": 1, "U8": 1, "BOOL": 1, "F8_E4M3": 1, "F8_E5M2": 1, "F8_E8M0": 1,
}

var errNotFloat = errors.New("cannot be read as float32; convert it to F32, F16, BF16 or F64")

// floats decodes little-endian elements. Each case has its own loop so that none of them branches on the type.
func (t DType) floats(data []byte) ([]float32, error) {
	le := binary.LittleEndian
	switch t {
	case F32, F16, BF16, F64:
	default:
		return nil, errNotFloat
	}
	values := make([]float32, len(data)/sizes[t])
	switch t {
	case F32:
		for i := range values {
			values[i] = math.Float32frombits(le.Uint32(data[4*i:]))
		}
	case F16:
		for i := range values {
			values[i] = float16.Frombits(le.Uint16(data[2*i:])).Float32()
		}
	case BF16:
		for i := range values {
			values[i] = math.Float32frombits(uint32(le.Uint16(data[2*i:])) << 16)
		}
	case F64:
		for i := range values {
			values[i] = float32(math.Float64frombits(le.Uint64(data[8*i:])))
		}
	}
	return values, nil
}

// append encodes v, rounded to nearest even. The type is one that Write has checked.
func (t DType) append(data []byte, v float32) []byte {
	le := binary.LittleEndian
	switch t {
	case F16:
		return le.AppendUint16(data, float16.Fromfloat32(v).Bits())
	case BF16:
		return le.AppendUint16(data, bfloat16(v))
	}
	return le.AppendUint32(data, math.Float32bits(v))
}

// bfloat16 keeps the upper half of v's bits, rounded to nearest even.
func bfloat16(v float32) uint16 {
	bits := math.Float32bits(v)
	if v != v {
		return uint16(bits>>16) | 0x40 // rounding could carry a NaN's mantissa away, to infinity
	}
	return uint16((bits + 0x7fff + bits>>16&1) >> 16)
}
