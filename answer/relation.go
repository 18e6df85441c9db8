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
	depth, start := 0, 0
	for i, r := range s {
		switch r {
		case '(', '[', '{', '⟦', '⟨':
			depth++
		case ')', ']', '}', '⟧', '⟩':
			depth--
		case '=', '≠', '<', '>', '≤', '≥', '∈':
			if depth <= 0 {
				sides = append(sides, strings.TrimSpace(s[start:i]))
				operators = append(operators, string(r))
				start = i + len(string(r))
			}
		}
	}
	return append(sides, strings.TrimSpace(s[start:])), operators
}

// readRelation reads assignments, equations, inequalities and membership.
func readRelation(s string, depth int) value {
	sides, operators := chain(s)
	switch {
	case len(operators) == 0:
		return readRatio(s, depth)
	case len(sides) > maxSides || slices.ContainsFunc(sides, func(side string) bool { return side == "" }):
		return nil
	}
	equations := !slices.ContainsFunc(operators, func(o string) bool { return o != "=" })
	switch {
	case equations:
		return readEquation(sides, depth)
	case operators[0] == "∈" && len(sides) == 2:
		v := read(sides[1], depth-1)
		if v == nil {
			return nil
		}
		if l, ok := v.(*labelled); ok {
			v = l.value
		}
		return &labelled{label: normalLabel(sides[0]), value: v}
	}
	return readInequality(sides, operators, depth)
}

// readEquation reads label = value, a chain of equal values, or an equation.
func readEquation(sides []string, depth int) value {
	first, last := sides[0], sides[len(sides)-1]
	if isLabel(first) {
		v := read(last, depth-1)
		if v == nil {
			return nil
		}
		return named(first, v)
	}
	if isLabel(last) && len(sides) == 2 && !hasLetters(first) {
		if v := read(first, depth-1); v != nil {
			return named(last, v)
		}
	}
	if strings.HasPrefix(first, "{") || strings.HasPrefix(first, "lim_") {
		return read(last, depth-1)
	}
	x, xok := expressionOf(first)
	y, yok := expressionOf(last)
	switch {
	case xok && isConstant(x) && strings.HasSuffix(last, "%"):
		return read(last, depth-1)
	case !xok || !yok:
		return nil
	case len(sides) > 2 || isConstant(x) && isConstant(y):
		return read(last, depth-1)
	}
	return equation(x.minus(y))
}

func hasLetters(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < 128 && isLetter(byte(r)) }) >= 0
}

// named gives a value its label. A label of its own, as in x = (y = 5), gives way.
func named(label string, v value) value {
	if inner, ok := v.(*labelled); ok {
		v = inner.value
	}
	l := &labelled{label: normalLabel(label), value: v}
	if x, ok := v.(*scalar); ok && !isConstant(x) {
		if name, ok := expressionOf(label); ok {
			l.equation = equation(name.minus(x))
		}
	}
	return l
}

// expressionOf reads a text that is a formula and nothing else.
func expressionOf(s string) (*scalar, bool) {
	e, err := parse(s)
	if err != nil {
		return nil, false
	}
	x, err := e.evaluate()
	return x, err == nil
}

func isConstant(x *scalar) bool {
	if x.known {
		_, ok := x.exact.rational()
		if ok {
			return true
		}
		for _, t := range x.exact {
			for _, f := range t.factors {
				if !isDigit(f.base[0]) && f.base != "pi" && f.base != "e" && f.base != "i" && f.base != "∞" {
					return false
				}
			}
		}
		return true
	}
	return x.probe().constant()
}

// isLabel reports whether s names what stands on the other side: x, x_1, f(x), AB, angle ABC, (p, q), “Area”, dy/dx.
func isLabel(s string) bool {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > 64 {
		return false
	}
	if strings.HasPrefix(s, "((d") && strings.Contains(s, ")/(d") { // dy/dx
		return true
	}
	if strings.HasPrefix(s, "(") && closing(s, 0) == len(s)-1 {
		for _, part := range splitTop(s[1:len(s)-1], ",") {
			if !isLabel(part) {
				return false
			}
		}
		return true
	}
	if left, right, ok := strings.Cut(s, ":"); ok {
		return isLabel(left) && isLabel(right)
	}
	if strings.HasPrefix(s, "“") || strings.HasPrefix(s, "abs(") || strings.HasPrefix(s, "|") {
		return !strings.ContainsAny(s, "+*/")
	}
	words := strings.Fields(s)
	if len(words) > 1 {
		return !strings.ContainsAny(s, "+-*/^=<>0123456789") || functions[words[0]] && len(words) == 2 && isLabel(words[1])
	}
	return isName(s)
}

