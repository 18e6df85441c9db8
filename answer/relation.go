package answer

import (
	"math/big"
	"math/cmplx"
	"slices"
	"strings"
)

// maxSides bounds a chain of relations.
const maxSides = 8

// A relation is an equation or an inequality that was not solved: difference compared with 0. Equations are the same up
// to a factor, inequalities up to a positive one, which is divided out.
type relation struct {
	operator   string // = ≠ > ≥
	difference *scalar
}

func (r *relation) key() string { return r.difference.bareKey() + " " + r.operator + " 0" }

// chain splits a text at its relations: the sides, one more than the operators.
func chain(s string) (sides []string, operators []string) {
	parts, found := cutTop(s, "=≠<>≤≥∈")
	for _, p := range parts {
		sides = append(sides, strings.TrimSpace(p))
	}
	for _, r := range found {
		operators = append(operators, string(r))
	}
	return sides, operators
}

// readRelation reads assignments, equations, inequalities and membership.
func readRelation(s string, in scope) value {
	sides, operators := chain(s)
	switch {
	case len(operators) == 0:
		return readRatio(s, in)
	case len(sides) > maxSides || slices.ContainsFunc(sides, func(side string) bool { return side == "" }):
		return nil
	}
	equations := !slices.ContainsFunc(operators, func(o string) bool { return o != "=" })
	switch {
	case equations:
		return readEquation(sides, in)
	case operators[0] == "∈" && len(sides) == 2:
		v := read(sides[1], in.deeper())
		if v == nil {
			return nil
		}
		if l, ok := v.(*labelled); ok {
			v = l.value
		}
		return &labelled{label: normalLabel(sides[0]), value: v}
	}
	return readInequality(sides, operators, in)
}

// readEquation reads label = value, a chain of equal values, or an equation.
func readEquation(sides []string, in scope) value {
	first, last := sides[0], sides[len(sides)-1]
	if isLabel(first) {
		v := read(last, in.deeper())
		if v == nil {
			return nil
		}
		return named(first, v, in)
	}
	if isLabel(last) && len(sides) == 2 && !hasLetters(first) {
		if v := read(first, in.deeper()); v != nil {
			return named(last, v, in)
		}
	}
	if strings.HasPrefix(first, "{") || strings.HasPrefix(first, "lim_") {
		return read(last, in.deeper())
	}
	x, xok := expressionOf(first, in)
	y, yok := expressionOf(last, in)
	switch {
	case xok && isConstant(x) && strings.HasSuffix(last, "%"):
		return read(last, in.deeper())
	case !xok || !yok:
		return nil
	case len(sides) > 2 || isConstant(x) && isConstant(y):
		return read(last, in.deeper())
	}
	return equation(x.minus(y))
}

func hasLetters(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < 128 && isLetter(byte(r)) }) >= 0
}

// equation divides a common factor out of a difference.
func equation(d *scalar) *relation { return &relation{"=", normalized(d, true)} }

// normalized is d without a constant factor; a negative one is kept unless either sign is the same.
func normalized(d *scalar, either bool) *scalar {
	if !either && isConstant(d) {
		return d // a comparison of numbers is told by how far they are apart
	}
	if d.known && len(d.exact) > 0 {
		return &scalar{exact: primitive(d.exact, either), known: true}
	}
	p := *d.probe()
	scale := p[0]
	if !either {
		scale = complex(cmplx.Abs(scale), 0)
	}
	if scale == 0 || cmplx.IsNaN(scale) {
		return d
	}
	for i := range p {
		p[i] /= scale
	}
	return &scalar{values: &p}
}

// primitive multiplies out the denominators of a sum and divides by the common factor of its coefficients.
func primitive(x sum, either bool) sum {
	if either {
		x = cleared(x)
	}
	num, den := new(big.Int), big.NewInt(1)
	for _, t := range x {
		num.GCD(nil, nil, num, new(big.Int).Abs(t.coef.Num()))
		gcd := new(big.Int).GCD(nil, nil, den, t.coef.Denom())
		den.Mul(den, new(big.Int).Quo(t.coef.Denom(), gcd))
	}
	factor := new(big.Rat).SetFrac(den, num)
	if either && x[0].coef.Sign() < 0 {
		factor.Neg(factor)
	}
	return x.scale(factor)
}

// cleared multiplies a sum by the powers of variables that stand in its denominators.
func cleared(x sum) sum {
	lowest := map[string]*big.Rat{}
	for _, t := range x {
		for _, f := range t.factors {
			if !isDigit(f.base[0]) && f.exp.Sign() < 0 && (lowest[f.base] == nil || f.exp.Cmp(lowest[f.base]) < 0) {
				lowest[f.base] = f.exp
			}
		}
	}
	for base, exp := range lowest {
		if out, ok := x.mul(sum{{one, []factor{{base, new(big.Rat).Neg(exp)}}}}); ok {
			x = out
		}
	}
	return x
}
