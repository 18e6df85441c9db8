//go:build !purego

package cpu

import (
	"math"

	"golang.org/x/sys/cpu"

	"caucus/kernels"
)

// bestInstructions are the fastest that this processor has.
func bestInstructions() *instructions { return instructionSets()[0] }

// instructionSets are those that this processor has, the fastest first.
func instructionSets() []*instructions {
	switch has := &cpu.X86; {
	case !has.HasAVX2 || !has.HasFMA || !has.HasF16C:
		return []*instructions{generic}
	case !has.HasAVX512 || !has.HasAVX512VNNI:
		return []*instructions{avx2, generic}
	}
	return []*instructions{avx512, avx2, generic}
}

var avx2 = &instructions{
	name:     "avx2",
	lanes:    8,
	tileRows: 6,
	tile:     tileWith(tileF32AVX2, tileF16AVX2, tileBF16AVX2),
	tileInt8: tileInt8With(tileInt8AVX2),
	scores:   scoresWith(scoresF32AVX2, scoresBF16AVX2),
	values:   valuesWith(8, valuesF32AVX2, valuesBF16AVX2),
	absMax:   func(x []float32) (largest, zero float32) { return absMaxAVX2(&x[0], len(x)) },
	quantizeRow: func(q []int8, x []float32, inverse float32) int32 {
		return quantizeAVX2(&q[0], &x[0], len(x), inverse)
	},
	convRow:     convRowWith(8, convRowAVX2),
	mambaInputs: mambaInputsWith(mambaInputsAVX2, mambaConvolvedAVX2),
	mambaScan:   mambaScanWith(mambaScanAVX2),
	mamba2Steps: func(decay, delta, dt, bias, rates []float32, least, most float32) {
		mamba2StepsAVX2(&decay[0], &delta[0], &dt[0], &bias[0], &rates[0], len(dt), least, most)
	},
	mamba2Scan:  mamba2ScanWith(mamba2ScanAVX2),
	addScaled:   func(y, x []float32, scale float32) { addScaledAVX2(&y[0], &x[0], len(x), scale) },
	squaredReLU: func(y []float32) { squaredReLUAVX2(&y[0], len(y)) },
	sumSquares:  func(x []float32) float32 { return sumSquaresAVX2(&x[0], len(x)) },
	scaleRow:    func(y, x, w []float32, scale float32) { scaleRowAVX2(&y[0], &x[0], &w[0], len(x), scale) },
	swiGLURow:   func(y, gate, up []float32) { swiGLUAVX2(&y[0], &gate[0], &up[0], len(y)) },
	maxRow:      func(x []float32) float32 { return maxRowAVX2(&x[0], len(x)) },
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
	fmaRounds:  fmaPeakAVX2,
	int8Rounds: int8PeakAVX2,
}

// avx512 has larger tiles, multiplies bytes and scans wider; the rest is a small part of a step and stays AVX2's.
var avx512 = func() *instructions {
	in := *avx2
	in.name, in.lanes, in.tileRows = "avx512", 16, 12
	in.tile = tileWith(tileF32AVX512, tileF16AVX512, tileBF16AVX512)
	in.tileInt8 = tileInt8With(tileInt8AVX512)
	in.scores = scoresWith(scoresF32AVX512, scoresBF16AVX512)
	in.values = valuesWith(16, valuesF32AVX512, valuesBF16AVX512)
	in.convRow = convRowWith(16, convRowAVX512)
	in.mambaInputs = byLanes(avx2.mambaInputs, mambaInputsWith(mambaInputsAVX512, mambaConvolvedAVX512))
	in.mambaScan = byLanes(avx2.mambaScan, mambaScanWith(mambaScanAVX512))
	in.mamba2Scan = byLanes(avx2.mamba2Scan, mamba2ScanWith(mamba2ScanAVX512))
	in.fmaRounds, in.int8Rounds = fmaPeakAVX512, int8PeakAVX512
	return &in
}()

// tileAssembly and tileInt8Assembly are what the generator makes; their strides are bytes.
type (
	tileAssembly     func(rows, panels, k int, x *float32, ldx int, w *byte, ldw int, y *float32, ldy, add int)
	tileInt8Assembly func(rows, panels, groups int, x *int8, ldx int, w *byte, ldw int,
		xs *float32, bias *int32, lds int, ws, y *float32, ldy, add int)
)

const floatSize = 4

func tileWith(f32, f16, bf16 tileAssembly) func(
	f kernels.Format, rows, panels, k int, x []float32, ldx int, w []byte, ldw int, y []float32, ldy int, add bool,
) {
	tiles := [...]tileAssembly{kernels.F32: f32, kernels.F16: f16, kernels.BF16: bf16}
	return func(
		f kernels.Format, rows, panels, k int, x []float32, ldx int, w []byte, ldw int, y []float32, ldy int, add bool,
	) {
		tiles[f](rows, panels, k, &x[0], floatSize*ldx, &w[0], ldw, &y[0], floatSize*ldy, bit(add))
	}
}

