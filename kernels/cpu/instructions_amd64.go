//go:build !purego

package cpu

import (
	"fmt"
	"math"

	"golang.org/x/sys/cpu"
)

// bestInstructions are the fastest that this processor has.
func bestInstructions() *instructions {
	if cpu.X86.HasAVX2 && cpu.X86.HasFMA {
		return avx2
	}
	return generic
}

var avx2 = &instructions{
	name: "avx2",
	tile: tileAVX2,
	mambaBlocks: func(t *mambaToken) {
		if t.lanes != vectorLanes {
			t.generic()
			return
		}
		mambaBlocksAVX2(t.blocks, t.states, len(t.x), &t.at[0], &t.x[0], &t.w[0], &t.z[0], &t.b[0], &t.c[0], &t.dt[0],
			&t.s[0], &t.y[0])
	},
	sumSquares: func(x []float32) float32 { return sumSquaresAVX2(&x[0], len(x)) },
	scaleRow:   func(y, x, w []float32, scale float32) { scaleRowAVX2(&y[0], &x[0], &w[0], len(x), scale) },
	swiGLURow:  func(y, gate, up []float32) { swiGLUAVX2(&y[0], &gate[0], &up[0], len(y)) },
	maxRow:     func(x []float32) float32 { return maxRowAVX2(&x[0], len(x)) },
	expSum: func(x []float32, largest, scale float32) float32 {
		return expSumAVX2(&x[0], len(x), largest, scale*math.Log2E)
	},
	expMoments: func(x []float32, largest float32) (total, moment float32) {
		total, moment = expMomentsAVX2(&x[0], len(x), largest)
		return total, moment * math.Ln2
	},
	drawWeights: func(w []int32, x []float32, largest, temperature float32) {
		drawWeightsAVX2(&w[0], &x[0], len(x), largest, temperature)
	},
	fmaRounds: fmaPeakAVX2,
}

func tileAVX2(rows, panels, k int, x []float32, ldx int, w []float32, ldw int, y []float32, ldy int, add bool) {
	from := 0
	if add {
		from = 1
	}
	switch {
	case rows == 1 && panels == 1:
		tile1x1(k, &x[0], ldx, &w[0], ldw, &y[0], ldy, from)
	case rows == 1 && panels == 4:
		tile1x4(k, &x[0], ldx, &w[0], ldw, &y[0], ldy, from)
	case rows == 2 && panels == 1:
		tile2x1(k, &x[0], ldx, &w[0], ldw, &y[0], ldy, from)
	case rows == 2 && panels == 2:
		tile2x2(k, &x[0], ldx, &w[0], ldw, &y[0], ldy, from)
	case rows == 3 && panels == 1:
		tile3x1(k, &x[0], ldx, &w[0], ldw, &y[0], ldy, from)
	case rows == 3 && panels == 2:
		tile3x2(k, &x[0], ldx, &w[0], ldw, &y[0], ldy, from)
	case rows == 4:
		tile4x1(k, &x[0], ldx, &w[0], ldw, &y[0], ldy, from)
	case rows == 5:
		tile5x1(k, &x[0], ldx, &w[0], ldw, &y[0], ldy, from)
	case rows == 6:
		tile6x1(k, &x[0], ldx, &w[0], ldw, &y[0], ldy, from)
	default:
		panic(fmt.Sprintf("cpu: there is no tile of %d rows and %d panels", rows, panels))
	}
}
