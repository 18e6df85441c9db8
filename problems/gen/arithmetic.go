package gen

import (
	"fmt"
	"math/rand/v2"
)

// arithmeticFamilies are the families of plain calculation.
var arithmeticFamilies = []Family{
	{"arithmetic__add_or_sub", 1, fitting(makeAddOrSub)},
	{"arithmetic__mul", 1, fitting(makeMul)},
	{"arithmetic__div", 1, fitting(makeDiv)},
	{"arithmetic__add_sub_multiple", 1, fitting(makeAddSubMultiple)},
	{"arithmetic__mul_div_multiple", 2, fitting(makeMulDivMultiple)},
	{"arithmetic__mixed", 2, fitting(makeMixed)},
	{"arithmetic__add_or_sub_in_base", 1, fitting(makeAddOrSubInBase)},
	{"arithmetic__nearest_integer_root", 1.5, fitting(makeNearestRoot)},
	{"arithmetic__everyday", 1.5, fitting(makeEveryday)},
}

// sumKind is a way to ask for a sum or difference of {1} and {2}.
type sumKind struct {
	work           func(a, b Dec) (Dec, string)
	formal, casual []string
}

var sumKinds = []sumKind{
	{work: Add, formal: []string{
		"{1}+{2}", "{1} + {2}", "Calculate {1} + {2}.", "Work out {1} + {2}.", "What is {1} + {2}?",
		"What is {1} plus {2}?", "Total of {1} and {2}.", "Put together {1} and {2}.", "Sum {1} and {2}.",
		"Add together {1} and {2}.", "Add {1} and {2}.",
	}, casual: []string{
		"{1}+{2}=?", "{1} + {2} = ?", "{1} plus {2}?", "what's {1} + {2}?", "what is {1} plus {2}?", "compute {1}+{2}",
		"how much is {1} and {2} together?", "add {1} to {2}", "what is the sum of {1} and {2}?",
	}},
	{work: Sub, formal: []string{
		"{1} - {2}", "Calculate {1} - {2}.", "Work out {1} - {2}.", "What is {1} - {2}?", "What is {1} minus {2}?",
		"What is {1} take away {2}?",
	}, casual: []string{
		"{1}-{2}=?", "{1} - {2} = ?", "{1} minus {2}?", "what's {1} - {2}?", "compute {1}-{2}",
		"how much is {1} minus {2}?",
	}},
	{work: func(a, b Dec) (Dec, string) { return Sub(b, a) }, formal: []string{
		"What is {1} less than {2}?", "Subtract {1} from {2}.",
	}, casual: []string{"take {1} away from {2}", "subtract {1} from {2}"}},
	{work: distance, formal: []string{
		"What is the difference between {1} and {2}?", "What is the distance between {1} and {2}?",
	}, casual: []string{"how far apart are {1} and {2}?", "difference between {1} and {2}?"}},
}

// distance returns |a-b| and the working for it.
func distance(a, b Dec) (Dec, string) {
	diff, working := Sub(a, b)
	if diff.V < 0 {
		working = joinLines(working, fmt.Sprintf("|%v|=%v", diff, diff.abs()))
	}
	return diff.abs(), working
}

// makeAddOrSub asks for the sum or difference of two numbers of up to 16 digits together.
func makeAddOrSub(r *rand.Rand, level float64) Item {
	a, b := decimalPair(r, sizeAround(r, level, 2, 16))
	kind := sumKinds[weighted(r, 11, 6, 2, 2)]
	result, working := kind.work(a, b)
	return Item{Problem: spell(wording(r, kind.formal, kind.casual), a, b), Solution: working, Answer: result.String()}
}

// makeMul asks for the product of two numbers of up to 11 digits together.
func makeMul(r *rand.Rand, level float64) Item {
	a, b := decimalPair(r, sizeAround(r, level, 2, 11))
	result, working := Mul(a, b)
	question := wording(r, []string{
		"Calculate {1}*{2}.", "Work out {1} * {2}.", "What is {1} times {2}?", "What is the product of {1} and {2}?",
		"Product of {1} and {2}.", "{1} times {2}", "{1}*{2}", "{1} * {2}", "Multiply {1} and {2}.",
	}, []string{
		"{1}*{2}=?", "{1} * {2} = ?", "{1} x {2}", "{1} times {2}?", "what's {1} times {2}?", "what is {1} * {2}?",
		"compute {1} * {2}", "multiply {1} by {2}", "how much is {1} times {2}?", "{1} multiplied by {2}",
	})
	return Item{Problem: spell(question, a, b), Solution: working, Answer: result.String()}
}

// makeDiv asks for a quotient of integers: half of them exact, the others as a fraction in lowest terms.
func makeDiv(r *rand.Rand, level float64) Item {
	total := sizeAround(r, level, 2, 11)
	first := 1 + r.IntN(total-1)
	n, d := signedInteger(r, first), signedInteger(r, total-first)
	if d == 0 {
		d = 1
	}
	if chance(r, 0.5) {
		n *= d
	}
	f, lines := divide(n, d)
	question := wording(r, []string{
		"{1} divided by {2}", "Divide {1} by {2}.", "Calculate {1} divided by {2}.", "What is {1} divided by {2}?",
	}, []string{
		"{1}/{2}=?", "{1} / {2} = ?", "{1} / {2}", "what's {1} divided by {2}?", "what is {1}/{2}?", "compute {1} / {2}",
		"divide {1} by {2}", "how much is {1} over {2}?", "simplify {1}/{2}.", "reduce {1}/{2} to lowest terms",
	})
	return Item{Problem: spell(question, n, d), Solution: joinLines(lines...), Answer: f.String()}
}

// divide is [Reduce] with the sign settled first, and at least one line of working.
func divide(n, d int64) (Frac, []string) {
	var lines []string
	if d < 0 {
		lines = []string{quotient(n, d) + "=" + quotient(-n, -d)}
		n, d = -n, -d
	}
	f, working := Reduce(n, d)
	lines = append(lines, working...)
	if len(lines) == 0 {
		lines = []string{quotient(n, d) + "=" + f.String()}
	}
	return f, lines
}

// sizeAround draws a number of digits: near low at level 0, near high at level 1, one more or less.
func sizeAround(r *rand.Rand, level float64, low, high int) int {
	n := low + int(level*float64(high-low)+0.5) + r.IntN(3) - 1
	return max(low, min(n, high))
}

// decimalPair draws two numbers with the given count of digits together.
func decimalPair(r *rand.Rand, digits int) (a, b Dec) {
	first := 1 + r.IntN(digits-1)
	return decimal(r, first), decimal(r, digits-first)
}

// decimal draws an integer or, as often, a decimal with the given count of digits, of either sign.
func decimal(r *rand.Rand, digits int) Dec {
	d := Int(signedInteger(r, digits))
	if chance(r, 0.5) {
		d.Scale = 1 + r.IntN(digits+1)
	}
	return d.norm()
}

// signedInteger draws an integer of either sign with the given count of digits; 0 counts as one digit.
func signedInteger(r *rand.Rand, digits int) int64 {
	n := withDigits(r, digits)
	if digits == 1 {
		n = r.Int64N(10)
	}
	if chance(r, 0.5) {
		return -n
	}
	return n
}
