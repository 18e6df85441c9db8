package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// isa is a set of vector instructions.
type isa struct {
	suffix string
	lanes  int // float32 values of a vector
	rows   int // of the largest tile
	vec    func() reg.VecVirtual
}

var (
	avx2   = isa{"AVX2", 8, 6, YMM}
	avx512 = isa{"AVX512", 16, 12, ZMM}
)

// shape is the size of a tile: rows of x by panels of 16 columns of w.
type shape struct{ rows, panels int }

// shapes are those that panelsPerTile of package cpu chooses from, and fewer panels, for the last ones of a matrix.
func (a isa) shapes() []shape {
	var all []shape
	for rows := 1; rows <= a.rows; rows++ {
		all = append(all, shape{rows, 1})
		if a.lanes == 16 || rows <= 3 {
			all = append(all, shape{rows, 2})
		}
		if rows == 1 {
			all = append(all, shape{1, 4})
		}
	}
	return all
}

// vectors is the number of vectors in a panel.
func (a isa) vectors() int { return 16 / a.lanes }

// unroll is how many inputs a round of a tile's loop takes: more than one where counting would cost as much as computing.
func (a isa) unroll(s shape) int {
	switch {
	case s.rows*s.panels*a.vectors() >= 8:
		return 1
	case s.rows > 1:
		return 2
	}
	return 4
}

// format is how the weights of a panel are stored: 16 values for each input, next to each other.
type format struct {
	name string
	size int // bytes a value
	load func(a isa, m Mem, to reg.VecVirtual)
}

var formats = []format{
	{"F32", 4, func(_ isa, m Mem, to reg.VecVirtual) { VMOVUPS(m, to) }},
	{"F16", 2, func(_ isa, m Mem, to reg.VecVirtual) { VCVTPH2PS(m, to) }},
	{"BF16", 2, func(_ isa, m Mem, to reg.VecVirtual) {
		VPMOVZXWD(m, to)
		VPSLLD(Imm(16), to, to)
	}},
}

// accumulators are the sums of a tile, one vector each.
type accumulators [][]reg.VecVirtual

func newAccumulators(a isa, s shape) accumulators {
	acc := make(accumulators, s.rows)
	for r := range acc {
		for range s.panels * a.vectors() {
			acc[r] = append(acc[r], a.vec())
		}
	}
	return acc
}

// each visits every sum with its row and its place in the row, in bytes.
func (acc accumulators) each(f func(v reg.VecVirtual, row, at int)) {
	for r, vectors := range acc {
		for i, v := range vectors {
			f(v, r, i*int(v.Size()))
		}
	}
}

// multiply adds the products of a number u of each row of x with 16 of each panel of w.
func (acc accumulators) multiply(a isa, f format, x, w rowSet, u int) {
	xv := a.vec()
	for first := 0; first < len(acc[0]); first += 2 {
		var pair []reg.VecVirtual
		for i := first; i < min(first+2, len(acc[0])); i++ {
			v := a.vec()
			f.load(a, w.at(i/a.vectors(), (16*u+i%a.vectors()*a.lanes)*f.size), v)
			pair = append(pair, v)
		}
		for r := range acc {
			VBROADCASTSS(x.at(r, 4*u), xv)
			for i, v := range pair {
				VFMADD231PS(v, xv, acc[r][first+i])
			}
		}
	}
}

// dispatch jumps to the code of the shape that the parameters rows and, if byPanels, panels name; it ends the function.
// Without, no two shapes have equally many rows.
func dispatch(shapes []shape, byPanels bool, emit func(s shape, label func(string) string)) {
	rows, panels := Load(Param("rows"), GP64()), GP64()
	if byPanels {
		Load(Param("panels"), panels)
	}
	for _, s := range shapes {
		label := func(name string) string { return fmt.Sprintf("%s%dx%d", name, s.rows, s.panels) }
		CMPQ(rows, Imm(uint64(s.rows)))
		JNE(LabelRef(label("not")))
		if byPanels {
			CMPQ(panels, Imm(uint64(s.panels)))
			JNE(LabelRef(label("not")))
		}
		emit(s, label)
		VZEROUPPER()
		RET()
		Label(label("not"))
	}
	UD2()
}

