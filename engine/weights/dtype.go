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

// format is the kernels' name of the narrowest type that holds the elements exactly, or F32 for F64, which is rounded.
func (t DType) format() (kernels.Format, error) {
	switch t {
	case F32, F64:
		return kernels.F32, nil
	case F16:
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
	case BF16:
		for i := range values {
			values[i] = kernels.FromBFloat16(le.Uint16(data[2*i:]))
		}
	case F64:
		for i := range values {
			values[i] = float32(math.Float64frombits(le.Uint64(data[8*i:])))
		}
	}
}

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
