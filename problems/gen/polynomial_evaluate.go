package gen

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// makeEvaluate asks for a polynomial's value at a number. The solution lists the coefficients and goes through them by
// Horner's scheme: times the number, plus the next coefficient.
func makeEvaluate(r *rand.Rand, level float64) Item {
	names := letters(r, 2)
	f, v := names[0], names[1]
	x := sized(r, between(level, 0.9, 2.1))
	p := drawSmallAt(r, level, x)
	problem := fmt.Sprintf("Let %s(%s) = %s. %s", f, v, answerText(p.terms(v)), asked(r, fmt.Sprintf("%s(%d)", f, x)))
	if everyday(r) {
		p, x = poly{sized(r, 1.2), sized(r, 1), sized(r, 0.6)}[:2+r.IntN(2)], r.Int64N(15)-4
		form := pick(r, "f(x) = %s, what is f(%d)?", "if f(x) = %s, find f(%d)", "evaluate %s at x = %d",
			"what is %s when x = %d?", "compute %s for x = %d", "f(x) = %s; f(%d) = ?", "Given f(x) = %s, find f(%d).")
		problem = polite(r, fmt.Sprintf(form, typed(r, spaced(p.terms("x"))), x))
	}
	value, lines := horner(p, x)
	return worked(problem, lines, strconv.FormatInt(value, 10))
}

// drawSmallAt returns a polynomial of degree 1 to 3 that is mostly small at x, as the dataset's are: each of the lower
// coefficients may make up for those before it.
func drawSmallAt(r *rand.Rand, level float64, x int64) poly {
	degree := 1 + r.IntN(3)
	p := make(poly, degree+1)
	for k := range p {
		p[k] = sized(r, between(level, 0.9, 4-float64(k)*0.7))
		if k < degree && r.IntN(8) == 0 {
			p[k] = 0
		}
	}
	if degree > 1 && r.IntN(2) == 0 {
		p[degree-1] = sized(r, 0.7) - p[degree]*x
	}
	if degree > 2 && r.IntN(2) == 0 {
		p[1] = sized(r, 1) - x*(p[2]+x*p[3])
	}
	if degree == 1 && r.IntN(2) == 0 || r.IntN(3) > 0 {
		p[0] = 0
		p[0] = sized(r, between(level, 1, 2.6)) - p.at(x)
	}
	return p
}

// horner returns p's value at x and the working for it.
func horner(p poly, x int64) (int64, []string) {
	listed := make([]string, len(p))
	for i, c := range p {
		listed[len(p)-1-i] = strconv.FormatInt(c, 10)
	}
	lines := []string{fmt.Sprintf("%s at %d", strings.Join(listed, ","), x)}
	value := Int(p[len(p)-1])
	for k := len(p) - 2; k >= 0; k-- {
		product, first := Mul(value, Int(x))
		sum, second := Add(product, Int(p[k]))
		value = sum
		lines = append(lines, first+";"+second)
	}
	return value.V, lines
}

// makeCompose asks for a polynomial of a polynomial, written f(g(x)). Half of the time they need working out themselves.
func makeCompose(r *rand.Rand, level float64) Item {
	d := newDefiner(r, level)
	define := d.plain
	if r.IntN(2) == 0 {
		define = func(p poly) string {
			if r.IntN(3) == 0 {
				return d.combination(p)
			}
			return d.function(p)
		}
	}
	total := between(level, 0.4, 4.4)
	share := total * r.Float64()
	p, q := drawInner(r, 0.7+share), drawInner(r, 0.7+(total-share)/2)
	var f, g string
	if r.IntN(2) == 0 {
		f, g = define(p), define(q)
	} else {
		g = define(q)
		f = define(p)
	}
	z := d.name()
	asks := fmt.Sprintf("%s(%s(%s))", f, g, z)
	recalled := fmt.Sprintf("%s;%s;%s", asks, recall(f, p, z), recall(g, q, z))
	answer, lines := substitute(p, q, z)
	return d.item(asked(r, asks), slices.Concat([]string{recalled}, lines, []string{answer}), answer)
}

// drawInner returns a polynomial of degree 1 or 2, mostly a single term, with coefficients of up to the given digits.
func drawInner(r *rand.Rand, digits float64) poly {
	degree := 1 + r.IntN(2)
	var p poly
	p = p.plus(sized(r, digits), degree)
	if r.IntN(5) < 2 {
		p = p.plus(sized(r, digits), r.IntN(degree))
	}
	return p
}

// substitute returns p(q(v)) as an answer and the working for it: the square of q when p has one, each term of p with
// q in its place, and their collection.
func substitute(p, q poly, v string) (answer string, lines []string) {
	var ts []term
	value := poly{1}
	for k, c := range p {
		if k == 1 {
			value = q
		}
		if k > 1 {
			var working []string
			value, working = multiply(value, q, v)
			lines = append(lines, working...)
		}
		switch {
		case c == 0:
		case k == 0:
			ts = append(ts, term{c, ""})
		default:
			product, working := multiply(poly{c}, value, v)
			lines = append(lines, working...)
			ts = append(ts, product.terms(v)...)
		}
	}
	sums, working := gather(ts, powers(v, len(p)*len(q)))
	return answerText(sums), slices.Concat(lines, working)
}

// recall restates a function in the variable that is asked for, so that the steps need not look for it in the question.
func recall(name string, p poly, v string) string { return name + ":" + compact(p.terms(v)) }
