package answer

import (
	"slices"
	"strings"
)

// readInterval reads [1, 2): ends that are in order, or expressions.
func readInterval(open, last byte, ends []string, in scope) value {
	low, ok := read(ends[0], in.deeper()).(*scalar)
	high, fine := read(ends[1], in.deeper()).(*scalar)
	if !ok || !fine {
		return nil
	}
	x, xok := low.float()
	y, yok := high.float()
	if xok && yok && !(x < y) {
		return nil
	}
	return &reals{[]piece{{low, high, open == '(', last == ')'}}}
}

// readSetOperation reads unions, intersections and differences.
func readSetOperation(s string, in scope) value {
	s = unionLetter.Replace(s)
	parts, operators := cutTop(s, "∪∩∖")
	if len(parts) < 2 && !strings.HasSuffix(strings.TrimSpace(s), "}") {
		return nil
	}
	if len(parts) < 2 {
		return readDifference(s, in)
	}
	if len(parts) > maxItems {
		return nil
	}
	values := make([]value, len(parts))
	for i, part := range parts {
		if values[i] = read(part, in.deeper()); values[i] == nil {
			return nil
		}
	}
	if set := operation(values, operators); set != nil {
		return finite(set)
	}
	return operationText(values, operators)
}

// operation is the set of real numbers that the values make with the operators between them, or nil.
func operation(values []value, operators []rune) *reals {
	var set *reals
	for i, v := range values {
		next, ok := realsOf(v)
		if !ok {
			return nil
		}
		if i == 0 {
			set = next
		} else if set = set.operate(operators[i-1], next); set == nil {
			return nil
		}
	}
	set, ok := set.merged()
	if !ok {
		return nil
	}
	return set
}

// unionLetter reads (0,1) U (2,3), as it is typed.
var unionLetter = strings.NewReplacer(") U (", ") ∪ (", ") U [", ") ∪ [", "] U (", "] ∪ (", "] U [", "] ∪ [",
	")U(", ")∪(", ")U[", ")∪[", "]U(", "]∪(", "]U[", "]∪[", "} U {", "} ∪ {", ") U {", ") ∪ {", "] U {", "] ∪ {",
	"} U (", "} ∪ (", "} U [", "} ∪ [")

// readDifference reads a difference that is written with a minus: A - {1}.
func readDifference(s string, in scope) value {
	i := topIndex(s, "-")
	if i <= 0 || !strings.HasPrefix(strings.TrimSpace(s[i+1:]), "{") {
		return nil
	}
	return readSetOperation(s[:i]+"∖"+s[i+1:], in.deeper())
}

// operationText is an operation on sets that were not understood. Unions and intersections have no order.
func operationText(values []value, operators []rune) value {
	if first := operators[0]; first != '∖' && len(slices.Compact(operators)) == 1 {
		return word(string(first) + newList(values, true).key())
	}
	return word("∖" + (&tuple{elements: values}).key())
}

// realsOf reads a value as a set of real numbers.
func realsOf(v value) (*reals, bool) {
	switch v := v.(type) {
	case *reals:
		return v, true
	case *labelled:
		return realsOf(v.value)
	case word:
		return &reals{}, v == "∅"
	case *scalar:
		return &reals{[]piece{{v, v, false, false}}}, true
	case *list:
		var pieces []piece
		for _, e := range v.elements {
			x, ok := e.(*scalar)
			if !ok {
				return nil, false
			}
			pieces = append(pieces, piece{x, x, false, false})
		}
		return (&reals{pieces}).merged()
	case *tuple:
		if p, ok := openInterval(v); ok {
			return &reals{[]piece{p}}, true
		}
	}
	return nil, false
}

// openInterval reads the pair (a, b) as an interval.
func openInterval(t *tuple) (piece, bool) {
	if len(t.elements) != 2 {
		return piece{}, false
	}
	low, ok := t.elements[0].(*scalar)
	high, fine := t.elements[1].(*scalar)
	return piece{low, high, true, true}, ok && fine
}

// finite is a set of points as the list that it is otherwise read as.
func finite(r *reals) value {
	var points []value
	for _, p := range r.pieces {
		if !p.point() {
			return r
		}
		points = append(points, p.low)
	}
	switch len(points) {
	case 0:
		return word("∅")
	case 1:
		return points[0]
	}
	return newList(points, true)
}

// combine joins the sets of several conditions on one variable: all of them, or, if that leaves nothing or the text says
// "or", any of them.
func combine(fields []*labelled, union bool) (*reals, bool) {
	either, all := &reals{}, allReals()
	for _, f := range fields {
		set, ok := realsOf(f.value)
		if !ok {
			return nil, false
		}
		either, ok = (&reals{append(slices.Clone(either.pieces), set.pieces...)}).merged()
		if !ok {
			return nil, false
		}
		if all = all.intersect(set); all == nil {
			return nil, false
		}
	}
	if union || len(all.pieces) == 0 {
		return either, true
	}
	return all, true
}
