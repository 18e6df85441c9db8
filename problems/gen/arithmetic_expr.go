package gen

import (
	"math"
	"math/rand/v2"
	"strings"
)

// expr is an expression of integers: a number when op is 0, else l op r for one of + - * /.
type expr struct {
	op   byte
	n    int64
	l, r *expr
}

// exprShape says which expressions [exprShape.draw] makes.
type exprShape struct {
	ops    string  // the operations to choose from, each equally likely
	spread float64 // digits of the numbers that sums are split into
	factor float64 // digits of the factors that quotients are expanded by
}

// draw makes an expression of the given value with the given count of operations. It works downwards: a value is split
// into two that give it, until only integers are left. A value that is no integer needs a quotient.
func (s exprShape) draw(r *rand.Rand, v Frac, count int) *expr {
	if count == 0 {
		return &expr{n: v.N}
	}
	for {
		left := (r.IntN(count) + r.IntN(count)) / 2 // balanced oftener than deep
		right := count - 1 - left
		op := s.ops[r.IntN(len(s.ops))]
		a, b, ok := s.split(r, v, op, left, right)
		if !ok || !a.isInt() && left == 0 || !b.isInt() && right == 0 {
			continue
		}
		return &expr{op: op, l: s.draw(r, a, left), r: s.draw(r, b, right)}
	}
}

// split draws a and b with a op b = v. It reports false when there are none of reasonable size.
func (s exprShape) split(r *rand.Rand, v Frac, op byte, left, right int) (a, b Frac, ok bool) {
	const limit = 1 << 22
	if op == '+' || op == '-' {
		digits := s.spread
		if chance(r, 0.05) {
			digits *= 2
		}
		b = Whole(logSigned(r, digits) - r.Int64N(2))
		if strings.Contains(s.ops, "/") && right > 0 && chance(r, 0.5) {
			b, _ = Reduce(b.N, v.D*(1+r.Int64N(6)))
		}
		c := b
		if op == '+' {
			c = b.neg()
		}
		a, _ = AddFrac(v, c)
		return a, b, abs(a.N) < limit && a.D < limit
	}
	if v.N == 0 {
		return a, b, false
	}
	if op == '/' && left == 0 && right == 0 {
		c := logSigned(r, s.factor)
		return Whole(v.N * c), Whole(v.D * c), abs(v.N*c) < limit && abs(v.D*c) < limit
	}
	b = Whole(logSigned(r, s.factor/2))
	if b.N == 1 && chance(r, 0.7) {
		return a, b, false
	}
	if right > 0 {
		b, _ = Reduce(b.N, 1+r.Int64N(12))
	}
	c := b
	if op == '*' {
		c, _ = Reduce(b.D, b.N)
	}
	a, _ = MulFrac(v, c)
	return a, b, abs(a.N) < limit && a.D < limit
}

// logSigned draws an integer of either sign, other than 0, of up to the given digits, small ones oftener.
func logSigned(r *rand.Rand, digits float64) int64 {
	n := int64(math.Pow(10, r.Float64()*digits))
	if chance(r, 0.5) {
		return -n
	}
	return n
}

// String writes the expression as the public data set does: spaces around + and -, brackets around negative integers
// in a quotient, and around every left operand of / that is no integer.
func (e *expr) String() string {
	isSum := func(x *expr) bool { return x.op == '+' || x.op == '-' }
	operand := func(x *expr, bracketed bool) string {
		if bracketed {
			return "(" + x.String() + ")"
		}
		return x.String()
	}
	switch e.op {
	case 0:
		return Int(e.n).String()
	case '+':
		return operand(e.l, e.l.op == '-') + " + " + operand(e.r, isSum(e.r))
	case '-':
		return operand(e.l, false) + " - " + operand(e.r, isSum(e.r))
	case '*':
		return operand(e.l, isSum(e.l)) + "*" + operand(e.r, isSum(e.r))
	}
	within := func(x *expr) bool { return x.op != 0 || x.n < 0 }
	return operand(e.l, within(e.l)) + "/" + operand(e.r, within(e.r))
}

// chain is a sum or product as it is worked out, from left to right: its parts stand between brackets, or between
// operations of lower precedence. It is a number when op is 0, else a sum ('+') or product ('*').
type chain struct {
	op    byte
	value Frac
	parts []part
}

