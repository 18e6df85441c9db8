package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// The mixer of one token runs in three loops over its channels: what the scan needs of each channel, the scan, and the
// gate (which is swiGLU). In one loop the long chains of the first and the last would hold up the scan between them.

// mambaInputs computes what a token's scan needs of some blocks of channels, of which it convolves x unless that has been
// done.
func mambaInputs(a isa, convolved bool) {
	name := "mambaInputs" + a.suffix
	if convolved {
		name = "mambaConvolved" + a.suffix
	}
	TEXT(name, NOSPLIT, "func(blocks, taps int, at *int32, x *[]float32, w, dt, delta, u, y *float32)")
	Doc(name + " is [instructions].mambaInputs for blocks of a vector's lanes.")
	Pragma("noescape")
	e := newExp2(a, true)
	width := uint64(4 * a.lanes)
	blocks := Load(Param("blocks"), GP64())
	at, w, dt := Load(Param("at"), GP64()), Load(Param("w"), GP64()), Load(Param("dt"), GP64())
	toDelta, toU, y := Load(Param("delta"), GP64()), Load(Param("u"), GP64()), Load(Param("y"), GP64())
	from := GP64()

	Label("block")
	MOVLQSX(Mem{Base: at}, from)
	xc := a.vec()
	if convolved {
		x := Load(Param("x"), GP64())
		MOVQ(Mem{Base: x}, x)
		VMOVUPS(Mem{Base: x, Index: from, Scale: 4}, xc)
	} else {
		e.convolve(w, from, xc)
	}

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

// convolve makes xc = silu(bias + sum over taps of weight*x) for the block that begins with channel from, and moves w on
// behind its bias and weights.
func (e exp2) convolve(w, from reg.Register, xc reg.VecVirtual) {
	Comment("Convolution: xc = silu(bias + sum over taps of weight*x)")
	width, v := uint64(4*e.lanes), e.vec()
	VMOVUPS(Mem{Base: w}, xc)
	ADDQ(Imm(width), w)
	taps, rows, row := Load(Param("taps"), GP64()), Load(Param("x"), GP64()), GP64()
	Label("tap")
	MOVQ(Mem{Base: rows}, row)
	VMOVUPS(Mem{Base: row, Index: from, Scale: 4}, v)
	VFMADD231PS(Mem{Base: w}, v, xc)
	ADDQ(Imm(width), w)
	ADDQ(Imm(24), rows) // size of a slice
	DECQ(taps)
	JNZ(LabelRef("tap"))
	e.silu(xc)
}

// convRow convolves whole blocks of channels of one token.
func convRow(a isa) {
	name := "convRow" + a.suffix
	TEXT(name, NOSPLIT, "func(blocks, taps, from int, x *[]float32, w, y *float32)")
	Doc(name + " is [instructions].convRow for whole blocks.")
	Pragma("noescape")
	e := newExp2(a, true)
	blocks, from := Load(Param("blocks"), GP64()), Load(Param("from"), GP64())
	w, y := Load(Param("w"), GP64()), Load(Param("y"), GP64())
	Label("block")
	xc := a.vec()
	e.convolve(w, from, xc)
	VMOVUPS(xc, Mem{Base: y})
	ADDQ(Imm(uint64(4*a.lanes)), y)
	ADDQ(Imm(uint64(a.lanes)), from)
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
