package main

import (
	"fmt"
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// mamba2Steps computes the steps and decays of some heads.
func mamba2Steps() {
	TEXT("mamba2StepsAVX2", NOSPLIT, "func(decay, delta, dt, bias, rates *float32, n int, least, most float32)")
	Doc("mamba2StepsAVX2 is delta = min(max(softplus(dt+bias), least), most) and decay = exp(delta*rate), for n heads.")
	Pragma("noescape")
	toDecay, toDelta := Load(Param("decay"), GP64()), Load(Param("delta"), GP64())
	dt, bias, rates := Load(Param("dt"), GP64()), Load(Param("bias"), GP64()), Load(Param("rates"), GP64())
	e := newExp2(avx2, true)
	eachLanes(func(l lanes) {
		v := l.load(dt, nil)
		VADDPS(l.load(bias, nil), v, v)
		e.softplus(v)
		VMAXPS(v, avx2.scalar("least"), v) // NaN stays, see clamp
		VMINPS(v, avx2.scalar("most"), v)
		l.store(v, toDelta)
		VMULPS(e.broadcast(math.Log2E), v, v)
		VMULPS(l.load(rates, nil), v, v)
		e.clamp(v)
		e.apply(v)
		l.store(v, toDecay)
	})
	VZEROUPPER()
	RET()
}

// maxVectors is what package cpu calls so.
const maxVectors = 5

// mamba2Scan advances the states of a token's blocks. Each state takes a multiplication, two multiply-adds, a
// load and a store; B and C are broadcast once for all vectors of a block, whose sums do not wait for each other.
func mamba2Scan(a isa) {
	name := "mamba2Scan" + a.suffix
	TEXT(name, NOSPLIT, "func(blocks, vectors, states int, at *int32, decay, delta, d, x, b, c, s, y *float32)")
	Doc(name + " is [instructions].mamba2Scan for blocks of a vector's lanes.")
	Pragma("noescape")
	vectors := Load(Param("vectors"), GP64())
	for n := 1; n <= maxVectors; n++ {
		CMPQ(vectors, Imm(uint64(n)))
		JNE(LabelRef(fmt.Sprintf("not%d", n)))
		mamba2Blocks(a, n)
		VZEROUPPER()
		RET()
		Label(fmt.Sprintf("not%d", n))
	}
	UD2()
}

// mamba2Blocks is mamba2Scan for blocks of n vectors.
func mamba2Blocks(a isa, n int) {
	width := 4 * a.lanes
	blocks, at := Load(Param("blocks"), GP64()), Load(Param("at"), GP64())
	s, y := Load(Param("s"), GP64()), Load(Param("y"), GP64())

	block, state := fmt.Sprintf("block%d", n), fmt.Sprintf("state%d", n)
	Label(block)
	// A block's part of an input begins where at says, as its number i.
	part := func(param string, i int) Mem {
		base, from := Load(Param(param), GP64()), GP64()
		MOVLQSX(Mem{Base: at, Disp: 4 * i}, from)
		return Mem{Base: base, Index: from, Scale: 4}
	}
	decay, delta, d := a.vec(), a.vec(), a.vec()
	VBROADCASTSS(part("decay", 3), decay)
	VBROADCASTSS(part("delta", 3), delta)
	VBROADCASTSS(part("d", 3), d)
	x, steps, sums := part("x", 0), make([]reg.VecVirtual, n), make([]reg.VecVirtual, n)
	for i := range n {
		steps[i], sums[i] = a.vec(), a.vec()
		VMOVUPS(x.Offset(i*width), steps[i])
		VMULPS(d, steps[i], sums[i])
		VMULPS(delta, steps[i], steps[i])
	}
	b, c, left := GP64(), GP64(), Load(Param("states"), GP64())
	LEAQ(part("b", 1), b)
	LEAQ(part("c", 2), c)
	Label(state)
	enters, reads := a.vec(), a.vec()
	VBROADCASTSS(Mem{Base: b}, enters)
	VBROADCASTSS(Mem{Base: c}, reads)
	for i := range n {
		m, next := Mem{Base: s, Disp: i * width}, a.vec()
		VMULPS(enters, steps[i], next)
		VFMADD231PS(m, decay, next)
		VMOVUPS(next, m)
		VFMADD231PS(reads, next, sums[i])
	}
	ADDQ(U32(uint32(n*width)), s)
	ADDQ(Imm(4), b)
	ADDQ(Imm(4), c)
	DECQ(left)
	JNZ(LabelRef(state))

	for i := range n {
		VMOVUPS(sums[i], Mem{Base: y, Disp: i * width})
	}
	ADDQ(U32(uint32(n*width)), y)
	ADDQ(Imm(16), at)
	DECQ(blocks)
	JNZ(LabelRef(block))
}
