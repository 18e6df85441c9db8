package cpu

// instructions are the inner loops of every operation in one instruction set. What they compute is written down in
// generic.go; slices begin at the first value and are long enough, strides count values.
type instructions struct {
	name string

	// tile is y[r][p*16+c] = (add ? y : 0) + sum_i x[r][i]*w[p][i][c]. Its rows and panels are at most those of one of
	// the shapes that panelsPerTile allows, and i < k runs from first to last whatever the shape is.
	tile func(rows, panels, k int, x []float32, ldx int, w []float32, ldw int, y []float32, ldy int, add bool)

	mambaBlocks func(t *mambaToken)                                        // one token of some channels
	sumSquares  func(x []float32) float32                                  // sum_i x[i]^2
	scaleRow    func(y, x, w []float32, scale float32)                     // y[i] = x[i]*scale*w[i]
	swiGLURow   func(y, gate, up []float32)                                // y[i] = silu(gate[i])*up[i]
	maxRow      func(x []float32) float32                                  // largest value, NaN left out
	expSum      func(x []float32, largest, scale float32) float32          // x[i] = exp(scale*(x[i]-largest)) and their sum
	expMoments  func(x []float32, largest float32) (total, moment float32) // sums of exp(t), t*exp(t); t = x[i]-largest
	drawWeights func(w []int32, x []float32, largest, temperature float32) // w[i] = Weight((x[i]-largest)/temperature)

	fmaRounds func(n int) // n rounds of multiply-adds with nothing to load, see PeakFMA; nil if there is nothing to measure
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
func (in *instructions) block(rows, panels, k int, x []float32, ldx int, w []float32, ldw int, y []float32, ldy int, add bool) {
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
