package answer

import (
	"cmp"
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strings"
)

// A sum is an expression in normal form: terms in one order, at most one of them a number.
type sum []term

// A term is coef * num[0]*num[1]... / (den[0]*den[1]...), with factors in one order. A factor is the text of a variable,
// a call, a power or a sum in brackets.
type term struct {
	coef     *big.Rat
	num, den []string
}

func constant(r *big.Rat) sum { return sum{{coef: r}} }
func atom(text string) sum    { return sum{{coef: big.NewRat(1, 1), num: []string{text}}} }

// number is the value of a sum without variables.
func (x sum) number() (*big.Rat, bool) {
	if len(x) == 1 && len(x[0].num) == 0 && len(x[0].den) == 0 {
		return x[0].coef, true
	}
	return nil, false
}

// factor is x as one term: itself, or its brackets.
func (x sum) factor() term {
	if len(x) == 1 {
		return x[0]
	}
	return atom("(" + x.String() + ")")[0]
}

// add gathers the numbers and orders the rest: by factors, numbers last.
func add(x, y sum) (sum, error) {
	number := new(big.Rat)
	var out sum
	for _, t := range slices.Concat(x, y) {
		if len(t.num) == 0 && len(t.den) == 0 {
			number.Add(number, t.coef)
		} else {
			out = append(out, t)
		}
	}
	slices.SortStableFunc(out, func(s, t term) int {
		return cmp.Or(slices.Compare(t.num, s.num), slices.Compare(t.den, s.den), t.coef.Cmp(s.coef))
	})
	if number.Sign() != 0 || len(out) == 0 {
		out = append(out, term{coef: number})
	}
	return out, bounded(number)
}

func mul(x, y sum) (sum, error) {
	if n, ok := x.number(); ok && n.IsInt() && n.Num().IsInt64() && n.Num().Int64() == 1 {
		return y, nil // keeps a sum a sum
	}
	s, t := x.factor(), y.factor()
	p := term{new(big.Rat).Mul(s.coef, t.coef), merged(s.num, t.num), merged(s.den, t.den)}
	if p.coef.Sign() == 0 {
		p = term{coef: p.coef}
	}
	return sum{p}, bounded(p.coef)
}

func div(x, y sum) (sum, error) {
	d := y.factor()
	if d.coef.Sign() == 0 {
		return nil, fmt.Errorf("%w: division by zero", errNotExpression)
	}
	return mul(x, sum{{new(big.Rat).Inv(d.coef), d.den, d.num}})
}

// pow is computed for a number to a whole exponent when the result has at most maxBits; otherwise it stays a power.
func pow(x, y sum) (sum, error) {
	base, isNumber := x.number()
	exponent, isWhole := y.number()
	if isNumber && isWhole && exponent.IsInt() && exponent.Num().IsInt64() {
		e := exponent.Num().Int64()
		if base.Sign() == 0 && e <= 0 {
			return nil, fmt.Errorf("%w: zero to the power %d", errNotExpression, e)
		}
		size := int64(max(base.Num().BitLen(), base.Denom().BitLen()))
		if -maxBits <= e && e <= maxBits && size*max(e, -e) <= maxBits {
			n := big.NewInt(max(e, -e))
			r := new(big.Rat).SetFrac(new(big.Int).Exp(base.Num(), n, nil), new(big.Int).Exp(base.Denom(), n, nil))
			if e < 0 {
				r.Inv(r)
			}
			return constant(r), nil
		}
	}
	return atom(wrapped(x) + "^" + wrapped(y)), nil
}

// exactRoot is the square root of a square of a rational.
func exactRoot(function string, x sum) (*big.Rat, bool) {
	n, ok := x.number()
	if !ok || function != "sqrt" || n.Sign() < 0 {
		return nil, false
	}
	r := new(big.Rat).SetFrac(new(big.Int).Sqrt(n.Num()), new(big.Int).Sqrt(n.Denom()))
	return r, new(big.Rat).Mul(r, r).Cmp(n) == 0
}

var simple = regexp.MustCompile(`^(?:\d+|[A-Za-z]+)$`)

// wrapped is x as base or exponent of a power.
func wrapped(x sum) string {
	if s := x.String(); simple.MatchString(s) {
		return s
	}
	return "(" + x.String() + ")"
}

func merged(x, y []string) []string {
	out := slices.Concat(x, y)
	slices.Sort(out)
	return out
}

func bounded(r *big.Rat) error {
	if r.Num().BitLen() > maxBits || r.Denom().BitLen() > maxBits {
		return fmt.Errorf("%w: a number of more than %d bits", errNotExpression, maxBits)
	}
	return nil
}

// String writes the sum so that it reads back as itself.
func (x sum) String() string {
	var out strings.Builder
	for i, t := range x {
		s := t.String()
		if i > 0 && s[0] != '-' {
			out.WriteByte('+')
		}
		out.WriteString(s)
	}
	return out.String()
}

func (t term) String() string {
	factors := t.num
	if n := t.coef.Num().String(); len(factors) == 0 || n != "1" && n != "-1" {
		factors = append([]string{n}, factors...)
	} else if n == "-1" {
		factors = append([]string{"-" + factors[0]}, factors[1:]...)
	}
	out := strings.Join(factors, "*")
	if !t.coef.IsInt() {
		out += "/" + t.coef.Denom().String()
	}
	for _, d := range t.den {
		out += "/" + d
	}
	return out
}
