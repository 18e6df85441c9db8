package gguf

import (
	"encoding/binary"
	"math"

	"github.com/x448/float16"

	"caucus/kernels"
)

// format is how numbers are stored: in blocks of some values, which take some bytes.
type format struct {
	name          string
	values, bytes int
	decode        func(to []float32, data []byte) // any number of whole blocks; nil where this package cannot
}

// formats are the file format's, by number, with those that are no longer written left out.
var formats = map[uint32]format{
	0:  {"F32", 1, 4, decodeF32},
	1:  {"F16", 1, 2, decodeF16},
	30: {"BF16", 1, 2, decodeBF16},
	2:  {"Q4_0", 32, 18, blocks(32, 18, decodeQ40)},
	3:  {"Q4_1", 32, 20, blocks(32, 20, decodeQ41)},
	6:  {"Q5_0", 32, 22, blocks(32, 22, decodeQ50)},
	7:  {"Q5_1", 32, 24, blocks(32, 24, decodeQ51)},
	8:  {"Q8_0", 32, 34, blocks(32, 34, decodeQ80)},
	10: {"Q2_K", 256, 84, blocks(256, 84, decodeQ2K)},
	11: {"Q3_K", 256, 110, blocks(256, 110, decodeQ3K)},
	12: {"Q4_K", 256, 144, blocks(256, 144, decodeQ4K)},
	13: {"Q5_K", 256, 176, blocks(256, 176, decodeQ5K)},
	14: {"Q6_K", 256, 210, blocks(256, 210, decodeQ6K)},

	9:  {"Q8_1", 32, 36, nil},
	15: {"Q8_K", 256, 292, nil},
	16: {"IQ2_XXS", 256, 66, nil},
	17: {"IQ2_XS", 256, 74, nil},
	18: {"IQ3_XXS", 256, 98, nil},
	19: {"IQ1_S", 256, 50, nil},
	20: {"IQ4_NL", 32, 18, nil},
	21: {"IQ3_S", 256, 110, nil},
	22: {"IQ2_S", 256, 82, nil},
	23: {"IQ4_XS", 256, 136, nil},
	24: {"I8", 1, 1, nil},
	25: {"I16", 1, 2, nil},
	26: {"I32", 1, 4, nil},
	27: {"I64", 1, 8, nil},
	28: {"F64", 1, 8, nil},
	29: {"IQ1_M", 256, 56, nil},
	34: {"TQ1_0", 256, 54, nil},
	35: {"TQ2_0", 256, 66, nil},
	39: {"MXFP4", 32, 17, nil},
	40: {"NVFP4", 64, 36, nil},
	41: {"Q1_0", 128, 18, nil},
	42: {"Q2_0", 64, 18, nil},
}

// stored is the kernels' narrowest format that holds the values exactly.
func (f format) stored() kernels.Format {
	switch f.name {
	case "F16":
		return kernels.F16
	case "BF16":
		return kernels.BF16
	}
	return kernels.F32
}

