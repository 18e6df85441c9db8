package answer

import "math/big"

// A parabola is a*x² + b*x + c with a > 0, in one variable.
type parabola struct {
	a, b, c *big.Rat
	name    string
}

// parabolaOf takes d apart. It reports whether the sign had to be turned to make a positive.
func parabolaOf(d *scalar) (p parabola, turned, ok bool) {
	if !d.known {
		return p, false, false
	}
	p.a, p.b, p.c = new(big.Rat), new(big.Rat), new(big.Rat)
	for _, t := range d.exact {
		if len(t.factors) == 0 {
			p.c = t.coef
			continue
		}
		f := t.factors[0]
		if len(t.factors) > 1 || !isVariableBase(f.base) || p.name != "" && p.name != f.base {
			return p, false, false
		}
		p.name = f.base
		switch {
		case f.exp.Cmp(one) == 0:
			p.b = t.coef
		case f.exp.Cmp(two) == 0:
			p.a = t.coef
		default:
			return p, false, false
		}
	}
	if p.a.Sign() < 0 {
		p.a, p.b, p.c = new(big.Rat).Neg(p.a), new(big.Rat).Neg(p.b), new(big.Rat).Neg(p.c)
		turned = true
	}
	return p, turned, p.a.Sign() != 0
}

// roots are the zeros in order: none, one, or two. It fails for coefficients of too many digits.
func (p parabola) roots() (zeros []*scalar, ok bool) {
	four := big.NewRat(4, 1)
	d := new(big.Rat).Mul(p.b, p.b)
	d.Sub(d, four.Mul(four, new(big.Rat).Mul(p.a, p.c)))
	if d.Sign() < 0 {
		return nil, true
	}
	scale := new(big.Rat).Inv(new(big.Rat).Add(p.a, p.a))
	middle := constant(new(big.Rat).Mul(new(big.Rat).Neg(p.b), scale))
	if d.Sign() == 0 {
		return []*scalar{{exact: middle, known: true}}, true
	}
	distance, ok := powRat(d, half)
	if !ok {
		return nil, false
	}
	distance = distance.scale(scale)
	low, ok1 := middle.add(distance.neg())
	high, ok2 := middle.add(distance)
	return []*scalar{{exact: low, known: true}, {exact: high, known: true}}, ok1 && ok2
}

// where is the set of all x with p(x) operator 0.
func (p parabola) where(operator string) (*reals, bool) {
	roots, ok := p.roots()
	if !ok {
		return nil, false
	}
	inside, outside := &reals{}, allReals()
	switch len(roots) {
	case 1:
		inside = &reals{[]piece{{roots[0], roots[0], false, false}}}
		outside = ray("≠", roots[0])
	case 2:
		inside = &reals{[]piece{{roots[0], roots[1], false, false}}}
		outside = &reals{append(ray("<", roots[0]).pieces, ray(">", roots[1]).pieces...)}
	}
	points := &reals{}
	for _, r := range roots {
		points.pieces = append(points.pieces, piece{r, r, false, false})
	}
	switch operator {
	case "≤":
		return inside, true
	case "<":
		return inside.without(points), true
	case ">":
		return outside, true
	case "≥":
		return allReals().without(inside.without(points)), true
	}
	return allReals().without(points), true
}
