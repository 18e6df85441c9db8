package kernels

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/x448/float16"
)

// Format is how the numbers of a weight matrix, or of cached keys and values, are stored. Sums are float32 whatever it is.
type Format int

const (
	// Stored keeps a matrix as its checkpoint has it, which loses nothing.
	Stored Format = iota
	F32
	F16  // IEEE half precision: 11 bits of precision, up to 65504
	BF16 // the upper half of a float32: 8 bits of precision, its range
	// Int8 stores a weight in a byte and multiplies bytes: see [Quantize]. It is for matrices alone.
	Int8
)

var formatNames = []string{"stored", "f32", "f16", "bf16", "int8"}

// String is the name that ParseFormat takes.
func (f Format) String() string { return formatNames[f] }

// ParseFormat returns the format of a name.
func ParseFormat(name string) (Format, error) {
	i := slices.Index(formatNames, name)
	if i < 0 {
		return 0, fmt.Errorf("no number format %q; there are %q", name, formatNames)
	}
	return Format(i), nil
}

// formatBytes are the sizes of the formats' numbers.
var formatBytes = [...]int{F32: 4, F16: 2, BF16: 2, Int8: 1}

// Bytes is the size of a number.
func (f Format) Bytes() int { return formatBytes[f] }

// Round is v as F32, F16 or BF16 hold it, rounded to nearest, half to even.
func (f Format) Round(v float32) float32 {
	switch f {
	case F16:
		return float16.Fromfloat32(v).Float32()
	case BF16:
		return FromBFloat16(BFloat16(v))
	}
	return v
}

// BFloat16 is the upper half of v's bits, rounded to nearest, half to even.
func BFloat16(v float32) uint16 {
	bits := math.Float32bits(v)
	if v != v {
		return uint16(bits>>16) | 0x40 // rounding could carry a NaN's mantissa away, to infinity
	}
	return uint16((bits + 0x7fff + bits>>16&1) >> 16)
}

// FromBFloat16 is the number of these bits.
func FromBFloat16(bits uint16) float32 { return math.Float32frombits(uint32(bits) << 16) }

// Precision says in what form an Ops keeps what it reads most.
type Precision struct {
	Weights Format
	KV      Format // of keys and values: F32, which the zero value stands for, or BF16
	// Inputs is what rows are rounded to before they are multiplied by a matrix that is not Int8: F32, which the zero value
	// stands for, or BF16, which tensor cores take.
	Inputs Format
}

// WithDefaults replaces a zero KV and zero Inputs.
func (p Precision) WithDefaults() Precision {
	p.KV, p.Inputs = cmp.Or(p.KV, F32), cmp.Or(p.Inputs, F32)
	return p
}

// Check tells what cannot be stored so.
func (p Precision) Check() error {
	if p.Weights < Stored || p.Weights > Int8 {
		return fmt.Errorf("there is no format %d to store weights in", int(p.Weights))
	}
	if p.KV != Stored && p.KV != F32 && p.KV != BF16 {
		return fmt.Errorf("keys and values cannot be stored as %v, only as f32 or bf16", p.KV)
	}
	if p.Inputs != Stored && p.Inputs != F32 && p.Inputs != BF16 {
		return fmt.Errorf("rows cannot be multiplied as %v, only as f32 or bf16", p.Inputs)
	}
	return nil
}

// leastInt8 is how many inputs a matrix must have for Int8: below, scales cost what bytes save.
const leastInt8 = 64

// Of is the format of a matrix.
func (p Precision) Of(s Source) Format {
	if p.Weights == Stored || p.Weights == Int8 && s.In < leastInt8 {
		return cmp.Or(s.Stored, F32)
	}
	return p.Weights
}

// QuantBlock is how many inputs share a scale in x; see [Quantize].
const QuantBlock = 256

// LeastQuantized keeps 127/max|x| finite.
const LeastQuantized = 0x1p-100

// Quantize writes x as multiples q of a scale, -127 <= q <= 127, and returns the scale. All implementations take the same
// float32 steps: scale = max|x|/127, q = x*(127/max|x|) rounded to nearest, half to even.
//
// A product with an [Int8] matrix is y[r,o] = ws[o] * sum over blocks b of xs[r,b] * sum over i in b of xq[r,i]*wq[o,i].
// A row of weights has one scale, a row of x one for each QuantBlock of inputs, so that an outlier spoils a block and
// not the row. The sums within a block are exact whole numbers. A block that is not finite has the scale NaN, one whose largest
// magnitude is below LeastQuantized the scale 0.
func Quantize(q []int8, x []float32) (scale float32) {
	largest, zero := float32(0), float32(0)
	for _, v := range x {
		largest = max(largest, float32(math.Abs(float64(v))))
		zero += v * 0
	}
	if largest < LeastQuantized || zero != zero {
		clear(q)
		return zero
	}
	inverse := 127 / largest
	for i, v := range x {
		q[i] = int8(math.RoundToEven(float64(float32(v * inverse))))
	}
	return largest / 127
}
