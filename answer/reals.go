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

// operate applies an operator. It returns nil for ends that are no numbers. The pieces of a union are
// left to be merged.
func (r *reals) operate(operator rune, next *reals) *reals {
	if operator == '∪' {
		return &reals{append(slices.Clone(r.pieces), next.pieces...)}
	}
	r, ok := r.merged()
	switch {
	case !ok:
		return nil
	case operator == '∩':
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
