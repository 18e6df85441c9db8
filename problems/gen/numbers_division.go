package gen

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

func makeRemainder(r *rand.Rand, level float64) Item {
	total := sizeAt(r, level, 2, 9)
	d := 1 + withDigits(r, 1+r.IntN(max(1, total-1)))
	q := 1 + r.Int64N(pow10(max(1, total-len(digits(d)))))
	rest := remainderBelow(r, d)
	a := q*d + rest
	_, _, working := DivMod(a, d)
	form := wording(r,
		[]string{
			"What is the remainder when {1} is divided by {2}?", "Calculate the remainder when {1} is divided by {2}.",
		},
		[]string{
			"{1} mod {2}", "what is {1} mod {2}?", "remainder of {1} divided by {2}?", "remainder of {1}/{2}?",
			"{1} % {2} = ?", "what is left over when {1} is divided by {2}?",
		})
	return Item{Problem: spell(form, a, d), Solution: working, Answer: strconv.FormatInt(rest, 10)}
}

// remainderBelow draws a remainder for the divisor d, more often than by chance near 0 or just below d.
func remainderBelow(r *rand.Rand, d int64) int64 {
	near := r.Int64N(min(d, 20))
	switch r.IntN(4) {
	case 0:
		return near
	case 1:
		return d - 1 - near
	}
	return r.Int64N(d)
}

func makeIsFactor(r *rand.Rand, level float64) Item {
	size := sizeAt(r, level, 2, 10)
	d := 1 + withDigits(r, 1+r.IntN(max(1, min(4, size-1))))
	a := d * (1 + r.Int64N(max(1, pow10(size)/d)))
	if chance(r, 0.5) {
		a += r.Int64N(d)
	}
	form := wording(r,
		[]string{"Is {2} a factor of {1}?", "Does {2} divide {1}?", "Is {1} a multiple of {2}?"},
		[]string{
			"is {1} divisible by {2}?", "does {2} divide {1} evenly?", "is {2} a divisor of {1}?",
			"is {1} a multiple of {2}?",
		})
	if chance(r, 0.02) {
		d, form = 2, "Is {1} even?"
	}
	_, rest, working := DivMod(a, d)
	return Item{Problem: spell(form, a, d), Solution: working, Answer: truth(rest == 0)}
}

// truth writes a yes or no answer.
func truth(b bool) string {
	if b {
		return "True"
	}
	return "False"
}

// statedDivision is a/d for a divisor below 32, written as [DivMod] writes one of a digit: with so few multiples, a
// step needs no scratch work.
func statedDivision(a, d int64) string {
	return fmt.Sprintf("%d/%d={%s}%dr%d", a, d, strings.Join(statedSteps(a, d), ","), a/d, a%d)
}

// statedSteps are the steps of a long division.
func statedSteps(a, d int64) []string {
	var steps []string
	for value := range dividends(a, d) {
		steps = append(steps, fmt.Sprintf("%d:%dr%d", value, value/d, value%d))
	}
	return steps
}
