package gen

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// An expression is a sum of terms and of products, as expansion starts from.
type expression []addend

// An addend is a product of expressions in brackets, or, without factors, c times the k-th power of the variable.
type addend struct {
	c       int64
	k       int
	factors []expression
}

func (e expression) text(v string) string {
	var b strings.Builder
	for i, a := range e {
		piece := term{a.c, power(v, a.k)}.String()
		if a.factors != nil {
			piece = ""
			for j, f := range a.factors {
				if j > 0 {
					piece += "*"
				}
				piece += "(" + f.text(v) + ")"
			}
		}
		switch {
		case i == 0:
			b.WriteString(piece)
		case piece[0] == '-':
			b.WriteString(" - " + piece[1:])
		default:
			b.WriteString(" + " + piece)
		}
	}
	return b.String()
}

// flatten is the working that brings e to a sum of terms: each bracket is collected in turn, then each product is
// multiplied out from the left.
func (e expression) flatten(v string) (ts []term, lines []string) {
	for _, a := range e {
		if a.factors == nil {
			ts = append(ts, term{a.c, power(v, a.k)})
			continue
		}
		var factors []poly
		for _, f := range a.factors {
			p, working := f.bracket(v)
			factors, lines = append(factors, p), append(lines, working...)
		}
		product := factors[0]
		for _, f := range factors[1:] {
			var working []string
			product, working = multiply(product, f, v)
			lines = append(lines, working...)
		}
		ts = append(ts, product.terms(v)...)
	}
	return ts, lines
}

// bracket is the working of a factor; its last line ends with the collected factor in brackets.
func (e expression) bracket(v string) (poly, []string) {
	ts, lines := e.flatten(v)
	value := e.value()
	sums, working := gather(ts, powers(v, len(value)))
	return value, append(lines, strings.Join(append(working, "("+compact(sums)+")"), ";"))
}

// value is e as a polynomial.
func (e expression) value() poly {
	var sum poly
	for _, a := range e {
		product := poly{}.plus(a.c, a.k)
		if a.factors != nil {
			product = poly{1}
		}
		for _, f := range a.factors {
			product = product.mul(f.value())
		}
		for k, c := range product {
			sum = sum.plus(c, k)
		}
	}
	return sum
}

// loose writes c times the k-th power as an expression of three or more terms, some of which may cancel.
func loose(r *rand.Rand, c int64, k int, digits float64) expression {
	var e expression
	if r.IntN(3) == 0 {
		n, other := sized(r, digits), r.IntN(k+1)
		e = expression{{c: c, k: k}, {c: n, k: other}, {c: -n, k: other}}
		if other == k {
			e[0].k = k
		}
	} else {
		for _, n := range split(r, c, 3, digits) {
			e = append(e, addend{c: n, k: k})
		}
	}
	r.Shuffle(len(e), func(i, j int) { e[i], e[j] = e[j], e[i] })
	return e
}

// looseFactor draws a factor of the given degree: a single power, or, sometimes, a polynomial with lower powers too.
func looseFactor(r *rand.Rand, level float64, degree int) expression {
	size, digits := 0.7, 0.8
	if r.Float64() < 0.5*level {
		size, digits = between(r.Float64(), 1, 3.5), between(r.Float64(), 1, 4)
	}
	e := loose(r, sized(r, size), degree, digits)
	if degree > 0 && r.IntN(4) == 0 {
		e = append(e, addend{c: sized(r, 0.9), k: r.IntN(degree)})
	}
	return e
}

// looseProduct draws a product of the given degree, of two factors or, less often, three; at times a factor has a product
// inside.
func looseProduct(r *rand.Rand, level float64, degree int) addend {
	degrees := []int{r.IntN(degree + 1), 0}
	degrees[1] = degree - degrees[0]
	if r.IntN(4) == 0 {
		degrees = append(degrees, 0)
	}
	r.Shuffle(len(degrees), func(i, j int) { degrees[i], degrees[j] = degrees[j], degrees[i] })
	var product addend
	for _, d := range degrees {
		product.factors = append(product.factors, looseFactor(r, level, d))
	}
	if r.IntN(12) == 0 {
		inner := looseProduct(r, 0, degrees[0])
		product.factors[0] = append(expression{inner}, product.factors[0]...)
	}
	return product
}

// longestExpression bounds an expression to be expanded, in bytes, so that the question stays within 160.
const longestExpression = 118

