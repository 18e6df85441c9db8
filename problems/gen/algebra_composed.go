package gen

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// This file makes the composed problems, in which numbers and functions are defined by smaller problems that stand in
// front. A solution works the definitions out in turn, then the problem itself as if it had been put in plain numbers.

// A definer collects the sentences that define quantities, and the working for them.
type definer struct {
	r         *rand.Rand
	level     float64
	names     []string // not used yet
	sentences []string
	lines     []string
}

func newDefiner(r *rand.Rand, level float64) *definer {
	return &definer{r: r, level: level, names: letters(r, 25)}
}

func (d *definer) name() string {
	name := d.names[0]
	d.names = d.names[1:]
	return name
}

func (d *definer) say(format string, args ...any) {
	d.sentences = append(d.sentences, fmt.Sprintf(format, args...))
}

// item ends the problem: the last sentence asks, the last lines answer.
func (d *definer) item(question string, lines []string, answer string) Item {
	return worked(strings.Join(append(d.sentences, question), " "), append(d.lines, lines...), answer)
}

// number defines a name for n, and returns it. The last line of the working for it ends with n.
func (d *definer) number(n int64) string {
	v := d.name()
	switch d.r.IntN(4) {
	case 0:
		d.sum(v, n)
	case 1:
		a := sized(d.r, between(d.level, 0.7, 1.6))
		pieces := pick(d.r, []int{1, 2}, []int{2, 1}, []int{2, 2}, []int{1, 3})
		if n == 0 {
			pieces = []int{2, 0}
		}
		e := drawEquation(d.r, []term{{a, v}, {-a * n, ""}}, pieces, between(d.level, 0.8, 2.2))
		_, _, lines := e.collect(v)
		_, division := divideOut(v, a, a*n)
		d.say("Suppose %v.", e)
		d.lines = append(append(d.lines, lines...), division...)
	case 2:
		u := d.name()
		var equations [2]equation
		for i, net := range drawSystem(d.r, d.level/3, false, v, u, n) {
			equations[i] = drawEquation(d.r, net, drawPieces(d.r, d.level/2, net), 1.2)
		}
		d.say("Suppose %v, %v.", equations[0], equations[1])
		d.lines = append(d.lines, eliminate(equations, v, u)...)
	default:
		x := sized(d.r, 1.1)
		p := drawSmallAt(d.r, d.level/4, x)
		p[0] += n - p.at(x)
		f := d.function(p)
		d.say("Let %s be %s(%d).", v, f, x)
		_, lines := horner(p, x)
		d.lines = append(append(d.lines, lines...), fmt.Sprintf("%s=%d", v, n))
	}
	return v
}

// sum defines v as a sum or difference, at times with a name of its own in it.
func (d *definer) sum(v string, n int64) {
	a := sized(d.r, between(d.level, 0.8, 3))
	first := fmt.Sprint(a)
	if d.r.IntN(4) == 0 && len(d.sentences) < 2 {
		a = sized(d.r, 1.2)
		first = d.number(a)
	}
	working := ""
	if d.r.IntN(2) == 0 {
		d.say("Let %s = %s + %d.", v, first, n-a)
		_, working = Add(Int(a), Int(n-a))
	} else {
		d.say("Let %s = %s - %d.", v, first, a-n)
		_, working = Sub(Int(a), Int(a-n))
	}
	d.lines = append(d.lines, v+":"+working)
}

// function defines a name for p, and returns it: as it stands, to be collected, or as a derivative.
func (d *definer) function(p poly) string {
	f, v := d.name(), d.name()
	switch d.r.IntN(5) {
	case 0:
		d.loose(f, v, p)
	case 1:
		d.derivative(f, v, p)
	default:
		d.state(f, v, p)
	}
	return f
}

// plain defines a name for p as it stands, and returns it.
func (d *definer) plain(p poly) string {
	f, v := d.name(), d.name()
	d.state(f, v, p)
	return f
}

func (d *definer) state(f, v string, p poly) {
	d.say("Let %s(%s) = %s.", f, v, answerText(p.terms(v)))
}

// loose defines f(v) as p with one coefficient in pieces.
func (d *definer) loose(f, v string, p poly) {
	ts := p.terms(v)
	if len(ts) == 0 {
		ts = []term{{0, ""}}
	}
	i := d.r.IntN(len(ts))
	for _, c := range split(d.r, ts[i].coeff, 2+d.r.IntN(2), between(d.level, 0.8, 2)) {
		ts = append(ts, term{c, ts[i].body})
	}
	ts = slices.Delete(ts, i, i+1)
	d.r.Shuffle(len(ts), func(i, j int) { ts[i], ts[j] = ts[j], ts[i] })
	d.say("Let %s(%s) = %s.", f, v, spaced(ts))
	sums, working := gather(ts, powers(v, len(p)))
	d.lines = append(append(d.lines, working...), f+":"+compact(sums))
}

