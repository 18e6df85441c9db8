package cpu

import "runtime"

// PeakFLOPS is what PeakFMA measures with the threads of the Ops.
func (o *ops) PeakFLOPS() float64 { return PeakFMA(o.processors()) }

// PeakInt8 is the same for bytes.
func (o *ops) PeakInt8() float64 { return PeakInt8(o.processors()) }

// PeakBandwidth is what PeakRead measures with them.
func (o *ops) PeakBandwidth(bytes int) float64 { return PeakRead(bytes, o.processors()) }

// processors is how many threads can run at once: of more, each would be measured alone.
func (o *ops) processors() int { return min(len(o.scratch), runtime.NumCPU()) }
