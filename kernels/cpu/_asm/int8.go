package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// tileInt8 is a tile of whole numbers: panels hold 16 columns of 4 inputs for each group of inputs, as the weight plus
// 128. The sums of a block are exact in int32; its end scales them into y. Strides are bytes.
func tileInt8(a isa) {
	name := "tileInt8" + a.suffix
	TEXT(name, NOSPLIT, "func(rows, panels, groups int, x *int8, ldx int, w *byte, ldw int, "+
		"xs *float32, bias *int32, lds int, ws *float32, y *float32, ldy int, add int)")
	Doc(name + " is [instructions].tileInt8.")
	Pragma("noescape")
	dispatch(a.shapes(), true, func(s shape, label func(string) string) {
		if a.lanes == 16 {
			tileInt8VNNI(a, s, label)
		} else {
			tileInt8AVX2(a, s, label)
		}
	})
}

// tileInt8VNNI multiplies weights as they are stored, unsigned, so that its sums start from -128 times those of x.
func tileInt8VNNI(a isa, s shape, label func(string) string) {
	acc := newAccumulators(a, s)
	bias := newRows("bias", "lds", s.rows)
	acc.each(func(v reg.VecVirtual, row, _ int) { VPBROADCASTD(bias.at(row, 0), v) })
	groups := Load(Param("groups"), GP64())
	x := newRows("x", "ldx", s.rows)
	w := newRows("w", "ldw", s.panels)
	xv := a.vec()
	wv := make([]reg.VecVirtual, s.panels)
	for p := range wv {
		wv[p] = a.vec()
	}
	ahead := newAhead(s.panels)
	Label(label("loop"))
	ahead.prefetch(w, 0)
	for p := range wv {
		VMOVDQU32(w.at(p, 0), wv[p])
	}
	for r := range acc {
		VPBROADCASTD(x.at(r, 0), xv)
		for p, v := range acc[r] {
			VPDPBUSD(xv, wv[p], v)
		}
	}
	x.advance(4)
	w.advance(64)
	DECQ(groups)
	JNZ(LabelRef(label("loop")))
	acc.each(func(v reg.VecVirtual, _, _ int) { VCVTDQ2PS(v, v) })
	scaleInt8(a, s, acc, label)
}

// tileInt8AVX2 has no products of unsigned and signed bytes that cannot overflow but those of magnitudes up to 127: it
// moves the weight's sign to x.
func tileInt8AVX2(a isa, s shape, label func(string) string) {
	acc := newAccumulators(a, s)
	acc.each(func(v reg.VecVirtual, _, _ int) { zero(a, v) })
	ones, weight, magnitude, xv := avx2.broadcastBits(0x00010001), YMM(), YMM(), YMM()
	groups := Load(Param("groups"), GP64())
	x := newRows("x", "ldx", s.rows)
	w := newRows("w", "ldw", s.panels)
	ahead := newAhead(s.panels)
	Label(label("loop"))
	ahead.prefetch(w, 0)
	for i := range acc[0] {
		VPBROADCASTD(word(0x80808080), magnitude) // 128 from every byte; there is no register to keep it in
		VPXOR(w.at(i/2, 32*(i%2)), magnitude, weight)
		VPABSB(weight, magnitude)
		for r := range acc {
			VPBROADCASTD(x.at(r, 0), xv)
			VPSIGNB(weight, xv, xv)
			VPMADDUBSW(xv, magnitude, xv)
			VPMADDWD(xv, ones, xv)
			VPADDD(xv, acc[r][i], acc[r][i])
		}
	}
	x.advance(4)
	w.advance(64)
	DECQ(groups)
	JNZ(LabelRef(label("loop")))
	acc.each(func(v reg.VecVirtual, _, _ int) { VCVTDQ2PS(v, v) })
	scaleInt8(a, s, acc, label)
}

// scaleInt8 is y = (add ? y : 0) + sum*xs*ws.
func scaleInt8(a isa, s shape, acc accumulators, label func(string) string) {
	xs := newRows("xs", "lds", s.rows)
	scale := a.vec()
	for r := range acc {
		VBROADCASTSS(xs.at(r, 0), scale)
		for _, v := range acc[r] {
			VMULPS(scale, v, v)
		}
	}
	ws := Load(Param("ws"), GP64())
	y := newRows("y", "ldy", s.rows)
	add := Load(Param("add"), GP64())
	TESTQ(add, add)
	JNZ(LabelRef(label("add")))
	acc.each(func(v reg.VecVirtual, row, at int) {
		VMULPS(Mem{Base: ws, Disp: at}, v, v)
		VMOVUPS(v, y.at(row, at))
	})
	JMP(LabelRef(label("end")))
	Label(label("add"))
	sum := a.vec()
	acc.each(func(v reg.VecVirtual, row, at int) {
		VMULPS(Mem{Base: ws, Disp: at}, v, v)
		VADDPS(y.at(row, at), v, sum)
		VMOVUPS(sum, y.at(row, at))
	})
	Label(label("end"))
}

// absMax finds what a block's scale needs.
func absMax() {
	TEXT("absMaxAVX2", NOSPLIT, "func(x *float32, n int) (largest, zero float32)")
	Doc("absMaxAVX2 returns the largest |x[i]|, NaN left out, and the sum of 0*x[i], i < n: NaN if one is not finite.")
	Pragma("noescape")
	x := Load(Param("x"), GP64())
	sign, none, largest, zero := avx2.broadcastBits(0x7fffffff), YMM(), YMM(), YMM()
	VXORPS(none, none, none)
	VXORPS(largest, largest, largest)
	VXORPS(zero, zero, zero)
	eachLanes(func(l lanes) {
		v := l.load(x, nil)
		VFMADD231PS(v, none, zero)
		VANDPS(sign, v, v)
		VMAXPS(largest, v, largest)
	})
	Store(reduce(largest, func(a, b, to Op) { VMAXPS(a, b, to) }), Return("largest"))
	Store(reduce(zero, sum), Return("zero"))
	VZEROUPPER()
	RET()
}

// quantize rounds a block. It writes whole groups of 8 bytes.
func quantize() {
	TEXT("quantizeAVX2", NOSPLIT, "func(q *int8, x *float32, n int, inverse float32) int32")
	Doc("quantizeAVX2 is q[i] = round(x[i]*inverse), i < n, 0 up to a multiple of 8, and returns their sum.")
	Pragma("noescape")
	q, x := Load(Param("q"), GP64()), Load(Param("x"), GP64())
	inverse, total := avx2.scalar("inverse"), YMM()
	VXORPS(total, total, total)
	eachLanes(func(l lanes) {
		v := l.load(x, nil)
		VMULPS(inverse, v, v)
		VCVTPS2DQ(v, v)
		VPADDD(v, total, total)
		high := XMM()
		VEXTRACTI128(Imm(1), v, high)
		VPACKSSDW(high, v.AsX(), high)
		VPACKSSWB(high, high, high)
		VMOVQ(high, Mem{Base: q})
		ADDQ(Imm(8), q)
	})
	low := total.AsX()
	high := XMM()
	VEXTRACTI128(Imm(1), total, high)
	VPADDD(high, low, high)
	VPSHUFD(Imm(0x4e), high, low)
	VPADDD(high, low, high)
	VPSHUFD(Imm(0xb1), high, low)
	VPADDD(high, low, high)
	result := GP32()
	VMOVD(high, result)
	Store(result, ReturnIndex(0))
	VZEROUPPER()
	RET()
}
