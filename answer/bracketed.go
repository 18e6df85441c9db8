package answer

import "strings"

// readBrackets reads (1, 2) as a tuple, {1, 2} as a set, [1, 2) as an interval, and takes off the brackets of one value.
func readBrackets(s string, in scope) value {
	open, last := s[0], s[len(s)-1]
	if open != '(' && open != '[' && open != '{' || last != ')' && last != ']' && last != '}' || closingAny(s) != len(s)-1 {
		return nil
	}
	inner := strings.TrimSpace(s[1 : len(s)-1])
	if open == '{' {
		return readSet(inner, in)
	}
	pieces := splitTop(inner, ",;")
	if len(pieces) < 2 {
		v := read(inner, in.deeper())
		if _, isWord := v.(word); isWord && mathematical(inner) {
			return textOf(s)
		}
		return v
	}
	if len(pieces) > maxItems {
		return textOf(s)
	}
	if len(pieces) == 2 && (open == '[' || last == ']' || strings.Contains(inner, "∞")) {
		if v := readInterval(open, last, pieces, in); v != nil {
			return v
		}
	}
	elements := make([]value, len(pieces))
	for i, p := range pieces {
		if elements[i] = read(p, in.deeper()); elements[i] == nil {
			return nil
		}
	}
	if open == '[' && isMatrixRows(elements) {
		return rowsOf(elements)
	}
	return &tuple{elements, open == '['}
}

// readSet reads the inside of braces: elements, or a condition.
func readSet(inner string, in scope) value {
	for _, bar := range []string{"|", ":"} {
		if i := topIndex(inner, bar); i > 0 {
			return setBuilder(strings.TrimSpace(inner[:i]), strings.TrimSpace(inner[i+len(bar):]), in)
		}
	}
	pieces := splitItems(inner)
	if len(pieces) == 0 {
		return word("∅")
	}
	values := readItems(pieces, in)
	if values == nil {
		return nil
	}
	if len(values) == 1 && values[0] != word("∅") {
		return values[0]
	}
	switch v := gather(values, false).(type) {
	case *list:
		set := newList(v.elements, true)
		set.braces = true
		return set
	default:
		return v
	}
}

// setBuilder reads {x | x > 2}: the set of what fulfils a condition.
func setBuilder(pattern, condition string, in scope) value {
	v := read(condition, in.deeper())
	if v == nil {
		return nil
	}
	name, domain, _ := strings.Cut(pattern, "∈")
	if l, ok := v.(*labelled); ok && l.label == strings.TrimSpace(name) {
		if d := strings.TrimSpace(domain); d == "" || d == "ℝ" || d == "R" {
			return l
		}
	}
	return word("{" + strings.ReplaceAll(pattern, " ", "") + " | " + v.key() + "}")
}

// isMatrixRows reports whether [[1, 2], [3, 4]] was written: every element is a bracket of the same length.
func isMatrixRows(elements []value) bool {
	for _, e := range elements {
		if n := rowLen(e); n == 0 || n != rowLen(elements[0]) {
			return false
		}
	}
	return true
}

func rowLen(v value) int {
	switch v := v.(type) {
	case *tuple:
		return len(v.elements)
	case *reals:
		if len(v.pieces) == 1 && !v.pieces[0].point() {
			return 2
		}
	}
	return 0
}

func rowsOf(elements []value) value {
	m := &matrix{}
	for _, e := range elements {
		switch e := e.(type) {
		case *tuple:
			m.rows = append(m.rows, e.elements)
		case *reals:
			m.rows = append(m.rows, []value{e.pieces[0].low, e.pieces[0].high})
		}
	}
	return m
}
