package answer

import (
	"math/big"
	"slices"
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