func tileInt8With(tile tileInt8Assembly) func(
	rows, panels, groups int, x int8Rows, w []byte, ldw int, ws []float32, y []float32, ldy int, add bool,
) {
	return func(
		rows, panels, groups int, x int8Rows, w []byte, ldw int, ws []float32, y []float32, ldy int, add bool,
	) {
		tile(rows, panels, groups, &x.q[0], x.ldq, &w[0], ldw, &x.scales[0], &x.biases[0], floatSize*x.blocks, &ws[0],
			&y[0], floatSize*ldy, bit(add))
	}
}

func scoresWith(
	f32, bf16 func(rows, pages int, table *int32, keys *byte, pageBytes int, x *float32, ldx, n int, y *float32, ldy int),
) func(rows int, k *positions, x []float32, ldx int, y []float32, ldy int) {
	return func(rows int, k *positions, x []float32, ldx int, y []float32, ldy int) {
		scores := f32
		if k.format == kernels.BF16 {
			scores = bf16
		}
		scores(rows, len(k.pages), &k.pages[0], &k.keys[0], k.keyBytes, &x[0], floatSize*ldx, k.n, &y[0], floatSize*ldy)
	}
}

func valuesWith(
	lanes int,
	f32, bf16 func(rows, pages int, table *int32, values *byte, pageBytes, last int, x *float32, ldx int, y *float32, ldy int),
) func(rows int, k *positions, x []float32, ldx int, y []float32, ldy int) {
	return func(rows int, k *positions, x []float32, ldx int, y []float32, ldy int) {
		values, panels := f32, min(2, panelsPerTile(lanes, rows))
		if k.format == kernels.BF16 {
			values = bf16
		}
		for from := 0; from < k.padded; from += panels * panelWidth {
			values(rows, len(k.pages), &k.pages[0], &k.values[from*kernels.PageLen*k.format.Bytes()], k.valueBytes, k.last,
				&x[0], floatSize*ldx, &y[from], floatSize*ldy)
		}
	}
}

// byLanes chooses by the size of blocks.
func byLanes[token interface{ blockLanes() int }](eight, sixteen func(t token)) func(t token) {
	return func(t token) {
		if t.blockLanes() == 8 {
			eight(t)
		} else {
			sixteen(t)
		}
	}
}

func (t *mambaToken) blockLanes() int { return t.lanes }

func (t *mamba2Token) blockLanes() int { return t.lanes }

type mambaInputsAssembly func(blocks, taps int, at *int32, x *[]float32, w, dt, delta, u, y *float32)

func mambaInputsWith(convolve, convolved mambaInputsAssembly) func(t *mambaToken) {
	return func(t *mambaToken) {
		inputs := convolve
		if t.taps == 0 {
			inputs = convolved
		}
		inputs(t.blocks, t.taps, &t.at[0], &t.x[0], &t.inputs[0], &t.dt[0], &t.delta[0], &t.u[0], &t.y[0])
	}
}

func mambaScanWith(
	scan func(blocks, states int, at *int32, w, b, c, delta, u, s, y *float32),
) func(t *mambaToken) {
	return func(t *mambaToken) {
		scan(t.blocks, t.states, &t.at[0], &t.decays[0], &t.b[0], &t.c[0], &t.delta[0], &t.u[0], &t.s[0], &t.y[0])
	}
}

func mamba2ScanWith(
	scan func(blocks, vectors, states int, at *int32, decay, delta, d, x, b, c, s, y *float32),
) func(t *mamba2Token) {
	return func(t *mamba2Token) {
		scan(t.blocks, t.vectors, t.states, &t.at[0], &t.decay[0], &t.delta[0], &t.d[0], &t.x[0], &t.b[0], &t.c[0],
			&t.s[0], &t.y[0])
	}
}

// convRowWith leaves channels that fill no block to plain Go.
func convRowWith(
	lanes int, conv func(blocks, taps, from int, x *[]float32, w, y *float32),
) func(y []float32, x [][]float32, from int, w []float32) {
	return func(y []float32, x [][]float32, from int, w []float32) {
		blocks := len(y) / lanes
		if blocks > 0 {
			conv(blocks, len(x), from, &x[0], &w[0], &y[0])
		}
		if whole := blocks * lanes; whole < len(y) {
			convBlocks(y[whole:], x, from+whole, w[whole*(1+len(x)):], lanes)
		}
	}
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}
