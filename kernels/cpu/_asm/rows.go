package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// lanes is a group of up to 8 values in the vectors of a row kernel, all with the same distance from their bases.
type lanes struct {
	at   reg.Register   // how many bytes lie before it
	mask reg.VecVirtual // which lanes exist; nil for all
}

// load reads the group of a vector. Lanes that do not exist become fill.
func (l lanes) load(base reg.Register, fill reg.VecVirtual) reg.VecVirtual {
	v := YMM()
	m := Mem{Base: base, Index: l.at, Scale: 1}
	switch {
	case l.mask == nil:
		VMOVUPS(m, v)
	case fill == nil:
		VMASKMOVPS(m, l.mask, v)
	default:
		VMASKMOVPS(m, l.mask, v)
		VBLENDVPS(l.mask, v, fill, v)
	}
	return v
}

func (l lanes) store(v reg.VecVirtual, base reg.Register) {
	m := Mem{Base: base, Index: l.at, Scale: 1}
	if l.mask == nil {
		VMOVUPS(v, m)
	} else {
		VMASKMOVPS(v, l.mask, m)
	}
}

// eachLanes runs body over the n values of a row, 8 at a time, and once more on what is left of it.
func eachLanes(body func(l lanes)) {
	n, at := Load(Param("n"), GP64()), GP64()
	XORQ(at, at)
	SUBQ(Imm(8), n)
	JL(LabelRef("rest"))
	Label("loop")
	body(lanes{at: at})
	ADDQ(Imm(32), at)
	SUBQ(Imm(8), n)
	JGE(LabelRef("loop"))
	Label("rest")
	ADDQ(Imm(8), n)
	JZ(LabelRef("done"))
	table, mask := GP64(), YMM()
	LEAQ(masks(), table)
	NEGQ(n)
	VMOVUPS(Mem{Base: table, Index: n, Scale: 4, Disp: 32}, mask)
	body(lanes{at, mask})
	Label("done")
}

// masks is 8 words of ones and then 8 of zeros: from word 8-n on it selects n lanes.
func masks() Mem {
	if maskTable == nil {
		m := GLOBL("masks", RODATA|NOPTR)
		for i := range 16 {
			word := uint32(0xffffffff)
			if i >= 8 {
				word = 0
			}
			DATA(4*i, U32(word))
		}
		maskTable = &m
	}
	return *maskTable
}

var maskTable *Mem

// reduce folds the lanes of y into lane 0, in halves, with op.
func reduce(y reg.VecVirtual, op func(a, b, to Op)) reg.VecVirtual {
	x, half := y.AsX(), XMM()
	VEXTRACTF128(Imm(1), y, half)
	op(half, x, half)
	VMOVHLPS(half, half, x)
	op(x, half, half)
	VMOVSHDUP(half, x)
	op(x, half, half)
	return half
}

func sum(a, b, to Op) { VADDPS(a, b, to) }

func sumSquares() {
	TEXT("sumSquaresAVX2", NOSPLIT, "func(x *float32, n int) float32")
	Doc("sumSquaresAVX2 is sum_i x[i]*x[i], i < n.")
	Pragma("noescape")
	x := Load(Param("x"), GP64())
	acc := YMM()
	VXORPS(acc, acc, acc)
	eachLanes(func(l lanes) {
		v := l.load(x, nil)
		VFMADD231PS(v, v, acc)
	})
	Store(reduce(acc, sum), ReturnIndex(0))
	VZEROUPPER()
	RET()
}

func scaleRow() {
	TEXT("scaleRowAVX2", NOSPLIT, "func(y, x, w *float32, n int, scale float32)")
	Doc("scaleRowAVX2 is y[i] = x[i]*scale*w[i], i < n.")
	Pragma("noescape")
	y, x, w := Load(Param("y"), GP64()), Load(Param("x"), GP64()), Load(Param("w"), GP64())
	scale := avx2.scalar("scale")
	eachLanes(func(l lanes) {
		v := l.load(x, nil)
		VMULPS(scale, v, v)
		VMULPS(l.load(w, nil), v, v)
		l.store(v, y)
	})
	VZEROUPPER()
	RET()
}

func addScaled() {
	TEXT("addScaledAVX2", NOSPLIT, "func(y, x *float32, n int, scale float32)")
	Doc("addScaledAVX2 is y[i] += scale*x[i], i < n.")
	Pragma("noescape")
	y, x := Load(Param("y"), GP64()), Load(Param("x"), GP64())
	scale := avx2.scalar("scale")
	eachLanes(func(l lanes) {
		v := l.load(y, nil)
		VFMADD231PS(l.load(x, nil), scale, v)
		l.store(v, y)
	})
	VZEROUPPER()
	RET()
}

func squaredReLU() {
	TEXT("squaredReLUAVX2", NOSPLIT, "func(y *float32, n int)")
	Doc("squaredReLUAVX2 is y[i] = max(y[i], 0)^2, i < n.")
	Pragma("noescape")
	y, none := Load(Param("y"), GP64()), YMM()
	VXORPS(none, none, none)
	eachLanes(func(l lanes) {
		v := l.load(y, nil)
		VMAXPS(v, none, v) // NaN stays, see clamp
		VMULPS(v, v, v)
		l.store(v, y)
	})
	VZEROUPPER()
	RET()
}

