package cpu

import (
	"sync"
	"time"

	"caucus/kernels"
)

// PeakRead measures how many GB/s so many threads together (at least one) read from a block of the given size, over and
// over, each a part of its own: the bound to judge by what moves more than it computes. The size decides which cache
// serves the block, or memory if none holds it; a block is at most 256 MiB, which hardly any does. It is 0 where PeakFMA is.
func PeakRead(bytes, threads int) float64 {
	const (
		most   = 256 << 20
		volume = 256 << 20 // between two looks at the clock, so that starting the threads takes no time to speak of
		tries  = 8
	)
	if bestInstructions().fmaRounds == nil {
		return 0
	}
	threads = max(threads, 1)
	chunks := max(min(bytes, most)/(4*readChunk), threads)
	block := alignedBytes(4 * chunks * readChunk)
	for i := range block {
		block[i] = 1 // memory never written is one page of zeros
	}
	rounds := 1 + volume/len(block)
	fastest := time.Duration(1 << 62)
	for range tries {
		start := time.Now()
		var done sync.WaitGroup
		for i := range threads {
			from, to := share(chunks, i, threads)
			done.Go(func() { readRounds(block[4*from*readChunk:4*to*readChunk], rounds) })
		}
		done.Wait()
		fastest = min(fastest, time.Since(start))
	}
	return float64(len(block)*rounds) / float64(fastest.Nanoseconds())
}

// readPanels and readChunk are the panels and the values that readRounds takes at once.
const (
	readPanels = 4
	readChunk  = readPanels * panelWidth * sliceLen
)

// readRounds reads x, a number of chunks, over and over. A product of one row does least for each value that it reads,
// in sums enough to wait for nothing but the reading.
func readRounds(x []byte, rounds int) {
	tile := bestInstructions().tile
	var row [sliceLen]float32
	var sums [readPanels * panelWidth]float32
	for range rounds {
		for from := 0; 4*from < len(x); from += readChunk {
			tile(kernels.F32, 1, readPanels, sliceLen, row[:], sliceLen, x[4*from:], 4*sliceLen*panelWidth, sums[:], len(sums), true)
		}
	}
}
