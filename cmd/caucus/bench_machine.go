package main

import (
	"math"
	"runtime"

	"github.com/KimMachineGun/automemlimit/memlimit"

	"caucus/engine/model"
	"caucus/kernels/cpu"
)

// machine is what the threads in use can do at most, as measured here; rates are 0 where there is no kernel to measure
// them with.
type machine struct {
	gflops float64                 // multiplying and adding in float32
	gops   float64                 // the same on bytes
	read   func(bytes int) float64 // GB/s of reading so much over and over
	reads  map[int]float64         // what read gave, by size class
}

func measureMachine(threads int) *machine {
	threads = min(threads, runtime.NumCPU()) // more would each be measured alone
	return &machine{
		gflops: cpu.PeakFMA(threads), gops: cpu.PeakInt8(threads),
		read:  func(bytes int) float64 { return cpu.PeakRead(bytes, threads) },
		reads: map[int]float64{},
	}
}

// bound is the least time of a step in seconds, as far as arithmetic and memory decide it; 0 if that is not known.
func (m *machine) bound(c model.Cost) float64 {
	if m.gflops == 0 {
		return 0
	}
	arithmetic := (c.Products+c.Other)/m.gflops + c.Int8Products/m.gops
	return max(arithmetic, c.Bytes/m.readRate(c.Bytes)) / 1e9
}

// readRate measures once for sizes that differ by less than a fifth, and once for all that no cache holds.
func (m *machine) readRate(bytes float64) float64 {
	const (
		least   = 1 << 10
		classes = 4 // from a size to twice that
	)
	class := int(math.Round(classes * math.Log2(min(max(bytes, least), cpu.LargestRead))))
	rate, ok := m.reads[class]
	if !ok {
		rate = m.read(int(math.Exp2(float64(class) / classes)))
		m.reads[class] = rate
	}
	return rate
}

// memoryHere is how many bytes this process can have: the machine's, or fewer in a container. It is infinite where the
// system does not tell.
func memoryHere() float64 {
	bytes := math.Inf(1)
	for _, limit := range []memlimit.Provider{memlimit.FromCgroup, memlimit.FromSystem} {
		if n, err := limit(); err == nil {
			bytes = min(bytes, float64(n))
		}
	}
	return bytes
}
