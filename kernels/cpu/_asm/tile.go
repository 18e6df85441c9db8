package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// tile computes rows x 16*panels values of a product, each in one accumulator that sums over k from first to last:
// tiles of every shape round alike. The accumulators start from y when add is not 0. Strides count values.
func tile(rows, panels int) {
	name := fmt.Sprintf("tile%dx%d", rows, panels)
	TEXT(name, NOSPLIT, "func(k int, x *float32, ldx int, w *float32, ldw int, y *float32, ldy int, add int)")
	Doc(fmt.Sprintf("%s is [instructions].tile for %d rows and %d panels.", name, rows, panels))
	Pragma("noescape")
	k := Load(Param("k"), GP64())
	x := newRows(Load(Param("x"), GP64()), loadStride("ldx"), rows)
	w := newRows(Load(Param("w"), GP64()), loadStride("ldw"), panels)
	y := newRows(Load(Param("y"), GP64()), loadStride("ldy"), rows)

	acc := make([][]reg.VecVirtual, rows)
	eachAcc := func(f func(a reg.VecVirtual, at Mem)) {
		for r := range acc {
			for i, a := range acc[r] {
				f(a, y.at(r, 32*i))
			}
		}
	}
	for r := range acc {
		acc[r] = make([]reg.VecVirtual, 2*panels)
		for i := range acc[r] {
			acc[r][i] = YMM()
		}
	}
	add := Load(Param("add"), GP64())
	TESTQ(add, add)
	JNZ(LabelRef("add"))
	eachAcc(func(a reg.VecVirtual, _ Mem) { VXORPS(a, a, a) })
	JMP(LabelRef("start"))
	Label("add")
	eachAcc(func(a reg.VecVirtual, at Mem) { VMOVUPS(at, a) })
	Label("start")

	// One-row tiles need a single broadcast a step and read the weights straight from memory.
	xv := YMM()
	wv := []reg.VecVirtual{YMM(), YMM()}
	step := func(u int) {
		if rows == 1 {
			VBROADCASTSS(x.at(0, 4*u), xv)
			for i, a := range acc[0] {
				VFMADD231PS(w.at(i/2, 64*u+32*(i%2)), xv, a)
			}
			return
		}
		for p := range panels {
			VMOVUPS(w.at(p, 64*u), wv[0])
			VMOVUPS(w.at(p, 64*u+32), wv[1])
			for r := range acc {
				VBROADCASTSS(x.at(r, 4*u), xv)
				VFMADD231PS(wv[0], xv, acc[r][2*p])
				VFMADD231PS(wv[1], xv, acc[r][2*p+1])
			}
		}
	}
	const unroll = 4
	SUBQ(Imm(unroll), k)
	JL(LabelRef("rest"))
	Label("loop")
	for u := range unroll {
		step(u)
	}
	x.advance(4 * unroll)
	w.advance(64 * unroll)
	SUBQ(Imm(unroll), k)
	JGE(LabelRef("loop"))
	Label("rest")
	ADDQ(Imm(unroll), k)
	JZ(LabelRef("store"))
	Label("one")
	step(0)
	x.advance(4)
	w.advance(64)
	SUBQ(Imm(1), k)
	JNZ(LabelRef("one"))

	Label("store")
	eachAcc(func(a reg.VecVirtual, at Mem) { VMOVUPS(a, at) })
	VZEROUPPER()
	RET()
}

// loadStride loads a stride in values and turns it into bytes.
func loadStride(name string) reg.Register {
	s := Load(Param(name), GP64())
	SHLQ(Imm(2), s)
	return s
}

// rowSet addresses up to six equally spaced rows with one base register for every three.
type rowSet struct {
	base   []reg.Register
	stride reg.Register
}

func newRows(first, stride reg.Register, rows int) rowSet {
	s := rowSet{[]reg.Register{first}, stride}
	if rows > 3 {
		fourth := GP64()
		LEAQ(Mem{Base: first, Index: stride, Scale: 2}, fourth)
		ADDQ(stride, fourth)
		s.base = append(s.base, fourth)
	}
	return s
}

func (s rowSet) at(row, disp int) Mem {
	m := Mem{Base: s.base[row/3], Disp: disp}
	if row%3 > 0 {
		m.Index, m.Scale = s.stride, uint8(row%3)
	}
	return m
}

func (s rowSet) advance(bytes int) {
	for _, b := range s.base {
		ADDQ(U32(uint32(bytes)), b)
	}
}
