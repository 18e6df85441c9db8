package answer

import (
	"slices"
	"strings"
)

// A fit is how well two readings can mean the same.
type fit int

const (
	unfit     fit = iota
	loose         // under one reading of an ambiguous form: 25% and 25, 0.333 and 1/3
	same          // but for what one of them leaves out: a label, a unit, an exact form
	identical     // the same key
)

// fits compares two values. It is symmetric, and not transitive: 5 fits 5 cm and 5 m. Classes makes an
// equivalence relation of it.
func fits(x, y value) fit {
	if f, ok := fitsOneWay(x, y); ok {
		return f
	}
	f, _ := fitsOneWay(y, x)
	return f
}

// fitsOneWay compares pairs of kinds in one order; ok is false for the pairs that it leaves to the other.
func fitsOneWay(x, y value) (fit, bool) {
	switch x := x.(type) {
	case *labelled:
		return x.fits(y), true
	case *record:
		return x.fits(y), true
	case *sentence:
		return x.fits(y), true
	case *scalar:
		if y, ok := y.(*scalar); ok {
			return x.fits(y), true
		}
		if y, ok := y.(word); ok && x.spells(string(y)) {
			return loose, true
		}
	case *tuple:
		if y, ok := y.(*tuple); ok {
			return fitsInOrder(x.elements, y.elements), true
		}
		if y, ok := y.(*list); ok && x.square {
			return min(loose, fitsInAnyOrder(x.elements, y.elements)), true
		}
	case *timeOfDay:
		if t, ok := y.(*timeOfDay); ok && t.word == x.word {
			return identical, true
		}
		if x.ratio != nil {
			if t, ok := y.(*timeOfDay); ok && t.ratio != nil {
				return min(loose, x.ratio.fits(t.ratio)), true
			}
			if y, ok := y.(*scalar); ok {
				return min(loose, x.ratio.fits(y)), true
			}
		}
	case *list:
		if y, ok := y.(*list); ok {
			return fitsInAnyOrder(x.elements, y.elements), true
		}
		if y, ok := y.(*scalar); ok && x.decimal != nil {
			return min(loose, fits(x.decimal, y)), true
		}
	case *reals:
		return x.fits(y)
	case *matrix:
		if y, ok := y.(*matrix); ok {
			return x.fits(y), true
		}
	case *relation:
		if y, ok := y.(*relation); ok {
			return x.fits(y), true
		}
	case word:
		if y, ok := y.(word); ok && x == y {
			return identical, true
		}
	}
	return unfit, false
}

func fitsInOrder(x, y []value) fit {
	if len(x) != len(y) {
		return unfit
	}
	f := identical
	for i := range x {
		if f = min(f, fits(x[i], y[i])); f == unfit {
			break
		}
	}
	return f
}

// fitsInAnyOrder pairs every element with the first that fits best among those left.
func fitsInAnyOrder(x, y []value) fit {
	if len(x) != len(y) {
		return unfit
	}
	f := identical
	taken := make([]bool, len(y))
	for _, e := range x {
		best, at := unfit, -1
		for i, other := range y {
			if taken[i] {
				continue
			}
			if g := fits(e, other); g > best {
				best, at = g, i
			}
			if best == identical {
				break
			}
		}
		if at < 0 {
			return unfit
		}
		taken[at] = true
		f = min(f, best)
	}
	return f
}

// fits lets a label be left out, and y = x/2 be an equation.
func (l *labelled) fits(y value) fit {
	switch y := y.(type) {
	case *labelled:
		if l.label == y.label {
			return fits(l.value, y.value)
		}
		if l.equation != nil && y.equation != nil {
			return l.equation.fits(y.equation)
		}
		return unfit
	case *relation:
		if l.equation == nil {
			return unfit
		}
		return fits(l.equation, y)
	case *record:
		return y.fits(l)
	}
	return fits(l.value, y)
}

