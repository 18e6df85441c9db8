package cpu

import (
	"sync"
	"time"

	"caucus/kernels"
)

// PeakRead measures how many GB/s so many threads together (at least one) read from a block of the given size, over and
// over, each a part of its own: the bound to judge by what moves more than it computes. The size decides which cache
// serves the block, or memory if none holds it; a block is at most LargestRead. It is 0 where PeakFMA is.
func PeakRead(bytes, threads int) float64 {
	const (
		volume = 256 << 20 // between two looks at the clock, so that starting the threads takes no time to speak of
		tries  = 8
	)
	if bestInstructions().fmaRounds == nil {
		return 0
	}
	threads = max(threads, 1)
	chunks := max(min(bytes, LargestRead)/readChunk, threads)
	block := alignedBytes(chunks * readChunk)
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
			done.Go(func() { readRounds(block[from*readChunk:to*readChunk], rounds) })
		}
		done.Wait()
		fastest = min(fastest, time.Since(start))
	}
	return float64(len(block)*rounds) / float64(fastest.Nanoseconds())
}

// LargestRead is the largest block that PeakRead reads, in bytes: hardly any cache holds as much.
const LargestRead = 256 << 20

// readPanels is how many panels readRounds takes at once, panelBytes and readChunk the bytes of one and of all.
const (
	readPanels = 4
	panelBytes = panelWidth * sliceLen * 4
	readChunk  = readPanels * panelBytes
)

// readRounds reads x, a number of chunks, over and over. A product of one row does least for each value that it reads,
// in sums enough to wait for nothing but the reading.
func readRounds(x []byte, rounds int) {
	tile := bestInstructions().tile
	var row [sliceLen]float32
	var sums [readPanels * panelWidth]float32
	for range rounds {
		for from := 0; from < len(x); from += readChunk {
			tile(kernels.F32, 1, readPanels, sliceLen, row[:], sliceLen, x[from:], panelBytes, sums[:], len(sums), true)
		}
	}
}
