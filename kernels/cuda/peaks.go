//go:build cuda

package cuda

import (
	"math"

	"caucus/kernels"
)

// These are of peaks.cu: sums that a thread, or a warp, has under way, the operations of a mma16816 and those of a round of
// peak_wgmma for a warp.
const (
	peakSums        = 8
	mmaOperations   = 2 * 16 * 8 * 16
	wgmmaOperations = 2 * 16 * 256 * 64
	wgmmaShared     = 50 << 10
)

// peakBlock is how many threads a block has, peakBlocks how many blocks keep a multiprocessor busy.
const (
	peakBlock  = 256
	peakBlocks = 4
)

// peakGrid is how many blocks n units of work for a thread take, or all that the GPU has a use for.
func (o *ops) peakGrid(n int) int {
	return min(blocks(n, peakBlock), peakBlocks*o.device.info.Multiprocessors)
}

// PeakFLOPS measures how many 10^9 operations a second the GPU does at most, multiplying and adding what its products do: bf16
// on tensor cores if the Ops rounds inputs to that, else float32.
func (o *ops) PeakFLOPS() float64 {
	grid := o.peakGrid(math.MaxInt32)
	threads := grid * peakBlock
	out, release := o.borrow(4 * threads)
	defer release()
	name, args, operations, shared := "peak_fma", []uint64{out, floatArg(0.999), floatArg(0.5)}, 2*peakSums*threads, 0
	switch {
	case o.precision.Inputs == kernels.BF16 && o.device.hopper():
		name, args, operations, shared = "peak_wgmma", args[:1], wgmmaOperations*threads/32, wgmmaShared
	case o.precision.Inputs == kernels.BF16:
		name, args, operations = "peak_mma", args[:1], mmaOperations*peakSums*threads/32
	}
	return float64(operations) / 1e9 / o.secondsOfRound(name, grid, shared, args...)
}

// PeakInt8 is 0: there is no kernel to measure products of bytes with.
func (o *ops) PeakInt8() float64 { return 0 }

// PeakBandwidth measures how many GB/s a copy moves that goes through so many bytes over and over, half of them read and half
// written. The size decides whether the second cache serves it, or memory.
func (o *ops) PeakBandwidth(bytes int) float64 {
	const word = 16
	free, _, err := o.device.memory()
	ok(err)
	words := max(min(bytes, int(free/2))/2/word, 1)
	from, releaseFrom := o.borrow(word * words)
	defer releaseFrom()
	to, releaseTo := o.borrow(word * words)
	defer releaseTo()
	return float64(2*word*words) / 1e9 / o.secondsOfRound("peak_copy", o.peakGrid(words), 0, to, from, intArg(words))
}

// borrow is memory that is to be given back, as an argument.
func (o *ops) borrow(bytes int) (arg uint64, release func()) {
	p, err := o.device.alloc(int64(bytes))
	ok(err)
	return pointerArg(p), func() { ok(o.device.free(p)) }
}

// secondsOfRound is the least time that a kernel of peaks.cu takes for a round. Its last parameter is how many there are.
func (o *ops) secondsOfRound(name string, grid, shared int, args ...uint64) float64 {
	const (
		least = 4e-3 // that a launch takes, so that what surrounds it doesn't count
		tries = 4
	)
	k, err := o.device.kernel(name, shared)
	ok(err)
	best := math.Inf(1)
	for rounds, n := 1, 0; n < tries; {
		seconds := o.elapsed(func() error {
			return o.stream.launch(k, dim{x: grid}, dim{x: peakBlock}, shared, append(args, intArg(rounds))...)
		})
		if seconds < least && rounds < 1<<24 {
			rounds *= 2
			continue
		}
		best, n = min(best, seconds/float64(rounds)), n+1
	}
	return best
}

// elapsed is how many seconds the device takes for what put puts on the stream. It runs once before, by which caches and clocks
// are as they will be, and the device has work until the second comes.
func (o *ops) elapsed(put func() error) float64 {
	var events [2]*event
	for i := range events {
		var err error
		events[i], err = o.device.newEvent()
		ok(err)
		defer func() { ok(events[i].close()) }()
	}
	ok(put())
	ok(o.stream.record(events[0]))
	ok(put())
	ok(o.stream.record(events[1]))
	ok(o.stream.wait())
	ms, err := events[0].milliseconds(events[1])
	ok(err)
	return ms / 1e3
}
