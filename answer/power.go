package answer

import (
	"math/big"
	"strconv"
)

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
