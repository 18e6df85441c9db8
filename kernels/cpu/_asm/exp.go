package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// broadcast is a register with v in all lanes.
func (a isa) broadcast(v float32) reg.VecVirtual { return a.broadcastBits(math.Float32bits(v)) }

// broadcastBits is broadcast for any word.
func (a isa) broadcastBits(bits uint32) reg.VecVirtual {
	v := a.vec()
	VPBROADCASTD(word(bits), v)
	return v
}

// scalar is a register with a parameter in all lanes.
func (a isa) scalar(param string) reg.VecVirtual {
	x, v := XMM(), a.vec()
	Load(Param(param), x)
	VBROADCASTSS(x, v)
	return v
}

// word is a constant in memory, one place for all of its uses.
func word(bits uint32) Mem {
	if _, ok := constants[bits]; !ok {
		constants[bits] = ConstData(constName(bits), U32(bits))
	}
	return constants[bits]
}

var constants = map[uint32]Mem{}

func constName(bits uint32) string {
	const digits = "0123456789abcdef"
	name := []byte("c00000000")
	for i := 8; i > 0; i-- {
		name[i] = digits[bits&15]
		bits >>= 4
	}
	return string(name)
}

// exp2 computes 2^t with the polynomial of kernels.Weight, whose comment explains it. Fused multiply-adds make it
// faster and a little more exact; only kernels.Weight itself must do without.
type exp2 struct {
	isa
	fused bool
	magic reg.VecVirtual
	poly  [6]reg.VecVirtual // constant first
}

func newExp2(a isa, fused bool) exp2 {
	e := exp2{isa: a, fused: fused}
	if a.lanes == 8 {
		e.magic = a.broadcast(3 << 22)
	}
	for i, c := range []float32{1, 0.693147004, 0.240222424, 0.0555073358, 0.00967151299, 0.00132647261} {
		e.poly[i] = a.broadcast(c)
	}
	return e
}

// apply replaces t by 2^t. With 8 lanes t must lie within [-125, 126] or be NaN, see clamp; with 16 it must be finite or
// NaN.
func (e exp2) apply(t reg.VecVirtual) {
	n, p := e.vec(), e.vec()
	if e.lanes == 16 {
		VRNDSCALEPS(Imm(0), t, n)
		VSUBPS(n, t, t)
		e.polynomial(t, p)
		VSCALEFPS(n, p, t)
		return
	}
	VADDPS(e.magic, t, n)
	VSUBPS(e.magic, n, p)
	VSUBPS(p, t, t)
	e.polynomial(t, p)
	VPSLLD(Imm(23), n, n)
	VPADDD(n, p, t)
}

func (e exp2) polynomial(f, p reg.VecVirtual) {
	VMOVAPS(e.poly[5], p)
	for i := 4; i >= 0; i-- {
		if e.fused {
			VFMADD213PS(e.poly[i], f, p)
		} else {
			VMULPS(f, p, p)
			VADDPS(e.poly[i], p, p)
		}
	}
}

// clamp bounds t from below for apply. NaN stays NaN: the maximum returns its first operand here when it is.
func (e exp2) clamp(t reg.VecVirtual) { VMAXPS(t, e.broadcast(-125), t) }

// silu replaces v by v/(1+exp(-v)). NaN stays NaN here too.
func (e exp2) silu(v reg.VecVirtual) {
	t := e.vec()
	VMULPS(e.broadcast(-math.Log2E), v, t)
	VMINPS(t, e.broadcast(126), t)
	e.clamp(t)
	e.apply(t)
	VADDPS(e.poly[0], t, t)
	VDIVPS(t, v, v)
}

// softplus replaces v by max(v,0) + log1p(exp(-|v|)), where log1p(u) = 2 atanh(u/(2+u)) by a minimax polynomial in the
// square of the argument (relative error 5e-9 before rounding). It keeps its relative precision for v far below 0.
func (e exp2) softplus(v reg.VecVirtual) {
	u, s, q := e.vec(), e.vec(), e.vec()
	or(e.isa, e.broadcast(float32(math.Copysign(0, -1))), v, u)
	VMULPS(e.broadcast(math.Log2E), u, u)
	e.clamp(u)
	e.apply(u)
	VADDPS(e.broadcast(2), u, s)
	VDIVPS(s, u, s)
	VMULPS(s, s, q)
	p := e.broadcast(0.280119896)
	for _, c := range []float32{0.280018061, 0.400215268, 0.666664183, 2} {
		VFMADD213PS(e.broadcast(c), q, p)
	}
	none := e.vec()
	zero(e.isa, none)
	VMAXPS(v, none, v)
	VFMADD231PS(p, s, v)
}

// or is the bitwise or of two vectors.
func or(a isa, x, y, to reg.VecVirtual) {
	if a.lanes == 16 {
		VPORD(x, y, to)
	} else {
		VORPS(x, y, to)
	}
}