func swiGLU() {
	TEXT("swiGLUAVX2", NOSPLIT, "func(y, gate, up *float32, n int)")
	Doc("swiGLUAVX2 is y[i] = silu(gate[i])*up[i], i < n.")
	Pragma("noescape")
	y, gate, up := Load(Param("y"), GP64()), Load(Param("gate"), GP64()), Load(Param("up"), GP64())
	e := newExp2(avx2, true)
	eachLanes(func(l lanes) {
		v := l.load(gate, nil)
		e.silu(v)
		VMULPS(l.load(up, nil), v, v)
		l.store(v, y)
	})
	VZEROUPPER()
	RET()
}

func maxRow() {
	TEXT("maxRowAVX2", NOSPLIT, "func(x *float32, n int) float32")
	Doc("maxRowAVX2 is the largest of x[i], i < n, NaN left out; -Inf if there is none.")
	Pragma("noescape")
	x := Load(Param("x"), GP64())
	least := avx2.broadcast(float32(math.Inf(-1)))
	acc := YMM()
	VMOVAPS(least, acc)
	eachLanes(func(l lanes) {
		VMAXPS(acc, l.load(x, least), acc)
	})
	Store(reduce(acc, func(a, b, to Op) { VMAXPS(a, b, to) }), ReturnIndex(0))
	VZEROUPPER()
	RET()
}

// exponent is (x-largest)*scale in powers of two, bounded below so that its power of two is a normal number.
func exponent(x, largest, scale, floor reg.VecVirtual) {
	VSUBPS(largest, x, x)
	VMULPS(scale, x, x)
	VMAXPS(x, floor, x)
}

func expSum() {
	TEXT("expSumAVX2", NOSPLIT, "func(x *float32, n int, largest, scale float32) float32")
	Doc("expSumAVX2 is x[i] = exp2((x[i]-largest)*scale), i < n, and returns their sum.")
	Pragma("noescape")
	x := Load(Param("x"), GP64())
	largest, scale := avx2.scalar("largest"), avx2.scalar("scale")
	e, floor, acc := newExp2(avx2, true), avx2.broadcast(-125), YMM()
	VXORPS(acc, acc, acc)
	eachLanes(func(l lanes) {
		v := l.load(x, nil)
		exponent(v, largest, scale, floor)
		e.apply(v)
		l.store(v, x)
		if l.mask != nil {
			VANDPS(l.mask, v, v)
		}
		VADDPS(v, acc, acc)
	})
	Store(reduce(acc, sum), ReturnIndex(0))
	VZEROUPPER()
	RET()
}

func expMoments() {
	TEXT("expMomentsAVX2", NOSPLIT, "func(x *float32, n int, largest float32) (total, moment float32)")
	Doc("expMomentsAVX2 returns sum_i exp(t[i]) and sum_i t[i]*exp(t[i]) / ln 2, where t[i] = x[i]-largest, i < n.")
	Pragma("noescape")
	x := Load(Param("x"), GP64())
	largest, scale := avx2.scalar("largest"), avx2.broadcast(math.Log2E)
	e, floor, total, moment := newExp2(avx2, true), avx2.broadcast(-125), YMM(), YMM()
	VXORPS(total, total, total)
	VXORPS(moment, moment, moment)
	eachLanes(func(l lanes) {
		t, p := l.load(x, nil), YMM()
		exponent(t, largest, scale, floor)
		VMOVAPS(t, p)
		e.apply(p)
		if l.mask != nil {
			VANDPS(l.mask, p, p)
		}
		VADDPS(p, total, total)
		VFMADD231PS(t, p, moment)
	})
	Store(reduce(total, sum), Return("total"))
	Store(reduce(moment, sum), Return("moment"))
	VZEROUPPER()
	RET()
}

func drawWeights() {
	TEXT("drawWeightsAVX2", NOSPLIT, "func(w *int32, x *float32, n int, largest, temperature float32)")
	Doc("drawWeightsAVX2 is w[i] = kernels.Weight((x[i]-largest)/temperature), i < n.")
	Pragma("noescape")
	w, x := Load(Param("w"), GP64()), Load(Param("x"), GP64())
	largest, temperature := avx2.scalar("largest"), avx2.scalar("temperature")
	e, floor, scale, up := newExp2(avx2, false), avx2.broadcast(-22), avx2.broadcast(math.Log2E), avx2.broadcast(1<<30)
	eachLanes(func(l lanes) {
		v, above := l.load(x, nil), YMM()
		VSUBPS(largest, v, v)
		VDIVPS(temperature, v, v)
		VCMPPS(Imm(0x1e), floor, v, above) // greater than, false for NaN
		VMAXPS(v, floor, v)
		VMULPS(scale, v, v)
		e.apply(v)
		VMULPS(up, v, v)
		VCVTPS2DQ(v, v)
		VANDPS(above, v, v)
		l.store(v, w)
	})
	VZEROUPPER()
	RET()
}
