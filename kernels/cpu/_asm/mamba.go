package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// The mixer of one token runs in three loops over its channels: what the scan needs of each channel, the scan, and the
// gate (which is swiGLU). In one loop the long chains of the first and the last would hold up the scan between them.

// mambaInputs computes what a token's scan needs of some blocks of channels.
func mambaInputs(a isa) {
	name := "mambaInputs" + a.suffix
	TEXT(name, NOSPLIT, "func(blocks, taps int, at *int32, x *[]float32, w, dt, delta, u, y *float32)")
	Doc(name + " is [instructions].mambaInputs for blocks of a vector's lanes.")
	Pragma("noescape")
	e := newExp2(a, true)
	width := uint64(4 * a.lanes)
	blocks := Load(Param("blocks"), GP64())
	at, w, dt := Load(Param("at"), GP64()), Load(Param("w"), GP64()), Load(Param("dt"), GP64())
	toDelta, toU, y := Load(Param("delta"), GP64()), Load(Param("u"), GP64()), Load(Param("y"), GP64())
	taps, vec, from, row := GP64(), GP64(), GP64(), GP64()

	Label("block")
	Comment("Convolution: xc = silu(bias + sum over taps of weight*x)")
	xc, v := a.vec(), a.vec()
	VMOVUPS(Mem{Base: w}, xc)
	ADDQ(Imm(width), w)
	Load(Param("taps"), taps)
	Load(Param("x"), vec)
	MOVLQSX(Mem{Base: at}, from)
	Label("tap")
	MOVQ(Mem{Base: vec}, row)
	VMOVUPS(Mem{Base: row, Index: from, Scale: 4}, v)
	VFMADD231PS(Mem{Base: w}, v, xc)
	ADDQ(Imm(width), w)
	ADDQ(Imm(24), vec) // size of a slice
	DECQ(taps)
	JNZ(LabelRef("tap"))
	e.silu(xc)

	Comment("Step size: delta = softplus(dt + bias), stored for powers of two")
	delta, u := a.vec(), a.vec()
	VMOVUPS(Mem{Base: w}, delta)
	VADDPS(Mem{Base: dt}, delta, delta)
	e.softplus(delta)
	VMULPS(delta, xc, u)
	VMOVUPS(u, Mem{Base: toU})
	VMULPS(e.broadcast(math.Log2E), delta, delta)
	VMINPS(delta, e.broadcast(1e8), delta) // times any A it is finite; NaN stays
	VMOVUPS(delta, Mem{Base: toDelta})
	VMULPS(Mem{Base: w, Disp: int(width)}, xc, xc)
	VMOVUPS(xc, Mem{Base: y})
	ADDQ(U32(uint32(2*width)), w)
	ADDQ(Imm(12), at)
	for _, p := range []reg.Register{dt, toDelta, toU, y} {
		ADDQ(Imm(width), p)
	}
	DECQ(blocks)
	JNZ(LabelRef("block"))
	VZEROUPPER()
	RET()
}

// mambaScan advances the states of a token's blocks of channels. Its loop is not unrolled: the core overlaps its rounds,
// whose only link is the sum.
func mambaScan(a isa) {
	name := "mambaScan" + a.suffix
	TEXT(name, NOSPLIT, "func(blocks, states int, at *int32, w, b, c, delta, u, s, y *float32)")
	Doc(name + " is [instructions].mambaScan for blocks of a vector's lanes.")
	Pragma("noescape")
	e := newExp2(a, true)
	width := uint64(4 * a.lanes)
	blocks := Load(Param("blocks"), GP64())
	at, w, s := Load(Param("at"), GP64()), Load(Param("w"), GP64()), Load(Param("s"), GP64())
	fromDelta, fromU, y := Load(Param("delta"), GP64()), Load(Param("u"), GP64()), Load(Param("y"), GP64())
	b, c, from, states := GP64(), GP64(), GP64(), GP64()
	floor := a.broadcast(-125)

	Label("block")
	delta, u, out := a.vec(), a.vec(), a.vec()
	VMOVUPS(Mem{Base: fromDelta}, delta)
	VMOVUPS(Mem{Base: fromU}, u)
	VMOVUPS(Mem{Base: y}, out)
	Load(Param("b"), b)
	MOVLQSX(Mem{Base: at, Disp: 4}, from)
	LEAQ(Mem{Base: b, Index: from, Scale: 4}, b)
	Load(Param("c"), c)
	MOVLQSX(Mem{Base: at, Disp: 8}, from)
	LEAQ(Mem{Base: c, Index: from, Scale: 4}, c)
	Load(Param("states"), states)
	XORQ(from, from)
	Label("state")
	decay, next := a.vec(), a.vec()
	VMULPS(Mem{Base: w}, delta, decay)
	if a.lanes == 8 {
		VMAXPS(decay, floor, decay)
	}
	e.apply(decay)
	VBROADCASTSS(Mem{Base: b, Index: from, Scale: 4}, next)
	VMULPS(u, next, next)
	VFMADD231PS(Mem{Base: s}, decay, next)
	VMOVUPS(next, Mem{Base: s})
	VBROADCASTSS(Mem{Base: c, Index: from, Scale: 4}, decay)
	VFMADD231PS(decay, next, out)
	ADDQ(Imm(width), w)
	ADDQ(Imm(width), s)
	INCQ(from)
	CMPQ(from, states)
	JNE(LabelRef("state"))

	VMOVUPS(out, Mem{Base: y})
	ADDQ(Imm(12), at)
	for _, p := range []reg.Register{fromDelta, fromU, y} {
		ADDQ(Imm(width), p)
	}
	DECQ(blocks)
	JNZ(LabelRef("block"))
	VZEROUPPER()
	RET()
}