// derivative defines f(v) = p as the first to third derivative of a polynomial, whose coefficients may be fractions. In
// the working the factor from the falling powers loses the denominator first: "-11*x**4/4:4*3=12;12/4=3;-11*3=-33".
func (d *definer) derivative(f, v string, p poly) {
	order := 1 + d.r.IntN(3)
	var whole []string
	for i, c := range slices.Backward(p) {
		if c == 0 {
			continue
		}
		n := i + order
		falling, factor := fallingPowers(n, order)
		divisor := factor / gcd(abs(c), factor)
		t := term{c * divisor / factor, power(v, n)}
		text, line := t.String(), ""
		if divisor > 1 {
			text += fmt.Sprintf("/%d", divisor)
		}
		if order > 1 {
			line = fmt.Sprintf("%s=%d;", falling, factor)
		}
		if divisor > 1 {
			line += fmt.Sprintf("%d/%d=%d;", factor, divisor, factor/divisor)
		}
		_, working := Mul(Int(t.coeff), Int(factor/divisor))
		whole = append(whole, text)
		d.lines = append(d.lines, text+":"+line+working)
	}
	for _, k := range d.r.Perm(order)[:min(order, 1+d.r.IntN(2))] {
		whole = append(whole, term{sized(d.r, 1.5), power(v, k)}.String())
	}
	text := strings.ReplaceAll(strings.Join(whole, " + "), "+ -", "- ")
	d.say("Let %s(%s) be the %s derivative of %s.", f, v, []string{"first", "second", "third"}[order-1], text)
	d.lines = append(d.lines, f+":"+compact(p.terms(v)))
}

// composedEquation is linear_1d with one or two of the numbers defined.
func composedEquation(r *rand.Rand, level float64) Item {
	d := newDefiner(r, level)
	v := d.name()
	x, a := sized(r, 0.9)-r.Int64N(2), sized(r, between(level, 0.7, 1.3))
	pieces := pick(r, []int{1, 1}, []int{2, 1}, []int{1, 2}, []int{2, 2})
	if x == 0 {
		pieces = []int{2, 0}
	}
	e := drawEquation(r, []term{{a, v}, {-a * x, ""}}, pieces, 1.2)
	worded := equation{slices.Clone(e.left), slices.Clone(e.right)}
	sides := [][]term{worded.left, worded.right}
	r.Shuffle(2, func(i, j int) { sides[i], sides[j] = sides[j], sides[i] })
	for i, side := range sides {
		if len(side) > 0 && (i == 0 || len(sides[0]) == 0 || r.IntN(4) == 0) {
			t := &side[r.IntN(len(side))]
			*t = d.named(*t)
		}
	}
	lines := []string{strings.ReplaceAll(e.String(), " ", "")}
	_, _, collected := e.collect(v)
	if last := collected[len(collected)-1]; last != lines[0] || len(collected) > 1 {
		lines = append(lines, collected...)
	}
	_, division := divideOut(v, a, a*x)
	return d.item(fmt.Sprintf("Solve %v for %s.", worded, v), append(lines, division...), Whole(x).String())
}

// named writes a term with a defined name for its coefficient, or for minus the coefficient behind a minus.
func (d *definer) named(t term) term {
	sign := pick(d.r, int64(1), -1)
	name := d.number(sign * t.coeff)
	if t.body != "" {
		name += "*" + t.body
	}
	return term{sign, name}
}

// composedEvaluate is evaluate with the number, the function or both defined.
func composedEvaluate(r *rand.Rand, level float64) Item {
	d := newDefiner(r, level)
	x := sized(r, between(level, 0.8, 1.2))
	argument := fmt.Sprint(x)
	p := drawSmallAt(r, level/4, x)
	var f string
	switch r.IntN(3) {
	case 0:
		f = d.function(p)
		argument = d.number(x)
	case 1:
		argument = d.number(x)
		f = d.function(p)
	default:
		f = d.combination(p)
	}
	value, lines := horner(p, x)
	return d.item(asked(r, f+"("+argument+")"), lines, fmt.Sprint(value))
}

// combination defines a name for p as a sum of multiples of two functions.
func (d *definer) combination(p poly) string {
	a, b := pick(d.r, int64(1), -1), sized(d.r, 0.9)
	var q, s poly // a*s + b*q is p
	for k, c := range p {
		m := sized(d.r, 0.8)
		q, s = q.plus(m, k), s.plus(a*(c-b*m), k)
	}
	first, second := d.function(s), d.function(q)
	f, v := d.name(), d.name()
	d.say("Let %s(%s) = %s.", f, v, spaced([]term{{a, first + "(" + v + ")"}, {b, second + "(" + v + ")"}}))
	answer, lines := addMultiples(a, s, b, q, v)
	d.lines = append(append(d.lines, lines...), f+":"+strings.ReplaceAll(answer, " ", ""))
	return f
}
