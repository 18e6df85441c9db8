package main

import (
	"math"

	"github.com/KimMachineGun/automemlimit/memlimit"

	"caucus/engine/model"
	"caucus/kernels"
)

// measurable is an Ops that measures what its machine can do at most, in 10^9 a second. A rate is 0 where there is no kernel
// to measure it with.
type measurable interface {
	PeakFLOPS() float64              // operations of products with floats, multiplying and adding
	PeakInt8() float64               // the same on bytes
	PeakBandwidth(bytes int) float64 // bytes, when going through so many over and over
}

// machine is what a device can do at most, as measured here; rates are 0 where they are not known.
type machine struct {
	gflops float64                 // multiplying and adding
	gops   float64                 // the same on bytes
	read   func(bytes int) float64 // GB/s of going through so much over and over
	reads  map[int]float64         // what read gave, by size class
}

func measureMachine(ops kernels.Ops) *machine {
	m, ok := ops.(measurable)
	if !ok {
		return &machine{}
	}
	return &machine{gflops: m.PeakFLOPS(), gops: m.PeakInt8(), read: m.PeakBandwidth, reads: map[int]float64{}}
}

// bound is the least time of a step in seconds, as far as arithmetic and memory decide it; 0 if that is not known.
// Arithmetic on bytes takes no time where its rate is not known.
func (m *machine) bound(c model.Cost) float64 {
	if m.gflops == 0 {
		return 0
	}
	arithmetic := (c.Products + c.Other) / m.gflops
	if m.gops > 0 {
		arithmetic += c.Int8Products / m.gops
	}
	return max(arithmetic, c.Bytes/m.readRate(c.Bytes)) / 1e9
}

// readRate measures once for sizes that differ by less than a fifth, and once for all that no cache holds.
func (m *machine) readRate(bytes float64) float64 {
	const (
		least   = 1 << 10
		most    = 1 << 30
		classes = 4 // from a size to twice that
	)
	if m.read == nil {
		return 0
	}
	class := int(math.Round(classes * math.Log2(min(max(bytes, least), most))))
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
