package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// mambaBlocks runs one token through some blocks of 8 channels. The loop over the states is not unrolled: the core
// overlaps its rounds, whose only link is the sum.
func mambaBlocks() {
	TEXT("mambaBlocksAVX2", NOSPLIT,
		"func(blocks, states, taps int, at *int32, x *[]float32, w, z, b, c, dt, s, y *float32)")
	Doc("mambaBlocksAVX2 is [mambaToken.generic] for blocks of 8 lanes.")
	Pragma("noescape")
	e := newExp2(true)
	floor := broadcast(-125)
	at := Load(Param("at"), GP64())
	w := Load(Param("w"), GP64())
	z := Load(Param("z"), GP64())
	dt := Load(Param("dt"), GP64())
	s := Load(Param("s"), GP64())
	y := Load(Param("y"), GP64())
	blocks := Load(Param("blocks"), GP64())
	count, from, vec := GP64(), GP64(), GP64()

	Label("block")
	Comment("Convolution: xc = silu(bias + sum over taps of weight*x)")
	xc, v := YMM(), YMM()
	VMOVUPS(Mem{Base: w}, xc)
	ADDQ(Imm(32), w)
	Load(Param("taps"), count)
	Load(Param("x"), vec)
	MOVLQSX(Mem{Base: at, Disp: 0}, from)
	Label("tap")
	row := GP64()
	MOVQ(Mem{Base: vec}, row)
	VMOVUPS(Mem{Base: row, Index: from, Scale: 4}, v)
	VFMADD231PS(Mem{Base: w}, v, xc)
	ADDQ(Imm(32), w)
	ADDQ(Imm(24), vec) // size of a slice
	DECQ(count)
	JNZ(LabelRef("tap"))
	e.silu(xc)

	Comment("Step size: delta = softplus(dt + bias)")
	delta, u := YMM(), YMM()
	VMOVUPS(Mem{Base: w}, delta)
	VADDPS(Mem{Base: dt}, delta, delta)
	e.softplus(delta)
	VMULPS(delta, xc, u)
	VMULPS(broadcast(math.Log2E), delta, delta) // the scan's exponential is a power of two

	Comment("Scan: s = exp(delta*A)*s + u*B, out = D*xc + sum over n of s*C")
	out := YMM()
	VMULPS(Mem{Base: w, Disp: 32}, xc, out)
	ADDQ(Imm(64), w)
	bRow, cRow := GP64(), GP64()
	Load(Param("b"), bRow)
	MOVLQSX(Mem{Base: at, Disp: 4}, from)
	LEAQ(Mem{Base: bRow, Index: from, Scale: 4}, bRow)
	Load(Param("c"), cRow)
	MOVLQSX(Mem{Base: at, Disp: 8}, from)
	LEAQ(Mem{Base: cRow, Index: from, Scale: 4}, cRow)
	Load(Param("states"), count)
	Label("state")
	decay, old := YMM(), YMM()
	VMULPS(Mem{Base: w}, delta, decay)
	VMAXPS(decay, floor, decay)
	e.apply(decay)
	VBROADCASTSS(Mem{Base: bRow}, old)
	VMULPS(u, old, old)
	VFMADD231PS(Mem{Base: s}, decay, old)
	VMOVUPS(old, Mem{Base: s})
	VBROADCASTSS(Mem{Base: cRow}, decay)
	VFMADD231PS(decay, old, out)
	ADDQ(Imm(32), w)
	ADDQ(Imm(32), s)
	ADDQ(Imm(4), bRow)
	ADDQ(Imm(4), cRow)
	DECQ(count)
	JNZ(LabelRef("state"))

	Comment("Gate: y = out * silu(z)")
	gate := YMM()
	VMOVUPS(Mem{Base: z}, gate)
	e.silu(gate)
	VMULPS(gate, out, out)
	VMOVUPS(out, Mem{Base: y})
	ADDQ(Imm(12), at)
	ADDQ(Imm(32), z)
	ADDQ(Imm(32), dt)
	ADDQ(Imm(32), y)
	DECQ(blocks)
	JNZ(LabelRef("block"))
	VZEROUPPER()
	RET()
}
