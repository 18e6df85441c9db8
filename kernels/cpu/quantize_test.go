package cpu

import (
	"math"
	"slices"
	"testing"

	"caucus/kernels"
)

func TestBlocksAreQuantizedAsTheSpecificationSays(t *testing.T) {
	values := random(kernels.QuantBlock)
	for _, inst := range instructionSets() {
		for _, size := range []float32{1, 1e-30, 1e-36, 1e-38, 1e-42, 0, 1e30, float32(math.Inf(1))} {
			for _, n := range []int{1, 3, 4, 5, 8, 13, 16, 250, 255, 256} {
				x := make([]float32, n)
				for i := range x {
					x[i] = values[i] * size
				}
				x[n/2] = -4 * size
				want, got := make([]int8, n), make([]int8, kernels.QuantBlock)
				scale, bias := inst.quantizeBlock(got, x)
				sum := int32(0)
				wantScale := kernels.Quantize(want, x)
				for _, q := range want {
					sum += int32(q)
				}
				if !slices.Equal(got[:n], want) || bias != -128*sum || math.Float32bits(scale) != math.Float32bits(wantScale) &&
					(scale == scale || wantScale == wantScale) {
					t.Errorf("%s, %d values of size %v: %v times %v, bias %d; want %v times %v, bias %d", inst.name, n, size, got[:n],
						scale, bias, want, wantScale, -128*sum)
				}
			}
		}
	}
}
