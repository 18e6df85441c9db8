package cpu

// instructions are the inner loops of every operation in one instruction set. What they compute is written down in
// generic.go; slices begin at the first value and are long enough, strides count values.
type instructions struct {
	name string

	// tile is y[r][p*16+c] = (add ? y : 0) + sum_i x[r][i]*w[p][i][c]. Its rows and panels are at most those of one of
	// the shapes that panelsPerTile allows, and i < k runs from first to last whatever the shape is.
	tile func(rows, panels, k int, x []float32, ldx int, w []float32, ldw int, y []float32, ldy int, add bool)

	// mambaBlocks is one token of some channels.
	mambaBlocks func(t *mambaToken)

	// sumSquares returns sum_i x[i]^2.
	sumSquares func(x []float32) float32

	// scaleRow is y[i] = x[i]*scale*w[i].
	scaleRow func(y, x, w []float32, scale float32)

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

	// fmaRounds does n rounds of multiply-adds with nothing to load, for PeakFMA; nil if there is nothing to measure.
	fmaRounds func(n int)
}

// flopsPerRound is the number of floating-point operations that fmaRounds does in each round.
const flopsPerRound = 192

const (
	panelWidth = 16 // columns of a panel
	tileRows   = 6  // rows of the largest tile: 12 accumulators and 3 operands fill the 16 registers
)

// panelsPerTile is how many panels a tile of few rows takes at once, so that enough sums run side by side to hide the
// latency of an addition.
func panelsPerTile(rows int) int {
	switch rows {
	case 1:
		return 4
	case 2, 3:
		return 2
	}
	return 1
}

// block computes a product of any number of rows and panels by tiles.
func (in *instructions) block(
	rows, panels, k int, x []float32, ldx int, w []float32, ldw int, y []float32, ldy int, add bool,
) {
	tiles := (rows + tileRows - 1) / tileRows
	for t := range tiles {
		from, to := share(rows, t, tiles)
		wide := panelsPerTile(to - from)
		for p := 0; p < panels; {
			n := 1
			if panels-p >= wide {
				n = wide
			}
			in.tile(to-from, n, k, x[from*ldx:], ldx, w[p*ldw:], ldw, y[from*ldy+p*panelWidth:], ldy, add)
			p += n
		}
	}
}
