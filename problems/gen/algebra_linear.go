package gen

import (
	"fmt"
	"math/rand/v2"
)

// An equation is two sums that are equal, each with its variables before its constants in the dataset's questions.
type equation struct{ left, right []term }

func (e equation) String() string { return spaced(e.left) + " = " + spaced(e.right) }

// drawEquation writes the equation "the sum of nets is 0" with each net in the given number of pieces, on either side.
// The constant stands last among nets. Pieces have up to the given digits.
func drawEquation(r *rand.Rand, nets []term, pieces []int, digits float64) equation {
	var ts []term
	for i, net := range nets {
		if pieces[i] == 0 {
			continue
		}
		for _, c := range split(r, net.coeff, pieces[i], digits) {
			ts = append(ts, term{c, net.body})
		}
		if net.body == "" {
			continue
		}
		if r.IntN(60) == 0 {
			ts = append(ts, term{0, net.body})
		}
		r.Shuffle(len(ts), func(i, j int) { ts[i], ts[j] = ts[j], ts[i] })
	}
	var e equation
	for _, t := range ts {
		if r.IntN(2) == 0 {
			e.left = append(e.left, t)
		} else {
			e.right = append(e.right, term{-t.coeff, t.body})
		}
	}
	return e
}

// collect brings the terms with variables to the left and the constants to the right, and returns the coefficient of each
// variable, the constant, and the working: a line for each sum, then the collected equation.
func (e equation) collect(variables ...string) (coeffs []int64, constant int64, lines []string) {
	var ts []term
	for _, t := range e.left {
		if t.body == "" {
			t.coeff = -t.coeff
		}
		ts = append(ts, t)
	}
	for _, t := range e.right {
		if t.body != "" {
			t.coeff = -t.coeff
		}
		ts = append(ts, t)
	}
	left, lines := gather(ts, variables)
	right, working := gather(ts, []string{""})
	coeffs = make([]int64, len(variables))
	for _, t := range left {
		for i, v := range variables {
			if t.body == v {
				coeffs[i] = t.coeff
			}
		}
	}
	if len(right) > 0 {
		constant = right[0].coeff
	}
	return coeffs, constant, append(append(lines, working...), compact(left)+"="+compact(right))
}

// divideOut returns the working from a*v=c, which is written already, to the value of v.
func divideOut(v string, a, c int64) (Frac, []string) {
	if a == 1 {
		return Whole(c), nil
	}
	if c%a != 0 {
		x, lines := Reduce(c, a)
		return x, append(lines, fmt.Sprintf("%s=%v", v, x))
	}
	x := Whole(c / a)
	result := fmt.Sprintf("%s=%v", v, x)
	if a == -1 || c == 0 {
		return x, []string{result}
	}
	_, _, working := DivMod(abs(c), abs(a))
	return x, []string{working, result}
}

// makeLinear1D makes an equation in one variable. The solution collects terms and divides.
func makeLinear1D(r *rand.Rand, level float64) Item {
	if everyday(r) {
		return everydayLinear1D(r, level)
	}
	v := letters(r, 1)[0]
	x := sized(r, between(level, 0.8, 2)) + r.Int64N(3) - 1
	a := sized(r, between(level, 0.6, 4.4))
	shapes := [][]int{{2, 1}, {1, 2}, {1, 3}, {3, 1}, {2, 2}, {3, 2}, {2, 3}, {1, 4}, {4, 1}, {1, 1}}
	pieces := shapes[weighted(r, 12, 12, int(level*12), int(level*12), int(level*12), int(level*8), int(level*8),
		int(level*5), int(level*6), 1)]
	if x == 0 && pieces[1] == 1 {
		pieces = []int{max(pieces[0], 2), 0}
	}
	e := drawEquation(r, []term{{a, v}, {-a * x, ""}}, pieces, between(level, 0.8, 5))
	_, _, lines := e.collect(v)
	_, division := divideOut(v, a, a*x)
	return worked(fmt.Sprintf("Solve %v for %s.", e, v), append(lines, division...), Whole(x).String())
}

// everydayLinear1D makes an equation as a school book has it, sometimes with a bracket or a fraction for its solution.
func everydayLinear1D(r *rand.Rand, level float64) Item {
	v := pick(r, "x", "x", "x", "y", "n", "a", "t")
	a := pick(r, 1, r.Int64N(12)+1, r.Int64N(12)+1, -r.Int64N(9)-1)
	c := a * (r.Int64N(int64(between(level, 10, 40))) - 5)
	if r.IntN(8) == 0 {
		c += r.Int64N(12)
	}
	e := drawEquation(r, []term{{a, v}, {-c, ""}}, pick(r, []int{1, 2}, []int{2, 2}, []int{1, 2}, []int{2, 1}), 1.3)
	if len(e.left) == 0 || len(e.right) > 0 && e.left[0].body == "" {
		e.left, e.right = e.right, e.left
	}
	if len(e.left) == 2 && e.left[1].coeff > 0 && r.IntN(3) == 0 {
		e.left[0], e.left[1] = e.left[1], e.left[0]
	}
	text := e.String()
	var lines []string
	if r.IntN(8) == 0 {
		text, lines, e = bracketEquation(r, v)
	}
	coeffs, constant, working := e.collect(v)
	x, division := divideOut(v, coeffs[0], constant)
	text = typed(r, text)
	form := pick(r, "solve %[1]s", "Solve %[1]s", "solve for %[2]s: %[1]s", "Solve for %[2]s: %[1]s.", "find %[2]s if %[1]s",
		"Find %[2]s: %[1]s", "%[1]s, %[2]s = ?", "what is %[2]s if %[1]s?", "If %[1]s, what is %[2]s?", "%[1]s. Find %[2]s.",
		"solve %[1]s for %[2]s", "What value of %[2]s solves %[1]s?")
	return worked(polite(r, fmt.Sprintf(form, text, v)), append(append(lines, working...), division...), x.String())
}

// bracketEquation makes an equation such as 3*(x - 4) = 21, with the line that multiplies it out.
func bracketEquation(r *rand.Rand, v string) (text string, lines []string, expanded equation) {
	k, b, x := r.Int64N(8)+2, sized(r, 1), r.Int64N(25)-5
	inner, right := []term{{1, v}, {b, ""}}, []term{{k * (x + b), ""}}
	expanded = equation{[]term{{k, v}, {k * b, ""}}, right}
	text = fmt.Sprintf("%d*(%s) = %s", k, spaced(inner), spaced(right))
	return text, []string{compact(expanded.left) + "=" + compact(right)}, expanded
}
