package gen

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// makeEveryday asks for a short calculation as people type it.
func makeEveryday(r *rand.Rand, level float64) Item {
	kinds := []func(*rand.Rand, float64) Item{
		everydayExpression, everydayExpression, everydayDecimals, everydayPercent, everydayPart, everydayMultiple,
		everydayPower, everydayRoot, everydayFractions, everydayList,
	}
	return kinds[r.IntN(len(kinds))](r, level)
}

// askFor are the wordings for the value of the formula {1}.
var askFor = []string{
	"What is {1}?", "what is {1}", "what's {1}?", "{1}", "{1} = ?", "{1}=?", "compute {1}", "Calculate {1}.",
	"how much is {1}?", "work out {1}",
}

// everydayItem is the item with the answer, one of the wordings filled in with args, and the lines of the solution.
func everydayItem(r *rand.Rand, wordings []string, answer fmt.Stringer, lines []string, args ...any) Item {
	return Item{
		Problem:  spell(wording(r, wordings, wordings), args...),
		Solution: joinLines(lines...),
		Answer:   answer.String(),
	}
}

// upTo draws an integer from 2 up to a bound that grows with the level from easy to hard.
func upTo(r *rand.Rand, level, easy, hard float64) int64 {
	return 2 + r.Int64N(int64(between(level, easy, hard))-1)
}

// everydayExpression asks for an expression of one to three operations, such as 3*(17 - 5)/4.
func everydayExpression(r *rand.Rand, level float64) Item {
	shape := exprShape{ops: "+-*/", spread: between(level, 1, 2.2), factor: between(level, 1, 2.5)}
	value := Whole(upTo(r, level, 10, 60))
	if chance(r, 0.2) {
		value = answerFrac(r, level)
	}
	c := shape.draw(r, value, 1+r.IntN(3)).chained()
	text := c.String()
	if chance(r, 0.6) {
		text = spacedSums(text)
	}
	answer, lines := c.work()
	return everydayItem(r, askFor, answer, lines, text)
}

// everydayDecimals asks for a sum of two or three short decimals, or a product.
func everydayDecimals(r *rand.Rand, level float64) Item {
	short := func() Dec { return Dec{upTo(r, level, 20, 900), r.IntN(3)}.norm() }
	result := short()
	text := result.String()
	if chance(r, 0.4) {
		other := Dec{upTo(r, level, 10, 100), r.IntN(2)}.norm()
		product, working := Mul(result, other)
		return everydayItem(r, askFor, product, []string{working}, text+" * "+other.String())
	}
	var lines []string
	for range 1 + r.IntN(2) {
		term, working, sign := short(), "", " + "
		if chance(r, 0.4) {
			sign = " - "
			text += sign + term.String()
			result, working = Sub(result, term)
		} else {
			text += sign + term.String()
			result, working = Add(result, term)
		}
		lines = append(lines, working)
	}
	return everydayItem(r, askFor, result, lines, text)
}

// everydayPercent asks for a percentage, or for a number changed by it.
func everydayPercent(r *rand.Rand, level float64) Item {
	percent := 1 + r.Int64N(99)
	if chance(r, 0.6) {
		percent = 5 * (1 + r.Int64N(19))
	}
	whole := upTo(r, level, 20, 500)
	if chance(r, 0.5) {
		whole *= 10
	}
	rate := Dec{percent, 2}.norm()
	part, working := Mul(rate, Int(whole))
	lines := []string{fmt.Sprintf("%d%%=%v", percent, rate), working}
	switch r.IntN(4) {
	case 0:
		sum, working := Add(Int(whole), part)
		return everydayItem(r, []string{
			"Increase {2} by {1}%.", "what is {2} plus {1}%?", "{2} increased by {1}%?",
		}, sum, append(lines, working), percent, whole)
	case 1:
		diff, working := Sub(Int(whole), part)
		return everydayItem(r, []string{
			"Decrease {2} by {1}%.", "what is {2} minus {1}%?", "{1}% off {2}?", "take {1}% off {2}",
		}, diff, append(lines, working), percent, whole)
	}
	return everydayItem(r, []string{
		"what's {1}% of {2}?", "What is {1}% of {2}?", "{1}% of {2}", "how much is {1}% of {2}?", "{1} percent of {2}?",
		"find {1} percent of {2}",
	}, part, lines, percent, whole)
}

// everydayPart asks for a fraction of a number: half of 46, 3/4 of 20.
func everydayPart(r *rand.Rand, level float64) Item {
	names := []string{2: "half", 3: "a third", 4: "a quarter", 5: "a fifth", 10: "a tenth"}
	d := []int64{2, 2, 3, 4, 5, 10}[r.IntN(6)]
	whole := d * upTo(r, level, 20, 400)
	if chance(r, 0.4) {
		d = 2 + r.Int64N(9)
		f := Frac{1 + r.Int64N(d-1), d}
		f, _ = Reduce(f.N, f.D)
		whole := f.D * upTo(r, level, 10, 60)
		part, lines := MulFrac(f, Whole(whole))
		return everydayItem(r, []string{"What is {1} of {2}?", "{1} of {2}?", "{1} of {2}", "what's {1} of {2}"},
			part, lines, f, whole)
	}
	part, lines := Reduce(whole, d)
	return everydayItem(r, []string{
		"What is {1} of {2}?", "{1} of {2}?", "{1} of {2}", "what's {1} of {2}", "how much is {1} of {2}?",
	}, part, lines, names[d], whole)
}

