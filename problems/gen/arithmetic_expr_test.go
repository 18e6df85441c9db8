package gen

import (
	"math/big"
	"regexp"
	"strings"
	"testing"
)

// formulaValue returns the value of a formula with + - * / ^ and brackets, read from left to right with the usual
// precedence: a second opinion on what the generator's problems say.
func formulaValue(t *testing.T, formula string) *big.Rat {
	t.Helper()
	e := evaluator{text: strings.ReplaceAll(formula, " ", "")}
	value := e.sum()
	if e.bad || e.text != "" {
		t.Fatalf("%q does not read as a formula: %q is left", formula, e.text)
	}
	return value
}

type evaluator struct {
	text string
	bad  bool
}

func (e *evaluator) take(c string) bool {
	rest, ok := strings.CutPrefix(e.text, c)
	e.text = rest
	return ok
}

func (e *evaluator) sum() *big.Rat {
	value := e.product()
	for {
		switch {
		case e.take("+"):
			value = new(big.Rat).Add(value, e.product())
		case e.take("-"):
			value = new(big.Rat).Sub(value, e.product())
		default:
			return value
		}
	}
}

func (e *evaluator) product() *big.Rat {
	value := e.power()
	for {
		switch {
		case e.take("*"):
			value = new(big.Rat).Mul(value, e.power())
		case e.take("/"):
			d := e.power()
			if d.Sign() == 0 {
				e.bad = true
				return value
			}
			value = new(big.Rat).Quo(value, d)
		default:
			return value
		}
	}
}

func (e *evaluator) power() *big.Rat {
	if e.take("-") {
		return new(big.Rat).Neg(e.power())
	}
	base := e.atom()
	if !e.take("^") {
		return base
	}
	value := big.NewRat(1, 1)
	for range e.atom().Num().Int64() {
		value.Mul(value, base)
	}
	return value
}

func (e *evaluator) atom() *big.Rat {
	if e.take("(") {
		value := e.sum()
		e.bad = e.bad || !e.take(")")
		return value
	}
	n := len(e.text) - len(strings.TrimLeft(e.text, "0123456789."))
	value, ok := new(big.Rat).SetString(e.text[:n])
	if !ok {
		e.bad = true
		return new(big.Rat)
	}
	e.text = e.text[n:]
	return value
}

var typedFormula = regexp.MustCompile(`[-(]*\d[-+*/^().\d ]*`)

// formulaIn returns the formula within a question.
func formulaIn(question string) string {
	return strings.TrimRight(typedFormula.FindString(question), ". ")
}

func TestExpressionsAreRight(t *testing.T) {
	for _, name := range []string{"add_sub_multiple", "mul_div_multiple", "mixed"} {
		itemsOf(t, "arithmetic__"+name, func(t *testing.T, item Item) {
			want := formulaValue(t, formulaIn(item.Problem)).RatString()
			if item.Answer != want {
				t.Errorf("%q has the answer %s, want %s", item.Problem, item.Answer, want)
			}
			stated := strings.TrimSuffix(scratch.ReplaceAllString(item.Solution, ""), ":1")
			if !strings.HasSuffix(stated, want) {
				t.Errorf("the solution of %q does not end with %s:\n%s", item.Problem, want, item.Solution)
			}
		})
	}
}

// Every line that states an equality of two formulas, anywhere in a solution, must be true.
func TestExpressionSolutionsStateTrueEqualities(t *testing.T) {
	divisor := regexp.MustCompile(`:\d+=`)
	plain := regexp.MustCompile(`^[-+*/().\d]+(=[-+*/().\d]+)+$`)
	for _, name := range []string{"add_sub_multiple", "mul_div_multiple", "mixed", "everyday", "div"} {
		itemsOf(t, "arithmetic__"+name, func(t *testing.T, item Item) {
			for _, line := range strings.Split(scratch.ReplaceAllString(item.Solution, ""), "\n") {
				line = divisor.ReplaceAllString(line, "=")
				if !plain.MatchString(line) {
					continue
				}
				sides := strings.Split(line, "=")
				for _, side := range sides[1:] {
					if formulaValue(t, sides[0]).Cmp(formulaValue(t, side)) != 0 {
						t.Errorf("%q: the line %q is not true", item.Problem, line)
					}
				}
			}
		})
	}
}

