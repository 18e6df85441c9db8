package answer

import (
	"slices"
	"strings"
)

// A value is an answer that has been read. Its key tells it from all others of its kind.
type value interface{ key() string }

// A tuple has an order: (1, 2). With two elements it may be meant as an open interval, too. A column vector is a tuple.
type tuple struct {
	elements []value
	square   bool // [1, 2, 3] may be meant as a list
}

func (t *tuple) key() string {
	if t.square {
		return "[" + keys(t.elements) + "]"
	}
	return "(" + keys(t.elements) + ")"
}

// A list has no order, since solutions come in any: 1, 2. A set is a list without repeats.
type list struct {
	elements []value // by key
	braces   bool    // it was written as a set
	decimal  *scalar // 2,74 may be meant as 2.74
}

func newList(elements []value, distinct bool) *list {
	slices.SortStableFunc(elements, func(x, y value) int { return strings.Compare(x.key(), y.key()) })
	if distinct {
		elements = slices.CompactFunc(elements, func(x, y value) bool { return x.key() == y.key() })
	}
	return &list{elements: elements}
}

func (l *list) key() string {
	if l.braces {
		return "{" + keys(l.elements) + "}"
	}
	return keys(l.elements)
}

// A matrix has rows of equal length. kind tells a determinant, or cases, from a plain one.
type matrix struct {
	kind string
	rows [][]value
}

func (m *matrix) key() string {
	rows := make([]string, len(m.rows))
	for i, row := range m.rows {
		rows[i] = "[" + keys(row) + "]"
	}
	return m.kind + "[" + strings.Join(rows, ", ") + "]"
}

// labelled is a value with a name: x = 5, f(x) = x+1, x ∈ (0, 1).
type labelled struct {
	label string
	value value
	// equation is label - value, if the label is a variable: y = x/2 may be meant as an equation.
	equation *relation
}

func (l *labelled) key() string {
	switch l.value.(type) {
	case *reals, *tuple, *list:
		return l.label + " ∈ " + l.value.key()
	}
	return l.label + " = " + l.value.key()
}

// A record has values with different labels: x = 1, y = 2.
type record struct {
	fields  []*labelled // by label
	ordered []value     // as they were written
}

func newRecord(fields []*labelled) *record {
	r := &record{fields: slices.Clone(fields)}
	for _, f := range fields {
		r.ordered = append(r.ordered, f.value)
	}
	slices.SortStableFunc(r.fields, func(x, y *labelled) int { return strings.Compare(x.key(), y.key()) })
	return r
}

func (r *record) key() string {
	parts := make([]string, len(r.fields))
	for i, f := range r.fields {
		parts[i] = f.key()
	}
	return strings.Join(parts, ", ")
}

// A word is what is compared as it is written: words, and formulas that were not understood.
type word string

func (w word) key() string { return shortened(string(w)) }

// timeOfDay is 6:10, which may be meant as the ratio 6/10.
type timeOfDay struct {
	word
	ratio *scalar
}

func keys(values []value) string {
	parts := make([]string, len(values))
	for i, v := range values {
		parts[i] = v.key()
	}
	return strings.Join(parts, ", ")
}
