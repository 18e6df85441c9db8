package gen

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// A monomial is a coefficient times powers of several variables.
type monomial struct {
	coeff  int64
	powers []int
}

// term writes m in its variables.
func (m monomial) term(variables []string) term {
	var factors []string
	for i, v := range variables {
		if m.powers[i] > 0 {
			factors = append(factors, power(v, m.powers[i]))
		}
	}
	return term{m.coeff, strings.Join(factors, "*")}
}

// drawMonomials returns a sum of distinct monomials in the dataset's order: falling powers of the first variable, then of
// the second, and so on. At least one has the given variable to the order's power.
func drawMonomials(r *rand.Rand, level float64, variables, at, order int) []monomial {
	count := 1 + r.IntN(5)
	if variables > 1 {
		count = 2 + r.IntN(4)
	}
	var ms []monomial
	for len(ms) < count {
		m := monomial{sized(r, 1.8), make([]int, variables)}
		if len(ms) == 0 && r.IntN(3) > 0 || r.IntN(8) == 0 {
			m.coeff = sized(r, between(level, 1, 8))
		}
		for i := range m.powers {
			m.powers[i] = r.IntN(4)
			if r.IntN(3) == 0 {
				m.powers[i] = 0
			}
		}
		if len(ms) == 0 || r.IntN(3) == 0 {
			m.powers[at] = order + r.IntN(4)
		}
		if !slices.ContainsFunc(ms, func(n monomial) bool { return slices.Equal(n.powers, m.powers) }) {
			ms = append(ms, m)
		}
	}
	slices.SortFunc(ms, func(m, n monomial) int { return slices.Compare(n.powers, m.powers) })
	return ms
}

// makeDifferentiate asks for a derivative of the first to third order. The solution multiplies the coefficient of each
// term that is left with the product of its falling powers.
func makeDifferentiate(r *rand.Rand, level float64) Item {
	if everyday(r) {
		return everydayDifferentiate(r)
	}
	variables := letters(r, 1+weighted(r, 5, 4, 1, 1))
	slices.Sort(variables)
	at, order := r.IntN(len(variables)), 1+r.IntN(3)
	ms := drawMonomials(r, level, len(variables), at, order)
	v := variables[at]
	names := []string{"first ", "second ", "third "}
	forms := []string{"Find the " + names[order-1] + "derivative of %s wrt %s.",
		"What is the " + names[order-1] + "derivative of %s wrt %s?"}
	if order == 1 {
		forms = append(forms, "What is the derivative of %s wrt %s?", "Differentiate %s wrt %s.",
			"Differentiate %s with respect to %s.")
	}
	problem := fmt.Sprintf(pick(r, forms...), answerText(written(ms, variables)), v)
	if len(variables) == 1 && r.IntN(3) == 0 {
		problem = fmt.Sprintf("Find the %sderivative of %s.", names[order-1], answerText(written(ms, variables)))
	}
	return derivativeItem(problem, ms, variables, at, order)
}

// everydayDifferentiate asks for a derivative of a small polynomial in x.
func everydayDifferentiate(r *rand.Rand) Item {
	v, order := pick(r, "x", "x", "x", "t"), 1
	forms := []string{"derivative of %s", "differentiate %s", "what is the derivative of %s?", "d/d" + v + " of %s",
		"find f'(" + v + ") if f(" + v + ") = %s", "Find the derivative of %s."}
	if r.IntN(4) == 0 {
		order, forms = 2, []string{"second derivative of %s", "find f''(" + v + ") if f(" + v + ") = %s"}
	}
	ms := drawMonomials(r, 0, 1, 0, order)
	for i := range ms {
		ms[i].coeff = sized(r, 1.1)
	}
	problem := fmt.Sprintf(pick(r, forms...), typed(r, spaced(written(ms, []string{v}))))
	return derivativeItem(polite(r, problem), ms, []string{v}, 0, order)
}

func written(ms []monomial, variables []string) []term {
	ts := make([]term, len(ms))
	for i, m := range ms {
		ts[i] = m.term(variables)
	}
	return ts
}

// fallingPowers is n*(n-1)*..., with as many factors as the order of a derivative: how it is written, and its value.
func fallingPowers(n, order int) (written string, product int64) {
	written, product = fmt.Sprint(n), int64(n)
	for i := n - 1; i > n-order; i-- {
		written += fmt.Sprintf("*%d", i)
		product *= int64(i)
	}
	return written, product
}

// derivativeItem works out the derivative: a line for each term that is left, such as "-8*n**4*p:4*3*2=24;-8*24=-192".
func derivativeItem(problem string, ms []monomial, variables []string, at, order int) Item {
	var lines []string
	var left []term
	for _, m := range ms {
		n := m.powers[at]
		if n < order {
			continue
		}
		line := compact([]term{m.term(variables)}) + ":"
		falling, factor := fallingPowers(n, order)
		if order > 1 {
			line += fmt.Sprintf("%s=%d;", falling, factor)
		}
		product, working := Mul(Int(m.coeff), Int(factor))
		lines = append(lines, line+working)
		derived := monomial{product.V, slices.Clone(m.powers)}
		derived.powers[at] = n - order
		left = append(left, derived.term(variables))
	}
	answer := answerText(left)
	return worked(problem, append(lines, answer), answer)
}
