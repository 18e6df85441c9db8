package cpu

import (
	"math"

	"caucus/kernels"
)

// generic is plain Go, for every processor. Its sums run in the same order for every shape of tile too.
var generic = &instructions{
	name:        "generic",
	tile:        tileGeneric,
	mambaBlocks: (*mambaToken).generic,
	sumSquares:  sumSquaresGeneric,
	scaleRow:    scaleRowGeneric,
	swiGLURow:   swiGLURowGeneric,
	maxRow:      maxRowGeneric,
	expSum:      expSumGeneric,
	expMoments:  expMomentsGeneric,
	drawWeights: drawWeightsGeneric,
}

func tileGeneric(rows, panels, k int, x []float32, ldx int, w []float32, ldw int, y []float32, ldy int, add bool) {
	for r := range rows {
		for p := range panels {
			out := y[r*ldy+p*panelWidth:][:panelWidth]
			var acc [panelWidth]float32
			if add {
				copy(acc[:], out)
			}
			for i, v := range x[r*ldx:][:k] {
				for c, weight := range w[p*ldw+i*panelWidth:][:panelWidth] {
					acc[c] += v * weight
				}
			}
			copy(out, acc[:])
		}
	}
}

func sumSquaresGeneric(x []float32) float32 {
	sum := float32(0)
	for _, v := range x {
		sum += v * v
	}
	return sum
}

func scaleRowGeneric(y, x, w []float32, scale float32) {
	for i, v := range x {
		y[i] = v * scale * w[i]
	}
}

func swiGLURowGeneric(y, gate, up []float32) {
	for i, v := range gate {
		y[i] = silu(v) * up[i]
	}
}

func maxRowGeneric(x []float32) float32 {
	largest := float32(math.Inf(-1))
	for _, v := range x {
		if v > largest {
			largest = v
		}
	}
	return largest
}

func expSumGeneric(x []float32, largest, scale float32) float32 {
	sum := float32(0)
	for i, v := range x {
		x[i] = exp((v - largest) * scale)
		sum += x[i]
	}
	return sum
}

func expMomentsGeneric(x []float32, largest float32) (total, moment float32) {
	for _, v := range x {
		t := v - largest
		w := exp(t)
		total += w
		if w > 0 {
			moment += t * w
		}
	}
	return total, moment
}

func drawWeightsGeneric(w []int32, x []float32, largest, temperature float32) {
	for i, v := range x {
		w[i] = kernels.Weight((v - largest) / temperature)
	}
}

func exp(v float32) float32 { return float32(math.Exp(float64(v))) }

func silu(v float32) float32 { return v / (1 + exp(-v)) }

func softplus(v float32) float32 {
	if v > 20 {
		return v
	}
	return float32(math.Log1p(math.Exp(float64(v))))
}
