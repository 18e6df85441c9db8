package answer

import (
	"cmp"
	"math"
	"math/big"
	"slices"
	"strings"
)

// reals is a set of real numbers: pieces in order, apart from each other. Its ends may be expressions, as in (a, b], if
// there is one piece only.
type reals struct{ pieces []piece }

// A piece is an interval or, with low = high, a point.
type piece struct {
	low, high         *scalar
	lowOpen, highOpen bool
}

func (p piece) point() bool { return p.low == p.high }

func (p piece) key() string {
	if p.point() {
		return "{" + p.low.key() + "}"
	}
	open, last := "[", "]"
	if p.lowOpen {
		open = "("
	}
	if p.highOpen {
		last = ")"
	}
	return open + p.low.key() + ", " + p.high.key() + last
}

func (r *reals) key() string {
	if len(r.pieces) == 0 {
		return "∅"
	}
	parts := make([]string, len(r.pieces))
	for i, p := range r.pieces {
		parts[i] = p.key()
	}
	return strings.Join(parts, " ∪ ")
}

func allReals() *reals { return &reals{[]piece{{minusInfinity, plusInfinity, true, true}}} }

// readInterval reads [1, 2): ends that are in order, or expressions.
func readInterval(open, last byte, ends []string, depth int) value {
	low, ok := read(ends[0], depth-1).(*scalar)
	high, fine := read(ends[1], depth-1).(*scalar)
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
func readSetOperation(s string, depth int) value {
	s = unionLetter.Replace(s)
	parts := splitTop(s, "∪∩∖")
	if len(parts) < 2 && !strings.HasSuffix(strings.TrimSpace(s), "}") {
		return nil
	}
	if len(parts) < 2 {
		return readDifference(s, depth)
	}
	if len(parts) > maxItems {
		return nil
	}
	values := make([]value, len(parts))
	for i, part := range parts {
		if values[i] = read(part, depth-1); values[i] == nil {
			return nil
		}
	}
	if set := operation(s, parts, values); set != nil {
		return finite(set)
	}
	return operationText(values, s)
}

// operation is the set of real numbers that the values make with the operators between them, or nil.
func operation(s string, parts []string, values []value) *reals {
	var set *reals
	at := 0
	for i, v := range values {
		next, ok := realsOf(v)
		if !ok {
			return nil
		}
		if i == 0 {
			set = next
		} else if set = set.operate(s[at:], next); set == nil {
			return nil
		}
		at = operatorAt(s, at+len(parts[i]))
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

// operatorAt is the position of the operator at or behind i.
func operatorAt(s string, i int) int {
	if j := strings.IndexAny(s[min(i, len(s)):], "∪∩∖"); j >= 0 {
		return i + j
	}
	return len(s)
}

// readDifference reads a difference that is written with a minus: A - {1}.
func readDifference(s string, depth int) value {
	i := topIndex(s, "-")
	for i >= 0 && !strings.HasPrefix(strings.TrimSpace(s[i+1:]), "{") {
		return nil
	}
	if i <= 0 {
		return nil
	}
	return readSetOperation(s[:i]+"∖"+s[i+1:], depth-1)
}

// operationText is an operation on sets that were not understood. Unions and intersections have no order.
func operationText(values []value, s string) value {
	for _, sign := range []string{"∪", "∩"} {
		if strings.Count(s, sign) == len(values)-1 {
			return word(sign + newList(values, true).key())
		}
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

// operate applies the operator that s begins with. It returns nil for ends that are no numbers. The pieces of a union are
// left to be merged.
func (r *reals) operate(s string, next *reals) *reals {
	if strings.HasPrefix(s, "∪") {
		return &reals{append(slices.Clone(r.pieces), next.pieces...)}
	}
	r, ok := r.merged()
	switch {
	case !ok:
		return nil
	case strings.HasPrefix(s, "∩"):
		return r.intersect(next)
	}
	return r.without(next)
}

// bounds are a piece's ends as numbers.
func (p piece) bounds() (low, high float64, ok bool) {
	low, ok1 := p.low.float()
	high, ok2 := p.high.float()
	return low, high, ok1 && ok2
}

// merged sorts the pieces and joins those that touch.
func (r *reals) merged() (*reals, bool) {
	for _, p := range r.pieces {
		if _, _, ok := p.bounds(); !ok {
			return nil, false
		}
	}
	pieces := slices.Clone(r.pieces)
	slices.SortStableFunc(pieces, func(a, b piece) int {
		x, xh, _ := a.bounds()
		y, yh, _ := b.bounds()
		return cmp.Or(cmp.Compare(x, y), openness(a.lowOpen)-openness(b.lowOpen), cmp.Compare(xh, yh))
	})
	var out []piece
	for _, p := range pieces {
		if len(out) == 0 {
			out = append(out, p)
			continue
		}
		last := &out[len(out)-1]
		_, end, _ := last.bounds()
		low, high, _ := p.bounds()
		if low > end || low == end && last.highOpen && p.lowOpen {
			out = append(out, p)
			continue
		}
		if high > end {
			*last = piece{last.low, p.high, last.lowOpen, p.highOpen}
		} else if high == end && !p.highOpen && last.highOpen {
			*last = piece{last.low, last.high, last.lowOpen, false}
		}
	}
	return &reals{out}, true
}

func openness(open bool) int {
	if open {
		return 1
	}
	return 0
}

// intersect is nil where ends are no numbers.
func (r *reals) intersect(next *reals) *reals {
	out := &reals{}
	for _, a := range r.pieces {
		for _, b := range next.pieces {
			p, ok := a.intersect(b)
			if !ok {
				return nil
			}
			if p.low != nil {
				out.pieces = append(out.pieces, p)
			}
		}
	}
	return out
}

// intersect is the common part, empty with low = nil.
func (p piece) intersect(q piece) (piece, bool) {
	a, b, ok := p.bounds()
	c, d, fine := q.bounds()
	if !ok || !fine {
		return piece{}, false
	}
	out := p
	if c > a || c == a && q.lowOpen {
		out.low, out.lowOpen = q.low, q.lowOpen
	}
	if d < b || d == b && q.highOpen {
		out.high, out.highOpen = q.high, q.highOpen
	}
	low, high := max(a, c), min(b, d)
	switch {
	case low > high || low == high && (out.lowOpen || out.highOpen):
		return piece{}, true
	case low == high:
		out.high = out.low
	}
	return out, true
}

// without is what is left of r: its intersection with the complement.
func (r *reals) without(next *reals) *reals {
	sorted, ok := next.merged()
	if !ok {
		return nil
	}
	complement := &reals{}
	low, lowOpen := minusInfinity, true
	for _, p := range sorted.pieces {
		complement.pieces = append(complement.pieces, piece{low, p.low, lowOpen, !p.lowOpen})
		low, lowOpen = p.high, !p.highOpen
	}
	complement.pieces = append(complement.pieces, piece{low, plusInfinity, lowOpen, true})
	return r.intersect(complement)
}

// mirror adds -x for every x: the solution of a condition on |x| from that on numbers of 0 or more.
func (r *reals) mirror() *reals {
	positive := r.intersect(&reals{[]piece{{zero, plusInfinity, false, true}}})
	pieces := slices.Clone(positive.pieces)
	for _, p := range positive.pieces {
		pieces = append(pieces, piece{p.high.negated(), p.low.negated(), p.highOpen, p.lowOpen})
	}
	for i, p := range pieces {
		if low, high, ok := p.bounds(); ok && low == high && !math.IsInf(low, 0) {
			pieces[i].high = pieces[i].low
		}
	}
	out, ok := (&reals{pieces}).merged()
	if !ok {
		return positive
	}
	return out
}

// mapped is the set of all x with slope*(x - root) in r. It is nil without a slope.
func (r *reals) mapped(slope *big.Rat, root *scalar) *reals {
	if slope == nil {
		return nil
	}
	end := func(x *scalar) *scalar {
		if f, ok := x.float(); !ok || math.IsInf(f, 0) {
			if slope.Sign() < 0 {
				return x.negated()
			}
			return x
		}
		return (&scalar{exact: x.exact.scale(new(big.Rat).Inv(slope)), known: true}).minus(root.negated())
	}
	out := &reals{}
	for _, p := range r.pieces {
		q := piece{end(p.low), end(p.high), p.lowOpen, p.highOpen}
		if slope.Sign() < 0 {
			q = piece{q.high, q.low, q.highOpen, q.lowOpen}
		}
		if p.point() {
			q.high = q.low
		}
		out.pieces = append(out.pieces, q)
	}
	if slope.Sign() < 0 {
		slices.Reverse(out.pieces)
	}
	return out
}

var zero = &scalar{exact: sum{}, known: true}

func (s *scalar) negated() *scalar { return zero.minus(s) }