// everydayMultiple asks for the double, triple or a dozen times a number.
func everydayMultiple(r *rand.Rand, level float64) Item {
	multiples := []struct {
		name   string
		factor int64
	}{
		{"double", 2}, {"twice", 2}, {"triple", 3}, {"three times", 3}, {"four times", 4}, {"ten times", 10},
		{"a dozen times", 12},
	}
	multiple := multiples[r.IntN(len(multiples))]
	n := Dec{upTo(r, level, 20, 900), r.IntN(3)}.norm()
	product, working := Mul(n, Int(multiple.factor))
	return everydayItem(r, []string{"What is {1} {2}?", "{1} {2}?", "what's {1} {2}", "how much is {1} {2}?"},
		product, []string{working}, multiple.name, n)
}

// everydayPower asks for a power, alone or in a sum: 7 squared, 2^5 - 7.
func everydayPower(r *rand.Rand, level float64) Item {
	base, exponent := upTo(r, level, 5, 12), 2+r.IntN(2)
	switch {
	case chance(r, 0.3):
		base, exponent = 2+r.Int64N(2), 2+r.IntN(int(between(level, 3, 7)))
	case chance(r, 0.4):
		base, exponent = upTo(r, level, 12, 60), 2
	}
	value := Int(base)
	var lines []string
	for range exponent - 1 {
		var working string
		value, working = Mul(value, Int(base))
		lines = append(lines, working)
	}
	text := fmt.Sprintf("%d^%d", base, exponent)
	if chance(r, 0.4) {
		term := Int(upTo(r, level, 10, 90))
		sum, working := Add(value, term)
		sign := "+"
		if chance(r, 0.5) {
			sign = "-"
			sum, working = Sub(value, term)
		}
		return everydayItem(r, askFor, sum, append(lines, working), text+" "+sign+" "+term.String())
	}
	ask := append([]string{"{2} to the power of {3}?", "what is {2} to the power {3}"}, askFor...)
	if exponent <= 3 {
		name := []string{2: "squared", 3: "cubed"}[exponent]
		ask = append(ask, "{2} "+name, "What is {2} "+name+"?", "what's {2} "+name)
	}
	return everydayItem(r, ask, value, lines, text, base, exponent)
}

// everydayRoot asks for the square root of a square.
func everydayRoot(r *rand.Rand, level float64) Item {
	root := upTo(r, level, 12, 100)
	square, working := Mul(Int(root), Int(root))
	lines := []string{working}
	if root > tableRoot {
		_, _, lines = squareRoot(square.V)
		lines = append(lines, fmt.Sprintf("sqrt(%v)=%d", square, root))
	}
	return everydayItem(r, []string{
		"What is the square root of {1}?", "square root of {1}?", "sqrt({1})", "what's sqrt({1})?",
		"the square root of {1}",
	}, Int(root), lines, square)
}

// everydayFractions asks for a sum, difference, product or quotient of two fractions.
func everydayFractions(r *rand.Rand, level float64) Item {
	draw := func() Frac {
		d := upTo(r, level, 6, 15)
		f, _ := Reduce(1+d*r.Int64N(2)+r.Int64N(d-1), d)
		for f.isInt() {
			f, _ = Reduce(1+r.Int64N(d-1), d)
		}
		return f
	}
	a, b := draw(), draw()
	var f Frac
	var lines []string
	ask := askFor
	op := []string{"+", "-", "*", "/"}[r.IntN(4)]
	text := a.String() + " " + op + " " + b.String()
	switch op {
	case "+":
		f, lines = AddFrac(a, b)
	case "-":
		f, lines = AddFrac(a, b.neg())
	case "*":
		f, lines = MulFrac(a, b)
		ask = append([]string{"{2} times {3}", "What is {2} of {3}?", "multiply {2} by {3}"}, askFor...)
	case "/":
		f, lines = DivFrac(a, b)
		text = "(" + a.String() + ") / (" + b.String() + ")"
		ask = append([]string{"{2} divided by {3}", "What is {2} divided by {3}?", "divide {2} by {3}"}, askFor...)
	}
	return everydayItem(r, ask, f, lines, text, a, b)
}

// everydayList asks for the sum, or the mean, of a few integers.
func everydayList(r *rand.Rand, level float64) Item {
	sum := Int(upTo(r, level, 12, 90))
	texts := []string{sum.String()}
	var lines []string
	count := 3 + r.IntN(3)
	for range count - 1 {
		term := Int(upTo(r, level, 12, 90))
		texts = append(texts, term.String())
		var working string
		sum, working = Add(sum, term)
		lines = append(lines, working)
	}
	list := strings.Join(texts[:count-1], ", ") + " and " + texts[count-1]
	if chance(r, 0.5) {
		mean, working := divide(sum.V, int64(count))
		return everydayItem(r, []string{
			"What is the average of {1}?", "average of {1}?", "find the mean of {1}", "mean of {1}",
		}, mean, append(lines, working...), list)
	}
	return everydayItem(r, []string{
		"add {1}", "What is the sum of {1}?", "add up {1}", "{2}", "{2} = ?", "total of {1}?",
	}, sum, lines, list, strings.Join(texts, "+"))
}
