package cpu

import "caucus/kernels"

// instructions are the inner loops of every operation in one instruction set. What they compute is written down in
// generic.go; slices begin at the first value and are long enough, strides count values.
type instructions struct {
	name string

	lanes    int // float32 values of a vector
	tileRows int // rows of the largest tile

	// tile is y[r][p*16+c] = (add ? y : 0) + sum_i x[r][i]*w[p][i][c]. Its rows and panels are at most those of one of
	// the shapes that panelsPerTile allows, and i < k runs from first to last whatever the shape is. Panels are ldw bytes
	// apart.
	tile func(f kernels.Format, rows, panels, k int, x []float32, ldx int, w []byte, ldw int, y []float32, ldy int,
		add bool)

	// tileInt8 is y[r][p*16+c] = (add ? y : 0) + (sum_i x.q[r][i]*(w[p][i][c]-128))*x.scales[r]*ws[p*16+c] for one block
	// of inputs, in groups of 4.
	tileInt8 func(rows, panels, groups int, x int8Rows, w []byte, ldw int, ws []float32, y []float32, ldy int, add bool)

	// scores is y[r][p] = sum_i x[r][i]*key[p][i] for the positions p of whole pages, and values is y[r][i] = sum_p
	// x[r][p]*value[p][i] for whole pairs of panels. Their rows are at most tileRows.
	scores, values func(rows int, k *positions, x []float32, ldx int, y []float32, ldy int)

	// absMax returns the largest |x[i]|, NaN left out, and the sum of 0*x[i], NaN if one is not finite.
	absMax func(x []float32) (largest, zero float32)

	// quantizeRow is q[i] = x[i]*inverse rounded to nearest, half to even, and 0 up to a whole group; it may write up to
	// a multiple of 8. It returns the sum of q.
	quantizeRow func(q []int8, x []float32, inverse float32) int32

	// convRow is y[c] = silu(B[c] + sum_j W[j][c]*x[j][from+c]), with w as PrepareConv packs it.
	convRow func(y []float32, x [][]float32, from int, w []float32)

	// mambaInputs and mambaScan are a token's way through some channels, but for its gate; blocks have lanes channels, or leastLanes.
	mambaInputs, mambaScan func(t *mambaToken)

	// mamba2Steps is delta = min(max(softplus(dt+bias), least), most) and decay = exp(delta*rate) for some heads, and
	// mamba2Scan a token's way through some blocks of them, of lanes like mambaScan's.
	mamba2Steps func(decay, delta, dt, bias, rates []float32, least, most float32)
	mamba2Scan  func(t *mamba2Token)

	// sumSquares returns sum_i x[i]^2.
	sumSquares func(x []float32) float32

	// scaleRow is y[i] = x[i]*scale*w[i].
	scaleRow func(y, x, w []float32, scale float32)

	// addScaled is y[i] += scale*x[i].
	addScaled func(y, x []float32, scale float32)

	// squaredReLU is y[i] = max(y[i], 0)^2.
	squaredReLU func(y []float32)

	// swiGLURow is y[i] = silu(gate[i])*up[i].
	swiGLURow func(y, gate, up []float32)

	// maxRow returns the largest value, NaN left out.
	maxRow func(x []float32) float32

	// expSum is x[i] = exp(scale*(x[i]-largest)) and returns their sum.
	expSum func(x []float32, largest, scale float32) float32

	// expMoments returns the sums of exp(t[i]) and of t[i]*exp(t[i]), where t[i] = x[i]-largest.
	expMoments func(x []float32, largest float32) (total, moment float32)

	// drawWeights is w[i] = kernels.Weight((x[i]-largest)/temperature), in every bit.
	drawWeights func(w []int32, x []float32, largest, temperature float32)

	// fmaRounds and int8Rounds do n rounds of peakVectors multiply-adds of vectors, in float32 and in bytes, with nothing
	// to load; nil if there is nothing to measure.
	fmaRounds, int8Rounds func(n int)
}

// peakVectors is the number of independent sums in a round.
const peakVectors = 12

const (
	panelWidth  = 16 // columns of a panel
	maxTileRows = 12 // rows of the largest tile of any instruction set
)

// tilesOf is how many tiles so many rows are cut into, of about equal heights.
func (in *instructions) tilesOf(rows int) int { return (rows + in.tileRows - 1) / in.tileRows }

// panelsPerTile is how many panels a tile takes at once. Vectors of 16 lanes leave room for two beside any number of
// rows; with 8 lanes, tiles of few rows take more so that enough sums run side by side to hide an addition's latency.
func (in *instructions) panelsPerTile(rows int) int { return panelsPerTile(in.lanes, rows) }

func panelsPerTile(lanes, rows int) int {
	switch {
	case rows == 1:
		return 4
	case lanes == 16 || rows <= 3:
		return 2
	}
	return 1
}
