package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// broadcast is a register with v in all lanes.
func broadcast(v float32) reg.VecVirtual { return broadcastBits(math.Float32bits(v)) }

// broadcastBits is broadcast for any word.
func broadcastBits(bits uint32) reg.VecVirtual {
	y := YMM()
	VPBROADCASTD(word(bits), y)
	return y
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
	fused bool
	magic reg.VecVirtual
	poly  [6]reg.VecVirtual // constant first
}

func newExp2(fused bool) exp2 {
	e := exp2{fused: fused, magic: broadcast(3 << 22)}
	for i, c := range []float32{1, 0.693147004, 0.240222424, 0.0555073358, 0.00967151299, 0.00132647261} {
		e.poly[i] = broadcast(c)
	}
	return e
}

// apply replaces t, which lies within [-125, 126] or is NaN, by 2^t.
func (e exp2) apply(t reg.VecVirtual) {
	n, p := YMM(), YMM()
	VADDPS(e.magic, t, n)
	VSUBPS(e.magic, n, p)
	VSUBPS(p, t, t)
	VMOVAPS(e.poly[5], p)
	for i := 4; i >= 0; i-- {
		if e.fused {
			VFMADD213PS(e.poly[i], t, p)
		} else {
			VMULPS(t, p, p)
			VADDPS(e.poly[i], p, p)
		}
	}
	VPSLLD(Imm(23), n, n)
	VPADDD(n, p, t)
}

// silu replaces v by v/(1+exp(-v)). NaN stays NaN: the minimum and maximum return their first operand here when it is.
func (e exp2) silu(v reg.VecVirtual) {
	t := YMM()
	VMULPS(broadcast(-math.Log2E), v, t)
	VMINPS(t, broadcast(126), t)
	VMAXPS(t, broadcast(-125), t)
	e.apply(t)
	VADDPS(e.poly[0], t, t)
	VDIVPS(t, v, v)
}

// softplus replaces v by max(v,0) + log1p(exp(-|v|)), where log1p(u) = 2 atanh(u/(2+u)) by a minimax polynomial in the
// square of the argument (relative error 5e-9 before rounding). It keeps its relative precision for v far below 0.
func (e exp2) softplus(v reg.VecVirtual) {
	u, s, q := YMM(), YMM(), YMM()
	VORPS(broadcast(float32(math.Copysign(0, -1))), v, u)
	VMULPS(broadcast(math.Log2E), u, u)
	VMAXPS(u, broadcast(-125), u)
	e.apply(u)
	VADDPS(broadcast(2), u, s)
	VDIVPS(s, u, s)
	VMULPS(s, s, q)
	p := broadcast(0.280119896)
	for _, c := range []float32{0.280018061, 0.400215268, 0.666664183, 2} {
		VFMADD213PS(broadcast(c), q, p)
	}
	zero := YMM()
	VXORPS(zero, zero, zero)
	VMAXPS(v, zero, v)
	VFMADD231PS(p, s, v)
}