// tile computes rows x 16*panels values of a product, each in one accumulator that sums over k from first to last:
// tiles of every shape round alike. The accumulators start from y when add is not 0. Strides are bytes.
func tile(a isa, f format) {
	name := "tile" + f.name + a.suffix
	TEXT(name, NOSPLIT, "func(rows, panels, k int, x *float32, ldx int, w *byte, ldw int, y *float32, ldy int, add int)")
	Doc(name + " is [instructions].tile for weights of " + f.name + ".")
	Pragma("noescape")
	dispatch(a.shapes(), true, func(s shape, label func(string) string) { tileOf(a, f, s, label) })
}

func tileOf(a isa, f format, s shape, label func(string) string) {
	acc := newAccumulators(a, s)
	add := Load(Param("add"), GP64())
	TESTQ(add, add)
	JNZ(LabelRef(label("add")))
	acc.each(func(v reg.VecVirtual, _, _ int) { zero(a, v) })
	JMP(LabelRef(label("start")))
	Label(label("add"))
	y := newRows("y", "ldy", s.rows)
	acc.each(func(v reg.VecVirtual, row, at int) { VMOVUPS(y.at(row, at), v) })
	Label(label("start"))

	k := Load(Param("k"), GP64())
	x := newRows("x", "ldx", s.rows)
	w := newRows("w", "ldw", s.panels)
	ahead := newAhead(s.panels)
	step := func(u int) {
		if 16*f.size*u%64 == 0 {
			ahead.prefetch(w, 16*f.size*u)
		}
		if s.rows == 1 && f.name == "F32" { // no other row shares what is read: it need not pass through a register
			xv := a.vec()
			VBROADCASTSS(x.at(0, 4*u), xv)
			for i, v := range acc[0] {
				VFMADD231PS(w.at(i/a.vectors(), 4*(16*u+i%a.vectors()*a.lanes)), xv, v)
			}
			return
		}
		acc.multiply(a, f, x, w, u)
	}
	unroll := a.unroll(s)
	if unroll > 1 {
		SUBQ(Imm(uint64(unroll)), k)
		JL(LabelRef(label("rest")))
		Label(label("loop"))
		for u := range unroll {
			step(u)
		}
		x.advance(4 * unroll)
		w.advance(16 * f.size * unroll)
		SUBQ(Imm(uint64(unroll)), k)
		JGE(LabelRef(label("loop")))
		Label(label("rest"))
		ADDQ(Imm(uint64(unroll)), k)
		JZ(LabelRef(label("store")))
	}
	Label(label("one"))
	step(0)
	x.advance(4)
	w.advance(16 * f.size)
	DECQ(k)
	JNZ(LabelRef(label("one")))

	Label(label("store"))
	y = newRows("y", "ldy", s.rows)
	acc.each(func(v reg.VecVirtual, row, at int) { VMOVUPS(v, y.at(row, at)) })
}

// ahead is the distance from a tile's panels to those that are read soon: of the next tile, which lie behind them.
type ahead struct{ distance reg.Register }

func newAhead(panels int) ahead {
	d := GP64()
	Load(Param("ldw"), d)
	if panels > 1 {
		IMUL3Q(Imm(uint64(panels)), d, d)
	}
	return ahead{d}
}

// prefetch asks for the lines of the next tile's panels that are as far from their beginning as this tile has come. The
// processor's own prefetching begins anew with every page of memory, and a panel's slice is one to four of them.
func (a ahead) prefetch(w rowSet, disp int) {
	for i := range w.rows {
		m := w.at(i, disp)
		if m.Index == nil {
			m.Index, m.Scale = a.distance, 1
			PREFETCHT1(m)
			continue
		}
		p := GP64()
		LEAQ(m, p)
		PREFETCHT1(Mem{Base: p, Index: a.distance, Scale: 1})
	}
}

// zero sets a vector to zeros.
func zero(a isa, v reg.VecVirtual) {
	if a.lanes == 16 {
		VPXORD(v, v, v)
	} else {
		VXORPS(v, v, v)
	}
}

// rowSet addresses equally spaced rows with one base register for every three.
type rowSet struct {
	rows   int
	base   []reg.Register
	stride reg.Register
}

// newRows loads the parameters of the first row's address and of the distance of rows, in bytes.
func newRows(first, stride string, rows int) rowSet {
	s := rowSet{rows, []reg.Register{Load(Param(first), GP64())}, Load(Param(stride), GP64())}
	for len(s.base)*3 < rows {
		last, next := s.base[len(s.base)-1], GP64()
		LEAQ(Mem{Base: last, Index: s.stride, Scale: 2}, next)
		ADDQ(s.stride, next)
		s.base = append(s.base, next)
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
