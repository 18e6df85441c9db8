package cpu

import (
	"sync"
	"time"
)

// PeakFMA measures how many GFLOP/s the processor's multiply-add units reach on so many threads at once (at least one),
// with nothing to load: the bound to judge a product by. It adds up each thread's best 30 us of about 30 ms, and is 0
// where there is no kernel to measure it with.
func PeakFMA(threads int) float64 {
	in := bestInstructions()
	return peakOf(in.fmaRounds, 2*peakVectors*in.lanes, threads)
}

// PeakInt8 is PeakFMA for the multiply-adds of bytes that products of Int8 matrices use, in 10^9 operations a second.
func PeakInt8(threads int) float64 {
	in := bestInstructions()
	return peakOf(in.int8Rounds, 2*peakVectors*in.lanes*groupLen, threads)
}

// peakOf is how many operations a nanosecond the threads do together, of so many a round.
func peakOf(run func(rounds int), operations, threads int) float64 {
	const (
		rounds = 1 << 14
		tries  = 1000
	)
	if run == nil {
		return 0
	}
	rates := make([]float64, max(threads, 1))
	var done sync.WaitGroup
	for i := range rates {
		done.Go(func() {
			fastest := time.Duration(1 << 62)
			for range tries {
				start := time.Now()
				run(rounds)
				fastest = min(fastest, time.Since(start))
			}
			rates[i] = float64(rounds*operations) / float64(fastest.Nanoseconds())
		})
	}
	done.Wait()
	sum := 0.0
	for _, r := range rates {
		sum += r
	}
	return sum
}