// part is a number or chain with the operation before it, which is + or * for the first.
type part struct {
	op byte
	of *chain
}

// chained returns e as a chain.
func (e *expr) chained() *chain {
	switch e.op {
	case 0:
		return &chain{value: Whole(e.n)}
	case '+', '-':
		c := &chain{op: '+'}
		if left := e.l.chained(); left.op == '+' && (e.op == '-' || e.l.op == '+') {
			c.parts = left.parts
		} else {
			c.parts = []part{{'+', left}}
		}
		c.parts = append(c.parts, part{e.op, e.r.chained()})
		return c
	}
	c := &chain{op: '*'}
	if left := e.l.chained(); left.op == '*' && e.op == '*' {
		c.parts = left.parts
	} else {
		c.parts = []part{{'*', left}}
	}
	if right := e.r.chained(); right.op == '*' && e.op == '*' {
		c.parts = append(c.parts, right.parts...)
	} else {
		c.parts = append(c.parts, part{e.op, right})
	}
	return c
}

// String writes the chain without spaces, and without a sign behind another: 3-(5-2/3)*(-4).
func (c *chain) String() string {
	var b strings.Builder
	switch c.op {
	case 0:
		return c.value.String()
	case '+':
		for _, p := range c.parts {
			b.WriteString(p.asTerm(b.Len() == 0))
		}
		return strings.TrimPrefix(b.String(), "+")
	}
	for i, p := range c.parts {
		text := p.of.String()
		if i > 0 {
			b.WriteByte(p.op)
			text = p.of.value.factor()
		}
		if p.of.op != 0 {
			text = "(" + p.of.String() + ")"
		}
		b.WriteString(text)
	}
	return b.String()
}

// asTerm writes the part with its sign as a term of a sum. A product that starts with a negative number gets brackets
// around that number, unless it is the first term.
func (p part) asTerm(first bool) string {
	text := p.of.String()
	switch p.of.op {
	case 0:
		if p.op == '-' {
			return plus(p.of.value.neg())
		}
		return plus(p.of.value)
	case '+':
		text = "(" + text + ")"
	case '*':
		if first {
			return text
		}
		if text[0] == '-' {
			factor := p.of.parts[0].of.value
			text = factor.factor() + strings.TrimPrefix(text, factor.String())
		}
	}
	return string(p.op) + text
}

// work evaluates c and returns the working: c itself; then, again and again, every chain of plain numbers from left to
// right, and what c has become by that, unless the next line starts with it anyway. The last line ends with the result.
func (c *chain) work() (Frac, []string) {
	var lines []string
	written := ""
	for c.op != 0 {
		text := c.String()
		working := c.collapse()
		if text != written && (len(working) == 0 || !strings.HasPrefix(working[0], text)) {
			lines = append(lines, text)
			written = text
		}
		lines = append(lines, working...)
	}
	return c.value, lines
}

// collapse replaces every chain of plain numbers within c, or c itself, by its value.
func (c *chain) collapse() []string {
	var lines []string
	plain := true
	for _, p := range c.parts {
		if p.of.op != 0 {
			plain = false
			lines = append(lines, p.of.collapse()...)
		}
	}
	if !plain {
		return lines
	}
	value := c.parts[0].of.value
	for _, p := range c.parts[1:] {
		next, working := p.apply(value)
		if working == nil && lines != nil {
			working = []string{next.String()} // a quotient in lowest terms: 2 then /5 is 2/5
		}
		value, lines = next, append(lines, working...)
	}
	*c = chain{value: value}
	return lines
}

// apply returns the value so far, with the part's operation and number applied, and the working for it.
func (p part) apply(value Frac) (Frac, []string) {
	operand := p.of.value
	switch {
	case p.op == '+':
		return AddFrac(value, operand)
	case p.op == '-':
		return AddFrac(value, operand.neg())
	case p.op == '*':
		return MulFrac(value, operand)
	case operand == Whole(1):
		return value, []string{value.String() + "/1=" + value.String()}
	case value.isInt() && operand.isInt():
		return Reduce(value.N, operand.N)
	}
	return DivFrac(value, operand)
}
