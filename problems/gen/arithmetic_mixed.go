package gen

import (
	"math/rand/v2"
	"strings"
)

// makeAddSubMultiple asks for a sum of small integers with brackets.
func makeAddSubMultiple(r *rand.Rand, level float64) Item {
	shape := exprShape{ops: "+-", spread: between(level, 1, 2)}
	value := Whole(r.Int64N(int64(between(level, 10, 60)))*2 - int64(between(level, 10, 60)))
	return exprItem(r, shape.draw(r, value, operations(r, level)))
}

// makeMulDivMultiple asks for a product of quotients with brackets.
func makeMulDivMultiple(r *rand.Rand, level float64) Item {
	shape := exprShape{ops: "*/", factor: between(level, 1, 3.7)}
	value := answerFrac(r, level)
	if value.N == 0 {
		value.N = 1
	}
	return exprItem(r, shape.draw(r, value, operations(r, level)))
}

// makeMixed asks for the value of an expression with all four operations.
func makeMixed(r *rand.Rand, level float64) Item {
	shape := exprShape{ops: "+-*/", spread: between(level, 0.7, 2), factor: between(level, 1, 4.3)}
	return exprItem(r, shape.draw(r, answerFrac(r, level), operations(r, level)))
}

// operations draws how many operations an expression has.
func operations(r *rand.Rand, level float64) int {
	most := 3 + int(4.5*level)
	return 2 + int(level+0.7) + r.IntN(min(most, 6)-1-int(level+0.7))
}

// answerFrac draws the value of an expression: an integer, or as often a fraction of small numbers.
func answerFrac(r *rand.Rand, level float64) Frac {
	digits := between(level, 0.8, 2.3)
	f := Whole(logSigned(r, digits))
	if chance(r, 0.55) {
		f, _ = Reduce(f.N, abs(logSigned(r, digits))+1)
	}
	return f
}

// exprItem asks for the value of e.
func exprItem(r *rand.Rand, e *expr) Item {
	c := e.chained()
	typed := c.String()
	if chance(r, 0.5) {
		typed = spacedSums(typed)
	}
	question := wording(r, []string{
		"{1}", "Calculate {1}.", "Evaluate {1}.", "What is {1}?", "What is the value of {1}?",
	}, []string{"{2}=?", "{2} = ?", "what's {2}?", "compute {2}", "what is {2}", "{2}", "work out {2}"})
	value, lines := c.work()
	return Item{Problem: spell(question, e, typed), Solution: joinLines(lines...), Answer: value.String()}
}

// spacedSums puts spaces around the + and - that join terms.
func spacedSums(text string) string {
	var b strings.Builder
	for i, c := range text {
		if (c == '+' || c == '-') && i > 0 && text[i-1] != '(' {
			b.WriteString(" " + string(c) + " ")
			continue
		}
		b.WriteRune(c)
	}
	return b.String()
}