// isName reports whether a text without spaces is a name: letters of one variable or point names, subscripts, arguments.
func isName(s string) bool {
	n := 0
	for n < len(s) && isLetter(s[n]) {
		n++
	}
	head, rest := s[:n], s[n:]
	rest = strings.TrimLeft(rest, "'")
	switch {
	case n == 0:
		return false
	case n > 1 && !constants[head] && head != strings.ToUpper(head) && n < 3 && rest == "":
		return false // a product, such as xy
	case isNumberName(head) && rest == "":
		return false
	}
	for strings.HasPrefix(rest, "_⟨") {
		end := strings.Index(rest, "⟩")
		if end < 0 {
			return false
		}
		rest = rest[end+len("⟩"):]
	}
	if len(rest) > 1 && rest[0] == '_' {
		return true
	}
	rest = strings.TrimPrefix(rest, "^(-1)")
	if rest == "" {
		return true
	}
	return rest[0] == '(' && closing(rest, 0) == len(rest)-1 && (n == 1 || constants[head] || functions[head]) &&
		!strings.ContainsAny(rest, "+-*/^") || rest[0] == '(' && closing(rest, 0) == len(rest)-1 && strings.IndexByte("fghPQFGH", head[0]) >= 0
}

// isNumberName reports whether a name is that of a number, which nothing is assigned to.
func isNumberName(s string) bool { return s == "e" || s == "i" || s == "pi" }

var labelSigns = strings.NewReplacer(" ", "", "“", "", "”", "")

// normalLabel is a label without spaces and quotes.
func normalLabel(s string) string {
	s = labelSigns.Replace(s)
	for _, length := range [][2]string{{"bar_⟨", "⟩"}, {"|", "|"}, {"abs(", ")"}} { // of a segment: |AB|
		if name, ok := strings.CutPrefix(s, length[0]); ok {
			if name, ok = strings.CutSuffix(name, length[1]); ok && len(name) == 2 && name == strings.ToUpper(name) {
				return name
			}
		}
	}
	return s
}

// readRatio reads 3:1 as a fraction, and 2:4:6 as its smallest form.
func readRatio(s string, depth int) value {
	parts := strings.Split(s, ":")
	if len(parts) < 2 || len(parts) > maxSides || depth == 0 {
		return nil
	}
	terms := make([]*scalar, len(parts))
	for i, part := range parts {
		x, ok := expressionOf(strings.TrimSpace(part))
		if !ok || !x.known {
			return nil
		}
		terms[i] = x
	}
	ex := exactEvaluation{}
	if len(terms) == 2 {
		q, ok := ex.divide(terms[0].exact, terms[1].exact)
		if !ok {
			return nil
		}
		return &scalar{exact: q, known: true}
	}
	row := make([]value, len(terms))
	for i, x := range terms {
		q, ok := ex.divide(x.exact, terms[0].exact)
		if !ok {
			return nil
		}
		row[i] = &scalar{exact: q, known: true}
	}
	return &matrix{kind: "ratio", rows: [][]value{row}}
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

// readInequality solves a chain for its variable, if it is linear in one; otherwise it keeps the relations.
func readInequality(sides, operators []string, depth int) value {
	var solved *reals
	variable := ""
	for i, o := range operators {
		if o == "=" || o == "∈" {
			return nil
		}
		set, name, ok := solve(sides[i], o, sides[i+1])
		if !ok || variable != "" && name != variable {
			return unsolved(sides, operators)
		}
		variable = name
		if solved == nil {
			solved = set
		} else if solved = solved.intersect(set); solved == nil { // ends that are no numbers
			return unsolved(sides, operators)
		}
	}
	return &labelled{label: variable, value: finite(solved)}
}

// unsolved keeps every relation of a chain.
func unsolved(sides, operators []string) value {
	parts := make([]value, 0, len(operators))
	for i, o := range operators {
		x, ok := expressionOf(sides[i])
		y, fine := expressionOf(sides[i+1])
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
func solve(left, operator, right string) (*reals, string, bool) {
	x, ok := expressionOf(left)
	y, fine := expressionOf(right)
	if !ok || !fine {
		return nil, "", false
	}
	if isConstant(x) {
		left, x, y = right, y, x
		operator = mirrored[operator]
	}
	if inner, ok := absoluteOf(left); ok && isConstant(y) {
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
func absoluteOf(s string) (*scalar, bool) {
	inner, ok := strings.CutPrefix(strings.TrimSpace(s), "abs(")
	if ok {
		inner = strings.TrimSuffix(inner, ")")
	} else if inner, ok = strings.CutPrefix(s, "|"); ok {
		inner = strings.TrimSuffix(inner, "|")
	}
	if !ok {
		return nil, false
	}
	x, ok := expressionOf(stripped(strings.TrimSpace(inner)))
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