// everydayWords turn an everyday question, in lower case, into a formula, or into "mean" or "sum" and a list.
var everydayWords = []struct {
	pattern     *regexp.Regexp
	replacement string
}{
	{regexp.MustCompile(`^(?:what is|what's|how much is|find|take|calculate|compute|work out|the|please) `), ""},
	{regexp.MustCompile(` please$`), ""},
	{regexp.MustCompile(`[?.]?$`), ""},
	{regexp.MustCompile(` ?= ?$`), ""},
	{regexp.MustCompile(`(?:^| )(?:the )?(?:average|mean) of (.*)$`), "mean $1"},
	{regexp.MustCompile(`(?:^| )(?:add up|add|the sum of|sum of|total of) (.*)$`), "sum $1"},
	{regexp.MustCompile(`(\d+) percent`), "$1%"},
	{regexp.MustCompile(`^increase (\d+) by (\d+)%$`), "$1*(1+$2/100)"},
	{regexp.MustCompile(`^(\d+) (?:increased by|plus) (\d+)%$`), "$1*(1+$2/100)"},
	{regexp.MustCompile(`^decrease (\d+) by (\d+)%$`), "$1*(1-$2/100)"},
	{regexp.MustCompile(`^(\d+) minus (\d+)%$`), "$1*(1-$2/100)"},
	{regexp.MustCompile(`^(\d+)% off (\d+)$`), "$2*(1-$1/100)"},
	{regexp.MustCompile(`(\d+)% of`), "$1/100 *"},
	{regexp.MustCompile(`^half of`), "1/2*"},
	{regexp.MustCompile(`^a third of`), "1/3*"},
	{regexp.MustCompile(`^a quarter of`), "1/4*"},
	{regexp.MustCompile(`^a fifth of`), "1/5*"},
	{regexp.MustCompile(`^a tenth of`), "1/10*"},
	{regexp.MustCompile(`^(?:double|twice) `), "2*"},
	{regexp.MustCompile(`^(?:triple|three times) `), "3*"},
	{regexp.MustCompile(`^four times `), "4*"},
	{regexp.MustCompile(`^ten times `), "10*"},
	{regexp.MustCompile(`^a dozen times `), "12*"},
	{regexp.MustCompile(` squared$`), "^2"},
	{regexp.MustCompile(` cubed$`), "^3"},
	{regexp.MustCompile(` to the power (?:of )?`), "^"},
	{regexp.MustCompile(`^multiply (.*) by (.*)$`), "($1)*($2)"},
	{regexp.MustCompile(`^divide (.*) by (.*)$`), "($1)/($2)"},
	{regexp.MustCompile(`^(.*) divided by (.*)$`), "($1)/($2)"},
	{regexp.MustCompile(` times `), "*"},
	{regexp.MustCompile(` of `), "*"},
}

func TestEverydayAnswersAreRight(t *testing.T) {
	itemsOf(t, "arithmetic__everyday", func(t *testing.T, item Item) {
		text := strings.ToLower(item.Problem)
		for range 2 { // "please what is"
			for _, w := range everydayWords {
				text = w.pattern.ReplaceAllString(text, w.replacement)
			}
		}
		kind, list, listed := strings.Cut(text, " ")
		switch {
		case strings.Contains(text, "square root") || strings.Contains(text, "sqrt"):
			n := ratOf(t, regexp.MustCompile(`\d+`).FindString(text))
			root := ratOf(t, item.Answer)
			if root.Sign() < 0 || root.Mul(root, root).Cmp(n) != 0 {
				t.Errorf("%q has the answer %s", item.Problem, item.Answer)
			}
		case listed && (kind == "mean" || kind == "sum"):
			numbers := regexp.MustCompile(`\d+`).FindAllString(list, -1)
			want := formulaValue(t, strings.Join(numbers, "+"))
			if kind == "mean" {
				want.Quo(want, big.NewRat(int64(len(numbers)), 1))
			}
			checkAnswer(t, item, want)
		default:
			checkAnswer(t, item, formulaValue(t, text))
		}
	})
}
