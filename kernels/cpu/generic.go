package cpu

import (
	"math"

	"caucus/kernels"
)

// generic is plain Go, for every processor. Its sums run in the same order for every shape of tile too.
var generic = &instructions{
	name:        "generic",
	lanes:       leastLanes,
	tileRows:    6,
	tile:        tileGeneric,
	tileInt8:    tileInt8Generic,
	scores:      scoresGeneric,
	values:      valuesGeneric,
	absMax:      absMaxGeneric,
	quantizeRow: quantizeRowGeneric,
	convRow:     convRowGeneric,
	mambaInputs: (*mambaToken).inputsGeneric,
	mambaScan:   (*mambaToken).scanGeneric,
	mamba2Steps: mamba2StepsGeneric,
	mamba2Scan:  (*mamba2Token).scanGeneric,
	sumSquares:  sumSquaresGeneric,
	scaleRow:    scaleRowGeneric,
	addScaled:   addScaledGeneric,
	squaredReLU: squaredReLUGeneric,
	swiGLURow:   swiGLURowGeneric,
	maxRow:      maxRowGeneric,
	expSum:      expSumGeneric,
	expMoments:  expMomentsGeneric,
	drawWeights: drawWeightsGeneric,
}

// tileGeneric unpacks each panel once for all rows.
func tileGeneric(
	f kernels.Format, rows, panels, k int, x []float32, ldx int, w []byte, ldw int, y []float32, ldy int, add bool,
) {
	var unpacked [sliceLen * panelWidth]float32
	for p := range panels {
		weights := unpacked[:k*panelWidth]
		loadAll(f, weights, w[p*ldw:])
		for r := range rows {
			out := y[r*ldy+p*panelWidth:][:panelWidth]
			var acc [panelWidth]float32
			if add {
				copy(acc[:], out)
			}
			for i, v := range x[r*ldx:][:k] {
				for c, weight := range weights[i*panelWidth:][:panelWidth] {
					acc[c] += v * weight
				}
			}
			copy(out, acc[:])
		}
	}
}

func tileInt8Generic(
	rows, panels, groups int, x int8Rows, w []byte, ldw int, ws []float32, y []float32, ldy int, add bool,
) {
	for r := range rows {
		for p := range panels {
			var dots [panelWidth]int32
			for g := range groups {
				q := x.q[r*x.ldq+g*groupLen:][:groupLen]
				a, b, c, d := int32(q[0]), int32(q[1]), int32(q[2]), int32(q[3])
				panel := w[p*ldw+g*groupLen*panelWidth:][:groupLen*panelWidth]
				for o := range dots {
					v := panel[o*groupLen:][:groupLen]
					dots[o] += a*int32(v[0]) + b*int32(v[1]) + c*int32(v[2]) + d*int32(v[3])
				}
			}
			for o, dot := range dots {
				v := float32(dot+x.biases[r*x.blocks]) * x.scales[r*x.blocks] * ws[p*panelWidth+o]
				out := &y[r*ldy+p*panelWidth+o]
				if add {
					v = *out + float32(v)
				}
				*out = v
			}
		}
	}
}

func scoresGeneric(rows int, k *positions, x []float32, ldx int, y []float32, ldy int) {
	for i, page := range k.pages {
		tileGeneric(k.format, rows, kernels.PageLen/panelWidth, k.n, x, ldx, k.keys[int(page)*k.keyBytes:],
			k.n*panelWidth*k.format.Bytes(), y[i*kernels.PageLen:], ldy, false)
	}
}

func valuesGeneric(rows int, k *positions, x []float32, ldx int, y []float32, ldy int) {
	for i, page := range k.pages {
		n := kernels.PageLen
		if i == len(k.pages)-1 {
			n = k.last
		}
		tileGeneric(k.format, rows, k.padded/panelWidth, n, x[i*kernels.PageLen:], ldx, k.values[int(page)*k.valueBytes:],
			kernels.PageLen*panelWidth*k.format.Bytes(), y, ldy, i > 0)
	}
}

func absMaxGeneric(x []float32) (largest, zero float32) {
	for _, v := range x {
		if a := float32(math.Abs(float64(v))); a > largest {
			largest = a
		}
		zero += v * 0
	}
	return largest, zero
}

func quantizeRowGeneric(q []int8, x []float32, inverse float32) (sum int32) {
	for i, v := range x {
		q[i] = int8(math.RoundToEven(float64(float32(v * inverse))))
		sum += int32(q[i])
	}
	clear(q[len(x) : groups(len(x))*groupLen])
	return sum
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

func addScaledGeneric(y, x []float32, scale float32) {
	for i, v := range x {
		y[i] += scale * v
	}
}

func squaredReLUGeneric(y []float32) {
	for i, v := range y {
		v = max(v, 0)
		y[i] = v * v
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
