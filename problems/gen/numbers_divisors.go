package gen

import (
	"fmt"
	"math/rand/v2"
	"strconv"
)

// commonDivisor returns the greatest common divisor of a >= b > 0 and the working for it.
func commonDivisor(a, b int64) (int64, []string) {
	g, rest, _, lines := euclid(a, b, 1)
	if rest == 1 {
		g = 1
	}
	return g, append(lines, fmt.Sprintf("gcd=%d", g))
}

// commonPair draws two integers g*x and g*y, the first at least as large, whose sizes differ more often than not.
func commonPair(r *rand.Rand, level float64) (int64, int64) {
	total := sizeAt(r, level, 2, 13)
	shared := r.IntN(max(1, min(total/2, 5)))
	rest := max(2, total-2*shared)
	split := 1 + r.IntN(rest-1)
	g := int64(1)
	if shared > 0 {
		g = withDigits(r, shared)
	}
	x, y := 1+r.Int64N(pow10(split)), 1+r.Int64N(pow10(rest-split))
	if chance(r, 0.15) {
		y = 1
	}
	return g * max(x, y), g * min(x, y)
}

func makeGCD(r *rand.Rand, level float64) Item {
	a, b := commonPair(r, level)
	form := wording(r,
		[]string{
			"What is the {3} of {1} and {2}?",
			"Calculate the {3} of {1} and {2}.",
		},
		[]string{
			"gcd({1}, {2})", "gcd of {1} and {2}?", "hcf of {1} and {2}?", "find the {3} of {1} and {2}.",
			"what is gcd({1}, {2})?", "compute the gcd of {1} and {2}.",
		})
	name := pick(r,
		"greatest common divisor", "greatest common factor", "highest common divisor", "highest common factor")
	g, lines := commonDivisor(a, b)
	head := fmt.Sprintf("gcd(%d,%d)", a, b)
	if chance(r, 0.5) {
		a, b = b, a
	}
	return Item{
		Problem:  spell(form, a, b, name),
		Solution: joinLines(append([]string{head}, lines...)...),
		Answer:   strconv.FormatInt(g, 10),
	}
}

func makeLCM(r *rand.Rand, level float64) Item {
	a, b := commonPair(r, level*0.9)
	g, lines := commonDivisor(a, b)
	lines = append([]string{fmt.Sprintf("lcm(%d,%d)", a, b)}, lines...)
	// The smaller number without the common divisor is what the larger one lacks.
	lacking := b / g
	if g > 1 && lacking > 1 {
		_, _, working := DivMod(b, g)
		lines = append(lines, working)
	}
	answer := a
	if lacking == 1 {
		lines = append(lines, fmt.Sprintf("lcm=%d", a))
	} else {
		product, working := Mul(Int(a), Int(lacking))
		answer, lines = product.V, append(lines, working)
	}
	if chance(r, 0.5) {
		a, b = b, a
	}
	return Item{
		Problem:  lcmQuestion(r, level, a, b),
		Solution: joinLines(lines...),
		Answer:   strconv.FormatInt(answer, 10),
	}
}

// lcmQuestion asks for the least common multiple of a and b, often as the common denominator of two fractions.
func lcmQuestion(r *rand.Rand, level float64, a, b int64) string {
	if a > 1 && b > 1 && chance(r, 0.5) {
		form := wording(r,
			[]string{
				"What is the common denominator of {1} and {2}?", "Calculate the common denominator of {1} and {2}.",
				"Find the common denominator of {1} and {2}.",
			},
			[]string{"common denominator of {1} and {2}?", "least common denominator of {1} and {2}", "lcd of {1} and {2}?"})
		return spell(form, properTerm(r, level, a), properTerm(r, level, b))
	}
	form := wording(r,
		[]string{
			"What is the {3} of {1} and {2}?",
			"Calculate the {3} of {1} and {2}.",
		},
		[]string{
			"lcm({1}, {2})", "lcm of {1} and {2}?", "find the {3} of {1} and {2}.",
			"what is lcm({1}, {2})?",
		})
	name := pick(r, "least common multiple", "lowest common multiple", "smallest common multiple")
	return spell(form, a, b, name)
}

// properTerm draws a fraction in lowest terms with denominator d > 1, of either sign.
func properTerm(r *rand.Rand, level float64, d int64) Frac {
	for {
		n := 1 + r.Int64N(10+int64(190*level))
		if gcd(n, d) != 1 {
			continue
		}
		if chance(r, 0.5) {
			n = -n
		}
		return Frac{n, d}
	}
}
