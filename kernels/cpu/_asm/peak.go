package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// peakVectors is the number of independent sums in the loops that measure peaks: enough to hide every latency.
const peakVectors = 12

// peaks emits the loops that do nothing but multiply and add, in float32 and in bytes.
func peaks(a isa) {
	peak("fmaPeak", a, func(v, sum reg.VecVirtual) { VFMADD231PS(v, v, sum) })
	peak("int8Peak", a, func(v, sum reg.VecVirtual) {
		if a.lanes == 16 {
			VPDPBUSD(v, v, sum)
			return
		}
		p := YMM()
		VPMADDUBSW(v, v, p)
		VPMADDWD(v, p, p)
		VPADDD(p, sum, sum)
	})
}

func peak(name string, a isa, multiplyAdd func(v, sum reg.VecVirtual)) {
	TEXT(name+a.suffix, NOSPLIT, "func(n int)")
	Doc(name + a.suffix + " does n rounds of 12 independent multiply-adds of vectors.")
	n := Load(Param("n"), GP64())
	sums := make([]reg.VecVirtual, peakVectors)
	for i := range sums {
		sums[i] = a.vec()
		zero(a, sums[i])
	}
	v := a.vec()
	zero(a, v)
	Label("loop")
	for _, s := range sums {
		multiplyAdd(v, s)
	}
	DECQ(n)
	JNZ(LabelRef("loop"))
	VZEROUPPER()
	RET()
}
