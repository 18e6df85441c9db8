//go:build cuda

package cuda

// scanBlock is about how many threads a block of a scan has.
const scanBlock = 256

// scan is how a recurrence is divided among blocks: see scan.cuh.
type scan struct {
	gridX, block int
	own          int // channels of a block
	tokens       int // of a chunk
	width        int // values of B and C that a block reads of a token
}

// newScan has blocks of own channels, or fewer if shared memory asks for it. b and c are how many channels share B and C.
func newScan(own, channels, states, b, c int, prompt bool) scan {
	const most = 12 << 10 // floats of shared memory
	g := scan{own: own, tokens: 1}
	for {
		g.width = scanStates(states) * (groups(g.own, b) + groups(g.own, c))
		if g.own == 1 || 3*g.own+g.width < most {
			break
		}
		g.own /= 2
	}
	if prompt {
		g.tokens = max(1, min(32, (most-3)/(3*g.own+g.width)))
	}
	g.gridX, g.block = blocks(channels, g.own), 32*blocks(g.own*scanLanes(states), 32)
	return g
}

// gridY is how many blocks share the spans.
func (g scan) gridY(spans int) int { return min(bucket(spans), 64) }

// shared is the shared memory of a block in bytes.
func (g scan) shared() int { return 16*blocks(3*g.tokens*g.own, 4) + 4*g.tokens*g.width }

// groups is how many groups of so many channels own neighbours are in at most, where blocks begin at multiples of own.
func groups(own, channels int) int {
	switch {
	case channels%own == 0:
		return 1
	case own%channels == 0:
		return own / channels
	}
	return (own-1)/channels + 2
}

// scanStates is N rounded up to what a thread has.
func scanStates(n int) int { return 4 * blocks(n, 4) }

// scanLanes is how many threads share a channel.
func scanLanes(n int) int {
	lanes := 1
	for 4*lanes < n && lanes < 32 {
		lanes *= 2
	}
	return lanes
}

// padded is rows of n values with zeros behind each.
func padded(values []float32, n int) []float32 {
	rows := len(values) / n
	all := make([]float32, rows*scanStates(n))
	for r := range rows {
		copy(all[r*scanStates(n):], values[r*n:][:n])
	}
	return all
}
