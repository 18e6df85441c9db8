package answer

import (
	"math/big"
	"slices"
	"strings"
)

// readInequality solves a chain for its variable, if it is linear in one; otherwise it keeps the relations.
func readInequality(sides, operators []string, in scope) value {
	var solved *reals
	variable := ""
	for i, o := range operators {
		if o == "=" || o == "∈" {
			return nil
		}
		set, name, ok := solve(sides[i], o, sides[i+1], in)
		if !ok || variable != "" && name != variable {
			return unsolved(sides, operators, in)
		}
		variable = name
		if solved == nil {
			solved = set
		} else if solved = solved.intersect(set); solved == nil { // ends that are no numbers
			return unsolved(sides, operators, in)
		}
	}
	return &labelled{label: variable, value: finite(solved)}
}

// unsolved keeps every relation of a chain.
func unsolved(sides, operators []string, in scope) value {
	parts := make([]value, 0, len(operators))
	for i, o := range operators {
		x, ok := expressionOf(sides[i], in)
		y, fine := expressionOf(sides[i+1], in)
		if !ok || !fine {
			return nil
		}
		if o == "<" || o == "≤" {
			x, y, o = y, x, map[string]string{"<": ">", "≤": "≥"}[o]
		}
		parts = append(parts, &relation{o, normalized(x.minus(y), o == "≠")})
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return newList(parts, false)
}

// solve finds the set of numbers for which a relation holds, if it is linear or quadratic in one variable, or linear in an
// absolute value.
func solve(left, operator, right string, in scope) (*reals, string, bool) {
	x, ok := expressionOf(left, in)
	y, fine := expressionOf(right, in)
	if !ok || !fine {
		return nil, "", false
	}
	if isConstant(x) {
		left, x, y = right, y, x
		operator = mirrored[operator]
	}
	if inner, ok := absoluteOf(left, in); ok && isConstant(y) {
		if bound, fine := y.float(); fine && bound >= 0 {
			slope, root, name, ok := linear(inner)
			return ray(operator, y).mirror().mapped(slope, root), name, ok
		}
	}
	d := x.minus(y)
	if p, turned, ok := parabolaOf(d); ok {
		if turned {
			operator = mirrored[operator]
		}
		set, ok := p.where(operator)
		return set, p.name, ok
	}
	slope, root, name, ok := linear(d)
	if !ok {
		return nil, "", false
	}
	if slope.Sign() < 0 {
		operator = mirrored[operator]
	}
	return ray(operator, root), name, true
}

var mirrored = map[string]string{"<": ">", ">": "<", "≤": "≥", "≥": "≤", "≠": "≠"}

// absoluteOf is the inside of an absolute value.
func absoluteOf(s string, in scope) (*scalar, bool) {
	inner, ok := strings.CutPrefix(strings.TrimSpace(s), "abs(")
	if ok {
		inner = strings.TrimSuffix(inner, ")")
	} else if inner, ok = strings.CutPrefix(s, "|"); ok {
		inner = strings.TrimSuffix(inner, "|")
	}
	if !ok {
		return nil, false
	}
	x, ok := expressionOf(stripped(strings.TrimSpace(inner)), in)
	return x, ok && !isConstant(x)
}

// linear takes d apart as slope*(x - root).
func linear(d *scalar) (slope *big.Rat, root *scalar, name string, ok bool) {
	if !d.known {
		return nil, nil, "", false
	}
	rest := sum{}
	for _, t := range d.exact {
		switch {
		case len(t.factors) == 1 && isVariableBase(t.factors[0].base):
			if slope != nil || t.factors[0].exp.Cmp(one) != 0 {
				return nil, nil, "", false
			}
			slope, name = t.coef, t.factors[0].base
		case slices.ContainsFunc(t.factors, func(f factor) bool { return isVariableBase(f.base) }):
			return nil, nil, "", false
		default:
			rest = append(rest, t)
		}
	}
	if slope == nil {
		return nil, nil, "", false
	}
	x := rest.scale(new(big.Rat).Neg(new(big.Rat).Inv(slope)))
	return slope, &scalar{exact: x, known: true}, name, true
}

func isVariableBase(base string) bool {
	return !isDigit(base[0]) && base != "pi" && base != "e" && base != "i" && base != "∞"
}

// ray is the set of all x with x operator bound.
func ray(operator string, bound *scalar) *reals {
	switch operator {
	case "<", "≤":
		return &reals{[]piece{{minusInfinity, bound, true, operator == "<"}}}
	case ">", "≥":
		return &reals{[]piece{{bound, plusInfinity, operator == ">", true}}}
	}
	return &reals{[]piece{{minusInfinity, bound, true, true}, {bound, plusInfinity, true, true}}}
}

var (
	plusInfinity  = &scalar{exact: atom("∞"), known: true}
	minusInfinity = &scalar{exact: atom("∞").neg(), known: true}
)
