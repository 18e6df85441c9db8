package gen

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// drawLoose returns a polynomial of the given degree at most, and the same as a sum of the given number of terms in any
// order, many of which cancel. Terms have up to the given digits.
func drawLoose(r *rand.Rand, v string, degree, count int, digits float64) (poly, []term) {
	kinds := min(1+weighted(r, 3, 5, 3), degree+1, count)
	chosen := r.Perm(degree + 1)[:kinds]
	if kinds == 1 && chosen[0] == 0 {
		chosen[0] = degree
	}
	pieces := make([]int, kinds)
	for i := range pieces {
		pieces[i] = 1
	}
	for range count - kinds {
		pieces[r.IntN(kinds)]++
	}
	var p poly
	var ts []term
	for i, k := range chosen {
		net := sized(r, between(r.Float64(), 0.7, digits*0.7))
		if pieces[i] > 1 && r.IntN(3) == 0 {
			net = 0
		}
		p = p.plus(net, k)
		for _, c := range split(r, net, pieces[i], digits*(0.3+0.7*r.Float64())) {
			ts = append(ts, term{c, power(v, k)})
		}
	}
	if r.IntN(12) == 0 {
		ts = append(ts, term{0, power(v, pick(r, chosen...))})
	}
	r.Shuffle(len(ts), func(i, j int) { ts[i], ts[j] = ts[j], ts[i] })
	return p, ts
}

// makeCollect asks to collect terms. The solution adds the coefficients of each power.
func makeCollect(r *rand.Rand, level float64) Item {
	v, count, digits := letters(r, 1)[0], 3+weighted(r, 4, 6, 4, 2+int(2*level), 1), between(level, 0.9, 6)
	plain := everyday(r)
	if plain {
		v, count, digits = pick(r, "x", "x", "y", "a", "n"), 3+r.IntN(3), 1.3
	}
	p, ts := drawLoose(r, v, pick(r, 1, 1, 2, 3), count, digits)
	problem := fmt.Sprintf("Collect the terms in %s.", spaced(ts))
	if plain {
		form := pick(r, "simplify %s", "Simplify %s.", "collect like terms: %s", "%s = ?", "combine like terms in %s",
			"what is %s?", "compute %s")
		problem = polite(r, fmt.Sprintf(form, typed(r, spaced(ts))))
	}
	sums, lines := gather(ts, powers(v, len(p)))
	answer := answerText(sums)
	return worked(problem, append(lines, answer), answer)
}

// makeAdd asks for a sum of multiples of two polynomials, which half of the time need working out themselves. The
// solution multiplies each and collects terms.
func makeAdd(r *rand.Rand, level float64) Item {
	d := newDefiner(r, level)
	define := d.plain
	composed := r.IntN(2) == 0
	if composed {
		define = d.function
	}
	a, b := sized(r, between(level, 0.8, 1.7)), sized(r, between(level, 0.8, 1.7))
	p, q := drawCancelling(r, level, a, b)
	z := d.name()
	first, second := term{a, ""}, term{b, ""}
	if composed && r.IntN(2) == 0 {
		first = d.named(first)
	}
	f, g := define(p), define(q)
	first.body = strings.TrimPrefix(first.body+"*"+f+"("+z+")", "*")
	second.body = g + "(" + z + ")"
	sum := []term{first, second}
	recalled := fmt.Sprintf("%s;%s;%s", compact(sum), recall(f, p, z), recall(g, q, z))
	answer, lines := addMultiples(a, p, b, q, z)
	return d.item(asked(r, spaced(sum)), slices.Concat([]string{recalled}, lines, []string{answer}), answer)
}

// addMultiples returns a*p + b*q as an answer and the working for it.
func addMultiples(a int64, p poly, b int64, q poly, v string) (answer string, lines []string) {
	left, lines := multiply(poly{a}, p, v)
	right, more := multiply(poly{b}, q, v)
	sums, working := gather(append(left.terms(v), right.terms(v)...), powers(v, max(len(p), len(q))))
	return answerText(sums), slices.Concat(lines, more, working)
}

// drawCancelling returns polynomials p and q for which a*p + b*q has small coefficients.
func drawCancelling(r *rand.Rand, level float64, a, b int64) (p, q poly) {
	degree := pick(r, 1, 1, 2, 2, 3)
	for k := range degree + 1 {
		if k < degree && r.IntN(5) == 0 {
			continue
		}
		c, target := sized(r, between(level, 0.8, 2.6)), sized(r, between(level, 0.5, 1.2))*r.Int64N(3)
		target *= gcd(abs(a), abs(b))
		for (target-a*c)%b != 0 {
			c++
		}
		p, q = p.plus(c, k), q.plus((target-a*c)/b, k)
	}
	if len(p.terms("")) == 0 || len(q.terms("")) == 0 {
		return drawCancelling(r, level, a, b)
	}
	return p, q
}

// asked asks for the value of an expression in one of the dataset's ways.
func asked(r *rand.Rand, expression string) string {
	return fmt.Sprintf(pick(r, "What is %s?", "Determine %s.", "Calculate %s.", "Give %s."), expression)
}
