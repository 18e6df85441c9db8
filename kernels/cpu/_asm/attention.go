package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// The two products of attention run over a whole page table, so that nothing is called a page and sums of values stay in
// registers from page to page. A page of keys is 2 panels of 16 positions, a page of values a panel for 16 elements.

const pageLen = 32 // kernels.PageLen

// attentionShapes are tiles of any number of rows by two panels or, where there are too few registers, one.
func (a isa) attentionShapes() []shape {
	var all []shape
	for rows := 1; rows <= a.rows; rows++ {
		panels := 2
		if a.lanes == 8 && rows > 3 {
			panels = 1
		}
		all = append(all, shape{rows, panels})
	}
	return all
}

// pages walks a page table.
type pages struct {
	table, left reg.Register
	page        reg.Register // address of the current page
	next        reg.Register // distance from it to one that comes soon, for prefetching
}

func newPages() pages {
	return pages{Load(Param("table"), GP64()), Load(Param("pages"), GP64()), GP64(), GP64()}
}

// pagesAhead is how many pages lie between a page and the one that is asked for while it is read: small pages take less
// time than memory does to answer.
const pagesAhead = 4

// load finds the current page and one to ask for, or itself if there are none left.
func (p pages) load(base string, label func(string) string) {
	size := Load(Param("pageBytes"), GP64())
	MOVLQSX(Mem{Base: p.table}, p.page)
	IMULQ(size, p.page)
	first := Load(Param(base), GP64())
	ADDQ(first, p.page)
	XORQ(p.next, p.next)
	CMPQ(p.left, Imm(pagesAhead))
	JLE(LabelRef(label("last" + base)))
	MOVLQSX(Mem{Base: p.table, Disp: 4 * pagesAhead}, p.next)
	IMULQ(size, p.next)
	ADDQ(first, p.next)
	SUBQ(p.page, p.next)
	Label(label("last" + base))
}

// step multiplies the next number of each row of x with the next 16 of each panel of w, and asks for those of a page to come.
func (acc accumulators) step(a isa, f format, x, w rowSet, next reg.Register) {
	acc.multiply(a, f, x, w, 0)
	ahead{next}.prefetch(w, 0)
	x.advance(4)
	w.advance(16 * f.size)
}

// attentionScores multiplies the queries of a key-value head with the keys of every position.
func attentionScores(a isa, f format) {
	name := "scores" + f.name + a.suffix
	TEXT(name, NOSPLIT, "func(rows, pages int, table *int32, keys *byte, pageBytes int, "+
		"x *float32, ldx, n int, y *float32, ldy int)")
	Doc(name + " is [instructions].scores for keys of " + f.name + ".")
	Pragma("noescape")
	dispatch(a.attentionShapes(), false, func(s shape, label func(string) string) {
		walk, at := newPages(), GP64() // at: bytes of scores before the current panels
		XORQ(at, at)
		Label(label("page"))
		walk.load("keys", label)
		for panel := 0; panel < pageLen/16; panel += s.panels {
			here := func(name string) string { return label(fmt.Sprintf("%s%d_", name, panel)) }
			acc := newAccumulators(a, s)
			acc.each(func(v reg.VecVirtual, _, _ int) { zero(a, v) })
			x, n := newRows("x", "ldx", s.rows), Load(Param("n"), GP64())
			stride := GP64()
			IMUL3Q(Imm(uint64(16*f.size)), n, stride)
			first := GP64()
			MOVQ(walk.page, first)
			if panel > 0 {
				ADDQ(stride, first)
			}
			w := rowSet{s.panels, []reg.Register{first}, stride}
			Label(here("loop"))
			acc.step(a, f, x, w, walk.next)
			DECQ(n)
			JNZ(LabelRef(here("loop")))
			y := newRows("y", "ldy", s.rows)
			for _, base := range y.base {
				ADDQ(at, base)
			}
			acc.each(func(v reg.VecVirtual, row, column int) { VMOVUPS(v, y.at(row, column)) })
			ADDQ(U32(uint32(64*s.panels)), at)
		}
		ADDQ(Imm(4), walk.table)
		DECQ(walk.left)
		JNZ(LabelRef(label("page")))
	})
}

// attentionValues sums the values of every position with the weights that the scores have become.
func attentionValues(a isa, f format) {
	name := "values" + f.name + a.suffix
	TEXT(name, NOSPLIT, "func(rows, pages int, table *int32, values *byte, pageBytes, last int, "+
		"x *float32, ldx int, y *float32, ldy int)")
	Doc(name + " is [instructions].values for values of " + f.name + ".")
	Pragma("noescape")
	dispatch(a.attentionShapes(), false, func(s shape, label func(string) string) {
		walk := newPages()
		acc := newAccumulators(a, s)
		acc.each(func(v reg.VecVirtual, _, _ int) { zero(a, v) })
		x, stride := newRows("x", "ldx", s.rows), GP64()
		MOVQ(U64(uint64(pageLen*16*f.size)), stride)
		Label(label("page"))
		walk.load("values", label)
		w := rowSet{s.panels, []reg.Register{walk.page}, stride}
		n := Load(Param("last"), GP64())
		CMPQ(walk.left, Imm(1))
		JE(LabelRef(label("loop")))
		MOVQ(U64(pageLen), n)
		Label(label("loop"))
		acc.step(a, f, x, w, walk.next)
		DECQ(n)
		JNZ(LabelRef(label("loop")))
		ADDQ(Imm(4), walk.table)
		DECQ(walk.left)
		JNZ(LabelRef(label("page")))
		y := newRows("y", "ldy", s.rows)
		acc.each(func(v reg.VecVirtual, row, at int) { VMOVUPS(v, y.at(row, at)) })
	})
}
