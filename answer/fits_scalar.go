package answer

import (
	"math"
	"math/big"
	"math/cmplx"
	"unicode/utf8"
)

// spells reports whether the letters of a word are the variables of a product: abc may be meant as a b c.
func (s *scalar) spells(w string) bool {
	if !s.known || len(w) < 2 || len(w) > maxFactors {
		return false
	}
	product := constant(one)
	for _, r := range w {
		if r >= utf8.RuneSelf || !isLetter(byte(r)) {
			return false
		}
		var ok bool
		if product, ok = product.mul(atom(string(r))); !ok {
			return false
		}
	}
	return compareSums(s.exact, product)
}

// fits compares numbers and expressions under all their readings.
func (s *scalar) fits(t *scalar) fit {
	best := s.fitsPlain(t)
	if s.measured != nil {
		best = max(best, min(loose, s.measured.fitsPlain(t)))
	}
	if t.measured != nil {
		best = max(best, min(loose, t.measured.fitsPlain(s)))
	}
	if s.measured != nil && t.measured != nil && !isConstant(s) { // 0.333 m and 1/3 m
		best = max(best, min(loose, s.measured.fitsPlain(t.measured)))
	}
	return best
}

// fitsPlain compares two scalars with their units and signs.
func (s *scalar) fitsPlain(t *scalar) fit {
	sUnit, tUnit := !s.unit.equal(unit{}), !t.unit.equal(unit{})
	switch {
	case sUnit && tUnit && !s.unit.equal(t.unit):
		factor, ok := s.unit.scale(t.unit)
		if !ok || !s.known {
			return unfit
		}
		return min(loose, s.times(factor).fitsValue(t))
	case s.unit.isDegree() && !tUnit:
		return max(s.fitsValue(t), min(loose, s.inRadians().fitsValue(t)))
	case t.unit.isDegree() && !sUnit:
		return t.fitsPlain(s)
	case s.sign && !t.sign:
		return max(s.fitsValue(t), min(loose, s.times(big.NewRat(100, 1)).fitsValue(t)))
	case t.sign && !s.sign:
		return t.fitsPlain(s)
	}
	return s.fitsValue(t)
}

// times is a multiple of an exact scalar, with the same digits printed.
func (s *scalar) times(factor *big.Rat) *scalar {
	if !s.known {
		return s
	}
	scaled := &scalar{exact: s.exact.scale(factor), known: true}
	if f, _ := factor.Float64(); s.digits.significant > 0 {
		if power := math.Log10(f); power == math.Trunc(power) {
			scaled.digits = s.digits.shifted(int(power))
		}
	}
	return scaled
}

// inRadians is the angle of so many degrees.
func (s *scalar) inRadians() *scalar {
	degree, _ := exactName("°")
	if x, ok := s.exact.mul(degree); ok && s.known {
		return &scalar{exact: x, known: true}
	}
	return s
}

// fitsValue compares values alone. Two exact ones are the same only if their forms are.
func (s *scalar) fitsValue(t *scalar) fit {
	if s.known && t.known {
		if compareSums(s.exact, t.exact) {
			return same
		}
	} else if agree(s.probe(), t.probe()) {
		return same
	}
	if s.rounds(t) || t.rounds(s) {
		return loose
	}
	return unfit
}

func compareSums(x, y sum) bool {
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		if x[i].coef.Cmp(y[i].coef) != 0 || compareFactors(x[i].factors, y[i].factors) != 0 {
			return false
		}
	}
	return true
}

// agree reports whether two functions have the same values wherever both have one, which must be at two of the points with
// positive variables at least. So ln a + ln b is ln ab.
func agree(p, q *probes) bool {
	common := 0
	for i := range p {
		if cmplx.IsNaN(p[i]) || cmplx.IsNaN(q[i]) {
			continue
		}
		if !close(p[i], q[i]) {
			return false
		}
		if i < positivePoints {
			common++
		}
	}
	return common >= 2
}

// rounds reports whether a decimal stands for a number with more digits: rounded or cut off at its last digit, of which
// there are at least four, or three with two decimals.
func (s *scalar) rounds(t *scalar) bool {
	p := s.digits
	longer := t.digits.significant == 0 || t.digits.last < p.last
	if enough := p.significant >= 4 || p.significant == 3 && p.last <= -2; p.last >= 0 || !enough || !longer {
		return false
	}
	if t.known && t.digits.significant == 0 {
		if r, ok := t.exact.rational(); ok && r.IsInt() {
			return false
		}
	}
	x, ok := s.float()
	y, fine := t.float()
	if !ok || !fine || x*y < 0 {
		return false
	}
	last, slack := math.Pow(10, float64(p.last)), 1e-14*math.Abs(y)
	beyond := math.Abs(y) - math.Abs(x)
	return math.Abs(beyond) <= last/2+slack || beyond >= 0 && beyond < last-slack
}
