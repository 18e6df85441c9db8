package gen

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// This file is how polynomials and sums of them are written, in questions, in solutions and in answers.

// A term is a coefficient times a product of powers of variables, its body, such as "x**2*y". A constant's body is empty.
type term struct {
	coeff int64
	body  string
}

// power writes v to the power p as the body of a term.
func power(v string, p int) string {
	switch p {
	case 0:
		return ""
	case 1:
		return v
	}
	return v + "**" + strconv.Itoa(p)
}

func (t term) String() string {
	switch {
	case t.body == "":
		return strconv.FormatInt(t.coeff, 10)
	case t.coeff == 1:
		return t.body
	case t.coeff == -1:
		return "-" + t.body
	}
	return fmt.Sprintf("%d*%s", t.coeff, t.body)
}

// spaced writes a sum as questions have it: "2*x**2 - x + 7", and "0" when it has no terms.
func spaced(ts []term) string {
	if len(ts) == 0 {
		return "0"
	}
	var b strings.Builder
	b.WriteString(ts[0].String())
	for _, t := range ts[1:] {
		if s, negative := strings.CutPrefix(t.String(), "-"); negative {
			b.WriteString(" - " + s)
		} else {
			b.WriteString(" + " + s)
		}
	}
	return b.String()
}

// compact writes a sum as solutions have it, without spaces.
func compact(ts []term) string { return strings.ReplaceAll(spaced(ts), " ", "") }

// answerText writes collected terms as answers have them: a positive constant comes before a single negative term.
func answerText(ts []term) string {
	if len(ts) == 2 && ts[0].coeff < 0 && ts[1].body == "" && ts[1].coeff > 0 {
		ts = []term{ts[1], ts[0]}
	}
	return spaced(ts)
}

// A poly is a polynomial in one variable: its coefficients, the constant first.
type poly []int64

// terms returns the terms other than zero, the highest power first.
func (p poly) terms(v string) []term {
	var ts []term
	for i := len(p) - 1; i >= 0; i-- {
		if p[i] != 0 {
			ts = append(ts, term{p[i], power(v, i)})
		}
	}
	return ts
}

// plus adds c times the k-th power to p.
func (p poly) plus(c int64, k int) poly {
	for len(p) <= k {
		p = append(p, 0)
	}
	p[k] += c
	return p
}

// mul returns p*q.
func (p poly) mul(q poly) poly {
	var product poly
	for i, a := range p {
		for j, b := range q {
			product = product.plus(a*b, i+j)
		}
	}
	return product
}

// addAll returns the sum of one or more numbers and the working for it. Small numbers are added from the left, the rest
// of the sum being copied; larger ones are first listed, then added two at a time:
//
//	28-45-16=-17-16=-33
//	2840+17-1;2840+17=[0482+7100=7582]2857;2857-1=[7582-1000=6582]2856
func addAll(ns []int64) (int64, string) {
	sum := ns[0]
	if len(ns) == 1 {
		return sum, strconv.FormatInt(sum, 10)
	}
	short := abs(sum) < small
	chain, running := []string{}, []string{listed(ns)}
	for i, n := range ns[1:] {
		next, working := Add(Int(sum), Int(n))
		chain = append(chain, working)
		sum = next.V
		short = short && abs(n) < small && abs(sum) < small
		running = append(running, listed(append([]int64{sum}, ns[i+2:]...)))
	}
	switch {
	case len(ns) == 2:
		return sum, chain[0]
	case short:
		return sum, strings.Join(running, "=")
	}
	return sum, running[0] + ";" + strings.Join(chain, ";")
}

// listed writes numbers as a sum: 28-45-16.
func listed(ns []int64) string {
	ts := make([]term, len(ns))
	for i, n := range ns {
		ts[i].coeff = n
	}
	return compact(ts)
}

// gather collects like terms: it returns the sum for each body, in the order of bodies and without zeros, and the
// working for those that more than one term goes into, such as "x**2:28-45=-17". Constants are marked "1:".
func gather(ts []term, bodies []string) (sums []term, working []string) {
	for _, body := range bodies {
		var coeffs []int64
		for _, t := range ts {
			if t.body == body {
				coeffs = append(coeffs, t.coeff)
			}
		}
		if len(coeffs) == 0 {
			continue
		}
		sum, text := addAll(coeffs)
		if len(coeffs) > 1 {
			working = append(working, label(body)+":"+text)
		}
		if sum != 0 {
			sums = append(sums, term{sum, body})
		}
	}
	return sums, working
}

// label writes a body for reference, the empty one as "1".
func label(body string) string {
	if body == "" {
		return "1"
	}
	return body
}

// powers lists the bodies of v's powers, the highest first, down to the constant.
func powers(v string, degree int) []string {
	bodies := make([]string, degree+1)
	for i := range bodies {
		bodies[i] = power(v, degree-i)
	}
	return bodies
}

// multiply returns the working of (p)*(q): the products of coefficients that need working, the product of each term of p
// with each of q, and their collection where terms are alike.
func multiply(p, q poly, v string) (poly, []string) {
	var lines []string
	var all []term
	for i := len(p) - 1; i >= 0; i-- {
		for j := len(q) - 1; j >= 0; j-- {
			if p[i] == 0 || q[j] == 0 {
				continue
			}
			if working := longProduct(p[i], q[j]); working != "" && !slices.Contains(lines, working) {
				lines = append(lines, working)
			}
			all = append(all, term{p[i] * q[j], power(v, i+j)})
		}
	}
	product := p.mul(q)
	line := fmt.Sprintf("(%s)*(%s)=%s", compact(p.terms(v)), compact(q.terms(v)), compact(all))
	sums, working := gather(all, powers(v, len(product)))
	if len(working) > 0 {
		line += "\n" + strings.Join(append(working, compact(sums)), "\n")
	}
	return product, append(lines, line)
}

// longProduct is the working of a*b, or nothing where the product is stated without scratch work.
func longProduct(a, b int64) string {
	x, y := Int(a).abs().V, Int(b).abs().V
	if short, ok := shortProduct(x, y); ok && short == "" || x == 1 || y == 1 {
		return ""
	}
	_, working := Mul(Int(x), Int(y))
	return working
}