// fits compares a record by its labels, or, where the other has none, by its values.
func (r *record) fits(y value) fit {
	switch y := y.(type) {
	case *record:
		if len(r.fields) != len(y.fields) {
			return unfit
		}
		f := identical
		for i := range r.fields {
			if r.fields[i].label != y.fields[i].label {
				return unfit
			}
			f = min(f, fits(r.fields[i].value, y.fields[i].value))
		}
		return f
	case *labelled:
		if l, ok := y.value.(*list); ok && r.numbered(y.label) {
			return min(loose, fitsInAnyOrder(r.ordered, l.elements))
		}
		return r.fitsNamed(y)
	case *tuple:
		return min(loose, fitsInOrder(r.ordered, y.elements))
	case *list:
		return min(loose, fitsInAnyOrder(r.ordered, y.elements))
	}
	return unfit
}

// numbered reports whether the labels are one with numbers: x_1 and x_2 are solutions for x.
func (r *record) numbered(label string) bool {
	return !slices.ContainsFunc(r.fields, func(f *labelled) bool {
		number, ok := strings.CutPrefix(f.label, label+"_")
		return !ok || !digits(strings.Trim(number, "⟨⟩"))
	})
}

// fitsNamed compares x = 1, y = 2 with (x, y) = (1, 2).
func (r *record) fitsNamed(l *labelled) fit {
	t, ok := l.value.(*tuple)
	names := strings.Split(strings.Trim(l.label, "()"), ",")
	if !ok || len(names) != len(t.elements) || len(names) != len(r.fields) {
		return unfit
	}
	fields := make([]*labelled, len(names))
	for i, name := range names {
		fields[i] = &labelled{label: name, value: t.elements[i]}
	}
	return r.fits(newRecord(fields))
}

// fits lets (0, 1) be a point, and [0, 1] a list.
func (r *reals) fits(y value) (fit, bool) {
	switch y := y.(type) {
	case *reals:
		if len(r.pieces) != len(y.pieces) {
			return unfit, true
		}
		f := identical
		for i := range r.pieces {
			f = min(f, r.pieces[i].fits(y.pieces[i]))
		}
		return f, true
	case *tuple:
		if p, ok := openInterval(y); ok && len(r.pieces) == 1 {
			return r.pieces[0].fits(p), true
		}
		return unfit, true
	case *list:
		if union, ok := intervals(y); ok {
			if set, ok := union.merged(); ok {
				f, _ := r.fits(set)
				return min(loose, f), true
			}
		}
		if len(r.pieces) == 1 && !y.braces && !r.pieces[0].lowOpen && !r.pieces[0].highOpen {
			return min(loose, fitsInAnyOrder([]value{r.pieces[0].low, r.pieces[0].high}, y.elements)), true
		}
	}
	return unfit, false
}

// intervals is the union that a list of intervals may mean.
func intervals(l *list) (*reals, bool) {
	out := &reals{}
	for _, e := range l.elements {
		r, ok := e.(*reals)
		if !ok {
			return nil, false
		}
		out.pieces = append(out.pieces, r.pieces...)
	}
	return out, true
}

func (p piece) fits(q piece) fit {
	if p.lowOpen != q.lowOpen || p.highOpen != q.highOpen || p.point() != q.point() {
		return unfit
	}
	return min(fits(p.low, q.low), fits(p.high, q.high))
}

func (m *matrix) fits(n *matrix) fit {
	if m.kind != n.kind || len(m.rows) != len(n.rows) {
		return unfit
	}
	f := identical
	for i := range m.rows {
		f = min(f, fitsInOrder(m.rows[i], n.rows[i]))
	}
	return f
}

// fits compares the values of two differences up to the factor that is free.
func (r *relation) fits(o *relation) fit {
	switch {
	case r.operator != o.operator:
		return unfit
	case r.difference.known && o.difference.known:
		return r.difference.fitsValue(o.difference)
	}
	either := r.operator == "=" || r.operator == "≠"
	x := &scalar{values: r.difference.probe()}
	y := &scalar{values: o.difference.probe()}
	return normalized(x, either).fits(normalized(y, either))
}

func (f fit) String() string {
	return [...]string{"different", "the same in one reading", "the same value", "the same key"}[f]
}