// drawExpression draws an expression of the given degree with one product or two, and sometimes terms besides.
func drawExpression(r *rand.Rand, level float64, v string, degree int) expression {
	for {
		e := expression{looseProduct(r, level, degree)}
		if r.IntN(4) == 0 {
			e = append(e, looseProduct(r, level, degree))
		}
		if r.IntN(2) == 0 {
			e = append(e, loose(r, sized(r, between(level, 0.7, 2.5)), degree, between(level, 0.7, 2.5))...)
			r.Shuffle(len(e), func(i, j int) { e[i], e[j] = e[j], e[i] })
		}
		if len(e.text(v)) <= longestExpression {
			return e
		}
	}
}

// makeExpand asks to multiply out and collect an expression.
func makeExpand(r *rand.Rand, level float64) Item {
	v := letters(r, 1)[0]
	if everyday(r) {
		return everydayExpand(r)
	}
	e := drawExpression(r, level, v, 1+r.IntN(5))
	return expandItem(fmt.Sprintf("Expand %s.", e.text(v)), e, v)
}

// everydayExpand makes a product of two binomials, a square, or a number times a binomial.
func everydayExpand(r *rand.Rand) Item {
	v := pick(r, "x", "x", "y", "a")
	binomial := func() expression { return expression{{c: pick(r, 1, 1, sized(r, 0.7)), k: 1}, {c: sized(r, 1)}} }
	first, second := binomial(), binomial()
	if r.IntN(4) == 0 {
		first = expression{{c: r.Int64N(11) + 2, k: r.IntN(2)}}
	}
	e := expression{{factors: []expression{first, second}}}
	text := typed(r, e.text(v))
	if len(first) == 2 && r.IntN(4) == 0 {
		e = expression{{factors: []expression{first, first}}}
		text = "(" + typed(r, first.text(v)) + ")" + pick(r, "^2", "**2")
	}
	form := pick(r, "expand %s", "Expand %s", "multiply out %s", "what is %s expanded?", "simplify %s", "%s = ?")
	return expandItem(polite(r, fmt.Sprintf(form, text)), e, v)
}

func expandItem(problem string, e expression, v string) Item {
	ts, lines := e.flatten(v)
	sums, working := gather(ts, powers(v, len(e.value())))
	answer := answerText(sums)
	return worked(problem, append(append(lines, working...), answer), answer)
}

// makeCoefficient asks for one coefficient of a sum that is to be brought to a form with named coefficients. The solution
// looks up the power that the name goes with, and adds its coefficients.
func makeCoefficient(r *rand.Rand, level float64) Item {
	degree := 1 + r.IntN(4)
	names := letters(r, degree+2)
	v, names := names[0], names[1:]
	var ts []term
	var lines []string
	var text string
	if r.IntN(100) < 45 {
		e := drawExpression(r, level, v, degree)
		text = e.text(v)
		ts, lines = e.flatten(v)
	} else {
		_, ts = drawLoose(r, v, degree, 4+r.IntN(4), between(level, 0.9, 4.8))
		text = spaced(ts)
	}
	k := r.IntN(degree + 1)
	body := power(v, k)
	if k > 0 && everyday(r) {
		form := pick(r, "coefficient of %[2]s in %[1]s", "what is the coefficient of %[2]s in %[1]s?",
			"Find the coefficient of %[2]s in %[1]s.")
		return coefficientItem(polite(r, fmt.Sprintf(form, text, body)), ts, lines, body)
	}
	named := make([]string, degree+1)
	for i, name := range names {
		named[i] = strings.TrimSuffix(name+"*"+power(v, i), "*")
	}
	r.Shuffle(len(named), func(i, j int) { named[i], named[j] = named[j], named[i] })
	form := pick(r, "Express %s as %s and give %s.", "Express %s in the form %s and give %s.",
		"Rearrange %s to %s and give %s.", "Rearrange %s to the form %s and give %s.")
	problem := fmt.Sprintf(form, text, strings.Join(named, " + "), names[k])
	return coefficientItem(problem, ts, append([]string{names[k] + ":" + label(body)}, lines...), body)
}

// coefficientItem asks for the coefficient of a body among terms, which the lines have led to.
func coefficientItem(problem string, ts []term, lines []string, body string) Item {
	sums, working := gather(ts, []string{body})
	answer := "0"
	if len(sums) > 0 {
		answer = fmt.Sprint(sums[0].coeff)
	}
	return worked(problem, append(append(lines, working...), answer), answer)
}
