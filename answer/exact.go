package answer

import (
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// Limits of exact arithmetic. What exceeds them is not an error: it is compared by its digits or as text.
const (
	maxBits      = 1 << 15 // numerator or denominator of a coefficient
	maxTerms     = 64
	maxFactors   = 16
	maxPower     = 32      // integer exponent of a sum of several terms
	maxFactorial = 3000    // n! up to here is written out
	maxPrime     = 1 << 13 // the primes that a radicand is divided by
)

// A sum is an exact value: a sum of terms, each a rational coefficient times powers of bases with rational exponents.
// Bases are primes (with exponents between 0 and 1, or too large to write out), pi, e, i, ∞ and variables.
//
// Products of fractional powers of distinct primes are linearly independent over the rationals (Besicovitch 1940), so
// sums that mean the same number or polynomial have the same terms: the form is normal, for surds of any index too.
type sum []term

type term struct {
	coef    *big.Rat // not 0
	factors []factor // by base
}

type factor struct {
	base string
	exp  *big.Rat // not 0
}

var (
	one  = big.NewRat(1, 1)
	two  = big.NewRat(2, 1)
	half = big.NewRat(1, 2)
)

func constant(r *big.Rat) sum {
	if r.Sign() == 0 {
		return sum{}
	}
	return sum{{coef: r}}
}

func atom(base string) sum { return sum{{one, []factor{{base, one}}}} }

// rational is the value of a sum without bases.
func (x sum) rational() (*big.Rat, bool) {
	switch {
	case len(x) == 0:
		return new(big.Rat), true
	case len(x) == 1 && len(x[0].factors) == 0:
		return x[0].coef, true
	}
	return nil, false
}

// integer is the value of a sum that is an integer.
func (x sum) integer() (*big.Int, bool) {
	if r, ok := x.rational(); ok && r.IsInt() {
		return r.Num(), true
	}
	return nil, false
}

func compareFactors(x, y []factor) int {
	if len(x) == 0 || len(y) == 0 {
		return len(y) - len(x) // numbers stand last
	}
	return slices.CompareFunc(x, y, func(f, g factor) int {
		if c := strings.Compare(f.base, g.base); c != 0 {
			return c
		}
		return g.exp.Cmp(f.exp)
	})
}

// add merges two sums, whose terms are in order.
func (x sum) add(y sum) (sum, bool) {
	if len(x)+len(y) > 2*maxTerms {
		return nil, false
	}
	out := make(sum, 0, len(x)+len(y))
	for len(x) > 0 && len(y) > 0 {
		switch c := compareFactors(x[0].factors, y[0].factors); {
		case c < 0:
			out, x = append(out, x[0]), x[1:]
		case c > 0:
			out, y = append(out, y[0]), y[1:]
		default:
			coef := new(big.Rat).Add(x[0].coef, y[0].coef)
			if coef.Sign() != 0 {
				out = append(out, term{coef, x[0].factors})
			}
			x, y = x[1:], y[1:]
		}
	}
	out = append(append(out, x...), y...)
	return out, len(out) <= maxTerms
}

func (x sum) scale(r *big.Rat) sum {
	out := make(sum, len(x))
	for i, t := range x {
		out[i] = term{new(big.Rat).Mul(t.coef, r), t.factors}
	}
	return out
}

func (x sum) neg() sum { return x.scale(big.NewRat(-1, 1)) }

func (x sum) mul(y sum) (sum, bool) {
	if len(x)*len(y) > maxTerms*maxTerms/4 {
		return nil, false
	}
	var out sum
	for _, s := range x {
		for _, t := range y {
			product, ok := s.mul(t)
			if !ok {
				return nil, false
			}
			if out, ok = out.add(product); !ok {
				return nil, false
			}
		}
	}
	return out, true
}

// mul multiplies two terms. Whole powers of primes and i go into the coefficient.
func (s term) mul(t term) (sum, bool) {
	coef := new(big.Rat).Mul(s.coef, t.coef)
	if !bounded(coef) {
		return nil, false
	}
	factors := make([]factor, 0, len(s.factors)+len(t.factors))
	x, y := s.factors, t.factors
	for len(x) > 0 || len(y) > 0 {
		switch {
		case len(y) == 0 || len(x) > 0 && x[0].base < y[0].base:
			factors, x = append(factors, x[0]), x[1:]
		case len(x) == 0 || y[0].base < x[0].base:
			factors, y = append(factors, y[0]), y[1:]
		default:
			f, ok := reduce(coef, x[0].base, new(big.Rat).Add(x[0].exp, y[0].exp))
			if !ok {
				return nil, false
			}
			if f.exp.Sign() != 0 {
				factors = append(factors, f)
			}
			x, y = x[1:], y[1:]
		}
	}
	if len(factors) > maxFactors {
		return nil, false
	}
	return sum{{coef, factors}}, true
}

// reduce brings base^exp into normal form, with what becomes rational multiplied into coef: 2^(3/2) is 2*2^(1/2).
func reduce(coef *big.Rat, base string, exp *big.Rat) (factor, bool) {
	switch {
	case base == "i":
		n := new(big.Int).Mod(exp.Num(), big.NewInt(4)).Int64()
		if !exp.IsInt() {
			return factor{}, false
		}
		if n >= 2 {
			coef.Neg(coef)
		}
		return factor{base, big.NewRat(n%2, 1)}, true
	case !isDigit(base[0]):
		return factor{base, exp}, base != "∞" || exp.Cmp(one) == 0
	}
	whole := floorRat(exp)
	rest := new(big.Rat).Sub(exp, new(big.Rat).SetInt(whole))
	prime, _ := new(big.Int).SetString(base, 10)
	if !whole.IsInt64() || max(whole.Int64(), -whole.Int64()) > int64(maxBits/prime.BitLen()) {
		return factor{base, exp}, len(exp.Num().Bits())*64 <= maxBits/8
	}
	power := new(big.Rat).SetInt(new(big.Int).Exp(prime, new(big.Int).Abs(whole), nil))
	if whole.Sign() < 0 {
		power.Inv(power)
	}
	coef.Mul(coef, power)
	return factor{base, rest}, bounded(coef)
}

// floorRat is the greatest integer that is not above r.
func floorRat(r *big.Rat) *big.Int {
	return new(big.Int).Div(r.Num(), r.Denom()) // Euclidean, and the denominator is positive
}

func bounded(r *big.Rat) bool { return r.Num().BitLen() <= maxBits && r.Denom().BitLen() <= maxBits }

// pow raises x to a rational exponent, or e or another positive number to an exponent that is no number: not exact.
func (x sum) pow(y sum) (sum, bool) {
	exp, ok := y.rational()
	if !ok {
		return nil, false
	}
	if len(x) == 1 {
		return x[0].pow(exp)
	}
	if len(x) == 0 {
		return sum{}, exp.Sign() > 0
	}
	if !exp.IsInt() || !exp.Num().IsInt64() {
		return nil, false
	}
	n := exp.Num().Int64()
	if n < 0 {
		inverse, ok := x.inverse()
		if !ok {
			return nil, false
		}
		x, n = inverse, -n
	}
	if n > maxPower {
		return nil, false
	}
	out := constant(one)
	for range n {
		if out, ok = out.mul(x); !ok {
			return nil, false
		}
	}
	return out, true
}

// inverse is 1/x for a number of the form a + b√n: the conjugate over the norm. Other sums have no inverse here.
func (x sum) inverse() (sum, bool) {
	if len(x) != 2 {
		return nil, false
	}
	conjugate := sum{x[0], {new(big.Rat).Neg(x[1].coef), x[1].factors}}
	norm, ok := x.mul(conjugate)
	if !ok {
		return nil, false
	}
	if r, ok := norm.rational(); ok && r.Sign() != 0 {
		return conjugate.scale(new(big.Rat).Inv(r)), true
	}
	return nil, false
}

// pow raises a term to a rational exponent. A root of a variable's power is taken only where it is one for every sign:
// √(x²) is not x.
func (t term) pow(exp *big.Rat) (sum, bool) {
	if exp.Sign() == 0 {
		return constant(one), true
	}
	out, ok := powRat(t.coef, exp)
	odd := exp.Denom().Bit(0) == 1
	for _, f := range t.factors {
		if !ok {
			return nil, false
		}
		power := new(big.Rat).Mul(f.exp, exp)
		if !exp.IsInt() {
			plain := f.exp.Cmp(one) == 0 && len(t.factors) == 1 && t.coef.Sign() > 0 || f.base == "pi" || f.base == "e"
			if f.base == "i" || f.base == "∞" || !isDigit(f.base[0]) && !odd && !plain {
				return nil, false
			}
		}
		var p sum
		coef := new(big.Rat).SetInt64(1)
		reduced, fine := reduce(coef, f.base, power)
		if !fine {
			return nil, false
		}
		p = sum{{coef, []factor{reduced}}}
		if reduced.exp.Sign() == 0 {
			p = constant(coef)
		}
		out, ok = out.mul(p)
	}
	return out, ok
}

// powRat raises a rational to a rational exponent: its whole part exactly, its root prime by prime.
func powRat(r, exp *big.Rat) (sum, bool) {
	if r.Cmp(one) == 0 {
		return constant(one), true
	}
	if exp.IsInt() && exp.Num().IsInt64() {
		n := exp.Num().Int64()
		if bits := int64(max(r.Num().BitLen(), r.Denom().BitLen())); max(n, -n) <= int64(maxBits)/bits {
			return constant(powInt(r, n)), true
		}
	}
	out := constant(one)
	if r.Sign() < 0 {
		var ok bool
		if out, ok = powMinusOne(exp); !ok {
			return nil, false
		}
	}
	for _, part := range []struct {
		n    *big.Int
		sign int64
	}{{new(big.Int).Abs(r.Num()), 1}, {r.Denom(), -1}} {
		primes, ok := factorize(part.n)
		if !ok {
			return nil, false
		}
		for _, p := range primes {
			coef := new(big.Rat).SetInt64(1)
			power := new(big.Rat).Mul(exp, big.NewRat(part.sign*p.count, 1))
			f, ok := reduce(coef, p.prime, power)
			if !ok {
				return nil, false
			}
			next := sum{{coef, []factor{f}}}
			if f.exp.Sign() == 0 {
				next = constant(coef)
			}
			if out, ok = out.mul(next); !ok {
				return nil, false
			}
		}
	}
	return out, true
}

func powInt(r *big.Rat, n int64) *big.Rat {
	e := big.NewInt(max(n, -n))
	num, den := new(big.Int).Exp(r.Num(), e, nil), new(big.Int).Exp(r.Denom(), e, nil)
	if n < 0 {
		num, den = den, num
		if den.Sign() == 0 {
			return new(big.Rat)
		}
	}
	return new(big.Rat).SetFrac(num, den)
}

// powMinusOne is (-1)^exp: a sign, i, or the real root where the index is odd.
func powMinusOne(exp *big.Rat) (sum, bool) {
	odd := exp.Num().Bit(0) == 1
	switch {
	case exp.Denom().Bit(0) == 1 && odd:
		return constant(big.NewRat(-1, 1)), true
	case exp.Denom().Bit(0) == 1:
		return constant(one), true
	case exp.Denom().Cmp(big.NewInt(2)) == 0:
		i := atom("i")
		if new(big.Int).Mod(exp.Num(), big.NewInt(4)).Int64() == 3 {
			i = i.neg()
		}
		return i, true
	}
	return nil, false
}

type primePower struct {
	prime string
	count int64
}

// factorize splits n > 0 into primes by division. What is left after the primes below maxPrime counts as one prime more,
// or as a power of one: roots of two such numbers are then told apart, but are not known to have a common factor.
func factorize(n *big.Int) ([]primePower, bool) {
	if n.BitLen() > 256 {
		return nil, false
	}
	var out []primePower
	rest, quotient, remainder := new(big.Int).Set(n), new(big.Int), new(big.Int)
	for p := int64(2); p < 32 && !rest.IsInt64(); p++ {
		prime := big.NewInt(p)
		for count := int64(0); ; count++ {
			if quotient.QuoRem(rest, prime, remainder); remainder.Sign() != 0 {
				if count > 0 {
					out = append(out, primePower{prime.String(), count})
				}
				break
			}
			rest.Set(quotient)
		}
	}
	if rest.IsInt64() {
		m := rest.Int64()
		for p := int64(2); p < maxPrime && p*p <= m; p += 1 + p&1 {
			count := int64(0)
			for ; m%p == 0; m /= p {
				count++
			}
			if count > 0 {
				out = append(out, primePower{strconv.FormatInt(p, 10), count})
			}
		}
		rest.SetInt64(m)
	}
	if rest.Cmp(big.NewInt(1)) == 0 {
		return out, true
	}
	count := int64(1)
	if root := new(big.Int).Sqrt(rest); quotient.Mul(root, root).Cmp(rest) == 0 {
		rest, count = root, 2
	}
	return append(out, primePower{rest.String(), count}), true
}

// String writes the sum as plain notation, the highest terms first.
func (x sum) String() string {
	if len(x) == 0 {
		return "0"
	}
	var b strings.Builder
	for i, t := range x {
		text := t.String()
		if i > 0 && text[0] != '-' {
			b.WriteByte('+')
		}
		b.WriteString(text)
	}
	return b.String()
}

func (t term) String() string {
	var num, den strings.Builder
	radicand := new(big.Int).SetInt64(1) // √2·√3 is written as √6
	for _, f := range t.factors {
		if isDigit(f.base[0]) && f.exp.Cmp(half) == 0 {
			prime, _ := new(big.Int).SetString(f.base, 10)
			radicand.Mul(radicand, prime)
		}
	}
	if radicand.Cmp(big.NewInt(1)) > 0 {
		num.WriteString("*sqrt(" + radicand.String() + ")")
	}
	for _, f := range t.factors {
		switch {
		case f.exp.Sign() < 0:
			den.WriteString("/" + f.base + exponent(new(big.Rat).Neg(f.exp)))
		case isDigit(f.base[0]) && f.exp.Cmp(half) == 0:
		default:
			num.WriteString("*" + f.base + exponent(f.exp))
		}
	}
	up := strings.TrimPrefix(num.String(), "*")
	coef := t.coef.Num().String()
	switch {
	case up == "":
		up = coef
	case coef == "-1":
		up = "-" + up
	case coef != "1":
		up = coef + "*" + up
	}
	if !t.coef.IsInt() {
		up += "/" + t.coef.Denom().String()
	}
	return up + den.String()
}

func exponent(e *big.Rat) string {
	switch {
	case e.Cmp(one) == 0:
		return ""
	case e.IsInt():
		return "^" + e.Num().String()
	}
	return "^(" + e.RatString() + ")"
}
