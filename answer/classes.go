package answer

import (
	"cmp"
	"math"
	"slices"
)

// A Value is an answer that has been read. The zero value is no answer.
type Value struct {
	value value
	key   Key
	rank  int
	text  string // as it was written
}

// Read reads an answer. It reports false for a text that holds none.
func Read(a Answer) (Value, bool) {
	if len(a.Text) > MaxLen {
		return Value{}, false
	}
	v := readWhole(a.Text)
	if v == nil {
		return Value{}, false
	}
	return Value{v, Key(v.key()), rank(v), a.Text}, true
}

// Key is the value's strict class.
func (v Value) Key() Key { return v.key }

// Definite reports whether the value is an exact number or expression that can be read in one way only. Among definite
// values every key is a class of its own.
func (v Value) Definite() bool {
	s, ok := v.value.(*scalar)
	return ok && s.rank() == 0
}

// Equal reports whether two values would be one class if they were the only votes. The zero value equals nothing.
func (v Value) Equal(w Value) bool { return v.fits(w) != unfit }

// Explain is Equal with the reason in a few words.
func (v Value) Explain(w Value) (equal bool, reason string) {
	f := v.fits(w)
	return f != unfit, f.String()
}

func (v Value) fits(w Value) fit {
	switch {
	case v.key == "" || w.key == "":
		return unfit
	case v.key == w.key:
		return identical
	}
	return fits(v.value, w.value)
}

// Classes puts the answers of one vote into classes and returns the key of each one's class, in their order. Values of
// the same key are always in one class, and the order of the votes does not matter.
//
// What is ambiguous is decided by the others: the most definite answers come first and stand for their classes (an exact
// number before a decimal, a value with a unit before one without). Each further one joins the class that it fits, if
// there is just one that it fits best, and founds its own otherwise. It is compared with the founders alone, so that
// nothing is the same by a chain of likenesses.
func Classes(values []Value) []Key {
	distinct := slices.Clone(values)
	slices.SortFunc(distinct, func(a, b Value) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.key, b.key), cmp.Compare(a.text, b.text))
	})
	distinct = slices.CompactFunc(distinct, func(a, b Value) bool { return a.key == b.key })
	class := make(map[Key]Key, len(distinct))
	var founders []Value
	for _, v := range distinct {
		if v.value == nil {
			continue
		}
		if _, known := class[v.key]; known {
			continue // the same key in another rank
		}
		if f, ok := v.join(founders); ok {
			class[v.key] = f.key
			continue
		}
		class[v.key] = v.key
		founders = append(founders, v)
	}
	keys := make([]Key, len(values))
	for i, v := range values {
		keys[i] = class[v.key]
	}
	return keys
}

// join is the founder that v fits best, if there is just one.
func (v Value) join(founders []Value) (Value, bool) {
	best, at := unfit, -1
	for i, f := range founders {
		switch g := v.fits(f); {
		case g > best:
			best, at = g, i
		case g == best:
			at = -1
		}
	}
	if best == unfit || at < 0 {
		return Value{}, false
	}
	return founders[at], true
}

// rank orders values by how definite they are; the lowest comes first.
func rank(v value) int {
	switch v := v.(type) {
	case *scalar:
		return v.rank()
	case *labelled:
		return rank(v.value) - 1
	case *record:
		return rankAll(v.ordered) - 1
	case *tuple:
		if v.square {
			return rankAll(v.elements) + 1
		}
		return rankAll(v.elements)
	case *list:
		switch r := rankAll(v.elements); {
		case v.braces:
			return r
		case v.decimal == nil:
			return r + 1
		default:
			return r + 2
		}
	case *matrix:
		r := math.MinInt
		for _, row := range v.rows {
			r = max(r, rankAll(row))
		}
		return r
	case *sentence:
		return 5000
	case *reals:
		r := 0
		for _, p := range v.pieces {
			r = max(r, rank(p.low), rank(p.high))
		}
		return r
	}
	return 0
}

func rankAll(values []value) int {
	r := math.MinInt
	for _, v := range values {
		r = max(r, rank(v))
	}
	return r
}

// rank puts exact values before those that are known by probes, long decimals before short ones, and percentages last.
func (s *scalar) rank() int {
	r := 0
	switch {
	case s.sign:
		r = 4000
	case s.digits.significant > 0:
		r = 2000 - min(s.digits.significant, 999)
	case !s.known:
		r = 500
	}
	if s.measured != nil {
		r += 10
	}
	if !s.unit.equal(unit{}) {
		r -= 10
	}
	return r
}