func decodeF32(to []float32, data []byte) {
	for i := range to {
		to[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
	}
}

func decodeF16(to []float32, data []byte) {
	for i := range to {
		to[i] = half(data[2*i:])
	}
}

func decodeBF16(to []float32, data []byte) {
	for i := range to {
		to[i] = kernels.FromBFloat16(binary.LittleEndian.Uint16(data[2*i:]))
	}
}

func half(data []byte) float32 { return float16.Frombits(binary.LittleEndian.Uint16(data)).Float32() }

// blocks decodes one block after the other.
func blocks(values, bytes int, decode func(to []float32, block []byte)) func([]float32, []byte) {
	return func(to []float32, data []byte) {
		for ; len(to) > 0; to, data = to[values:], data[bytes:] {
			decode(to[:values:values], data[:bytes:bytes])
		}
	}
}

// Below, a product is rounded to float32 before it is part of a sum: a processor with a fused operation would not do so.

// decodeQ80: a scale, and a byte a value.
func decodeQ80(to []float32, block []byte) {
	scale := half(block)
	for i, q := range block[2:] {
		to[i] = float32(int8(q)) * scale
	}
}

// decodeQ40: a scale, and 16 bytes with the first half of the values in their lower four bits, from -8 on.
func decodeQ40(to []float32, block []byte) {
	scale := half(block)
	for i, b := range block[2:] {
		to[i] = float32(int(b&15)-8) * scale
		to[i+16] = float32(int(b>>4)-8) * scale
	}
}

// decodeQ41 has a least value after the scale, from which values count.
func decodeQ41(to []float32, block []byte) {
	scale, least := half(block), half(block[2:])
	for i, b := range block[4:] {
		to[i] = float32(float32(b&15)*scale) + least
		to[i+16] = float32(float32(b>>4)*scale) + least
	}
}

// decodeQ50 has the fifth bits, value i's in bit i, before the others.
func decodeQ50(to []float32, block []byte) {
	scale, fifth := half(block), binary.LittleEndian.Uint32(block[2:])
	for i, b := range block[6:] {
		to[i] = float32(int(b&15|fifthBit(fifth, i))-16) * scale
		to[i+16] = float32(int(b>>4|fifthBit(fifth, i+16))-16) * scale
	}
}

func decodeQ51(to []float32, block []byte) {
	scale, least, fifth := half(block), half(block[2:]), binary.LittleEndian.Uint32(block[4:])
	for i, b := range block[8:] {
		to[i] = float32(float32(b&15|fifthBit(fifth, i))*scale) + least
		to[i+16] = float32(float32(b>>4|fifthBit(fifth, i+16))*scale) + least
	}
}

func fifthBit(bits uint32, i int) byte { return byte(bits >> i & 1 << 4) }

// The K formats store 256 values, of which every 16 or 32 have a scale that is itself a multiple of the block's.

// decodeQ2K: 16 bytes of scale and least value, four bits each; 64 of values; the scale of each.
func decodeQ2K(to []float32, block []byte) {
	scales, values := block[:16], block[16:80]
	scale, least := half(block[80:]), half(block[82:])
	for i := range to {
		q := values[i/128*32+i%32] >> (i / 32 % 4 * 2) & 3
		s := scales[i/16]
		to[i] = float32(scale*float32(s&15)*float32(q)) - float32(least*float32(s>>4))
	}
}

// decodeQ3K: 32 bytes of the values' third bits, of which a 1 stands for 0 and a 0 for -4; 64 of the others; 12 of scales;
// their scale.
func decodeQ3K(to []float32, block []byte) {
	third, values, scales, scale := block[:32], block[32:96], block[96:108], half(block[108:])
	for i := range to {
		q := int(values[i/128*32+i%32] >> (i / 32 % 4 * 2) & 3)
		if third[i%32]>>(i/32)&1 == 0 {
			q -= 4
		}
		j := i / 16
		s := scales[j%8]>>(j/8*4)&15 | scales[8+j%4]>>(j/4*2)&3<<4
		to[i] = scale * float32(int(s)-32) * float32(q)
	}
}

// decodeQ4K: the scale of scales and of least values; 12 bytes of both; 128 of values.
func decodeQ4K(to []float32, block []byte) {
	scales, values := block[4:16], block[16:]
	for j := range 8 {
		scale, least := scaleAndLeast(block, scales, j)
		for i := range 32 {
			q := values[j/2*32+i] >> (j % 2 * 4) & 15
			to[j*32+i] = float32(scale*float32(q)) - least
		}
	}
}

// decodeQ5K has 32 bytes of the values' fifth bits before the values.
func decodeQ5K(to []float32, block []byte) {
	scales, fifth, values := block[4:16], block[16:48], block[48:]
	for j := range 8 {
		scale, least := scaleAndLeast(block, scales, j)
		for i := range 32 {
			q := values[j/2*32+i]>>(j%2*4)&15 | fifth[i]>>j&1<<4
			to[j*32+i] = float32(scale*float32(q)) - least
		}
	}
}

// scaleAndLeast are those of the block's values from 32j on, stored in six bits each: the first four in the lower bits of
// bytes 0 to 7; of the others four bits in bytes 8 to 11, and two in the upper bits of the first.
func scaleAndLeast(block, packed []byte, j int) (scale, least float32) {
	s, l := packed[j%4]&63, packed[j%4+4]&63
	if j >= 4 {
		s = packed[j+4]&15 | packed[j-4]>>6<<4
		l = packed[j+4]>>4 | packed[j]>>6<<4
	}
	return half(block) * float32(s), half(block[2:]) * float32(l)
}

// decodeQ6K: 128 bytes of the values' lower four bits, 64 of the upper two, 16 of scales, their scale.
func decodeQ6K(to []float32, block []byte) {
	lower, upper, scales, scale := block[:128], block[128:192], block[192:208], half(block[208:])
	for i := range to {
		part := i / 32 % 4
		q := lower[i/128*64+part%2*32+i%32]>>(part/2*4)&15 | upper[i/128*32+i%32]>>(part*2)&3<<4
		to[i] = scale * float32(int8(scales[i/16])) * float32(int(q)-32)
	}
}
