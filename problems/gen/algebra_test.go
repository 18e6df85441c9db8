package gen

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// algebraChecks recompute answers from the questions alone.
var algebraChecks = map[string]func(Item) error{
	"algebra__linear_1d":             checkSolution,
	"algebra__linear_1d_composed":    checkSolution,
	"algebra__linear_2d":             checkSolution,
	"algebra__sequence_next_term":    checkNextTerm,
	"algebra__sequence_nth_term":     checkNthTerm,
	"polynomials__evaluate":          checkValue,
	"polynomials__evaluate_composed": checkExpression,
	"polynomials__collect":           checkSame,
	"polynomials__expand":            checkSame,
	"polynomials__add":               checkExpression,
	"polynomials__compose":           checkExpression,
	"polynomials__coefficient_named": checkCoefficient,
	"calculus__differentiate":        checkDerivative,
}

func TestAlgebraAnswersAreRight(t *testing.T) {
	for _, family := range algebraFamilies {
		t.Run(family.Name, func(t *testing.T) {
			itemsOf(t, family.Name, func(t *testing.T, item Item) {
				if err := algebraChecks[family.Name](item); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestAlgebraChecksRejectWrongAnswers(t *testing.T) {
	for _, family := range algebraFamilies {
		r := rand.New(rand.NewPCG(1, 2))
		for range 100 {
			item := family.Make(r, 0.5)
			right := item.Answer
			if n, err := strconv.ParseInt(right, 10, 64); err == nil {
				item.Answer = strconv.FormatInt(n+1, 10)
			} else {
				item.Answer = right + " + 1"
			}
			if algebraChecks[family.Name](item) == nil {
				t.Fatalf("%s: %s passes for %s in %s", family.Name, item.Answer, right, item.Problem)
			}
		}
	}
}

func TestAlgebraSolutionsEndInTheAnswer(t *testing.T) {
	for _, family := range algebraFamilies {
		itemsOf(t, family.Name, func(t *testing.T, item Item) {
			end := strings.TrimPrefix(item.Answer, "-") // the sign may stand before scratch work
			if !strings.HasSuffix(item.Solution, end) {
				t.Errorf("%s: the last line does not end in the answer", family.Name)
			}
		})
	}
}

// Every sum and product that a solution states between whole numbers must hold, outside of scratch areas.
func TestAlgebraStepsHold(t *testing.T) {
	step := regexp.MustCompile(`(?:^|[,;:=\n])(-?\d+)([-+*])(\(-\d+\)|\d+)=(-?\d+)(?:$|[,;\n])`)
	for _, family := range algebraFamilies {
		r := rand.New(rand.NewPCG(9, 10))
		for i := range 500 {
			item := family.Make(r, float64(i%11)/10)
			for _, m := range step.FindAllStringSubmatch(scratchArea.ReplaceAllString(item.Solution, ""), -1) {
				a, _ := strconv.ParseInt(m[1], 10, 64)
				b, _ := strconv.ParseInt(strings.Trim(m[3], "()"), 10, 64)
				want, _ := strconv.ParseInt(m[4], 10, 64)
				if got := map[string]int64{"+": a + b, "-": a - b, "*": a * b}[m[2]]; got != want {
					t.Fatalf("%s: %s in\n%s\n%s", family.Name, m[0], item.Problem, item.Solution)
				}
			}
		}
	}
}

func TestAnswerTextPutsAPositiveConstantBeforeASingleNegativeTerm(t *testing.T) {
	for _, c := range []struct {
		p    poly
		want string
	}{
		{nil, "0"},
		{poly{0, 1}, "x"},
		{poly{7, -1}, "7 - x"},
		{poly{-7, -1}, "-x - 7"},
		{poly{-7, 2}, "2*x - 7"},
		{poly{2, 0, -24}, "2 - 24*x**2"},
		{poly{0, 1, -2}, "-2*x**2 + x"},
		{poly{2, -1, -2}, "-2*x**2 - x + 2"},
	} {
		if got := answerText(c.p.terms("x")); got != c.want {
			t.Errorf("answerText(%v) = %q, want %q", c.p, got, c.want)
		}
	}
}

// at evaluates a formula with variables at whole numbers.
func at(formula string, values map[byte]int64) (*big.Rat, error) {
	w := newWorld()
	for v, n := range values {
		w.values[v] = numberSeries(big.NewRat(n, 1))
	}
	s, err := w.evaluate(formula)
	return &s[0], err
}

// sample gives every variable a number, different for different seeds, and large: polynomials that agree there are equal.
func sample(seed int64) map[byte]int64 {
	values := map[byte]int64{}
	for c := byte('a'); c <= 'z'; c++ {
		values[c] = (int64(c)*7919+seed*104729)%9973 - 5000
	}
	return values
}

// agree compares formulas at several points.
func agree(f, g string) error {
	for seed := range int64(2) {
		x, err := at(f, sample(seed))
		if err != nil {
			return err
		}
		y, err := at(g, sample(seed))
		if err != nil {
			return err
		}
		if x.Cmp(y) != 0 {
			return fmt.Errorf("%s is not %s", f, g)
		}
	}
	return nil
}

// everywhere gives every letter the same value.
func everywhere(n int64) map[byte]int64 {
	values := map[byte]int64{}
	for c := byte('a'); c <= 'z'; c++ {
		values[c] = n
	}
	return values
}

// readDefinitions takes in all sentences but the last, which it returns.
func readDefinitions(problem string) (w world, question string, err error) {
	w = newWorld()
	sentences := strings.Split(strings.TrimRight(problem, ".?"), ". ")
	last := len(sentences) - 1
	for _, s := range sentences[:last] {
		if err = w.learn(s); err != nil {
			break
		}
	}
	return w, sentences[last], err
}

var askedVariable = regexp.MustCompile(`(?:for|[fF]ind|what is|value of) ([a-z])\b|([a-z]) = \?`)

// checkSolution solves the equations in the question, after any definitions, for the letter that is asked for.
func checkSolution(item Item) error {
	w, question := newWorld(), item.Problem
	if strings.Contains(question, "Solve") && strings.ContainsAny(question, ".") {
		var err error
		if w, question, err = readDefinitions(item.Problem); err != nil {
			return err
		}
	}
	question = strings.TrimPrefix(question, "Solve")
	if err := w.solve(equationsIn(question)...); err != nil {
		return err
	}
	m := askedVariable.FindStringSubmatch(question)
	for v, got := range w.values { // a single equation may go without naming its letter
		if m != nil && m[1]+m[2] != string(v) {
			continue
		}
		if got[0].RatString() != item.Answer {
			return fmt.Errorf("the solution is %s", got[0].RatString())
		}
		return nil
	}
	return fmt.Errorf("no equation is about the letter that is asked for")
}

// checkExpression compares what is asked for after the definitions with the answer.
func checkExpression(item Item) error {
	w, question, err := readDefinitions(item.Problem)
	if err != nil {
		return err
	}
	_, expression, _ := strings.Cut(strings.Replace(question, "What is", "What", 1), " ")
	for seed := range int64(2) {
		for c, n := range sample(seed) {
			if _, known := w.values[c]; !known || seed > 0 && strings.ContainsRune(item.Answer, rune(c)) {
				w.values[c] = numberSeries(big.NewRat(n, 1))
			}
		}
		got, err := w.evaluate(item.Answer)
		if err != nil {
			return err
		}
		want, err := w.evaluate(expression)
		if err != nil {
			return err
		}
		if want[0].Cmp(&got[0]) != 0 {
			return fmt.Errorf("%s is not %s", expression, item.Answer)
		}
	}
	return nil
}

var wholeRE = regexp.MustCompile(`-?\d+`)

func termsIn(question string) []*big.Rat {
	var terms []*big.Rat
	for _, s := range wholeRE.FindAllString(question, -1) {
		n, _ := new(big.Rat).SetString(s)
		terms = append(terms, n)
	}
	return terms
}

// interpolated is the term after the given ones on the polynomial of least degree through all of them.
func interpolated(terms []*big.Rat) *big.Rat {
	next := new(big.Rat)
	for len(terms) > 0 {
		next.Add(next, terms[len(terms)-1])
		var row []*big.Rat
		for i := range len(terms) - 1 {
			row = append(row, new(big.Rat).Sub(terms[i+1], terms[i]))
		}
		terms = row
	}
	return next
}

func checkNextTerm(item Item) error {
	terms := termsIn(item.Problem)
	answer, _ := new(big.Rat).SetString(item.Answer)
	n := len(terms)
	all := append(terms, answer)
	geometric, twoBefore := n > 3, n > 4
	for i := range all[2:] {
		a, b, c := all[i], all[i+1], all[i+2]
		geometric = geometric && new(big.Rat).Mul(b, b).Cmp(new(big.Rat).Mul(a, c)) == 0
		twoBefore = twoBefore && new(big.Rat).Add(a, b).Cmp(c) == 0
	}
	if geometric || twoBefore {
		return nil
	}
	if want := interpolated(terms); want.Cmp(answer) != 0 {
		return fmt.Errorf("the next term is %v", want)
	}
	return nil
}

func checkNthTerm(item Item) error {
	for i, want := range termsIn(item.Problem) {
		got, err := at(item.Answer, everywhere(int64(i+1)))
		if err != nil {
			return err
		}
		if got.Cmp(want) != 0 {
			return fmt.Errorf("term %d is %v, not %v", i+1, got, want)
		}
	}
	return nil
}

func checkValue(item Item) error {
	if strings.HasPrefix(item.Problem, "Let ") {
		return checkExpression(item)
	}
	formula := longestFormula(regexp.MustCompile(`f\(.*?\)`).ReplaceAllString(item.Problem, "value"))
	numbers := wholeRE.FindAllString(item.Problem, -1)
	x, _ := strconv.ParseInt(numbers[len(numbers)-1], 10, 64)
	got, err := at(formula, everywhere(x))
	if err == nil && got.RatString() != item.Answer {
		err = fmt.Errorf("the value of %s at %d is %s", formula, x, got.RatString())
	}
	return err
}

func checkSame(item Item) error {
	if err := agree(longestFormula(item.Problem), item.Answer); err != nil {
		return err
	}
	if strings.ContainsAny(item.Answer, "()") {
		return fmt.Errorf("the answer is not expanded")
	}
	return nil
}

// checkCoefficient looks up the power that the name stands with, and reads off its coefficient.
func checkCoefficient(item Item) error {
	expression, power := longestFormula(item.Problem), ""
	m := regexp.MustCompile(`(?:Express|Rearrange) (.*?) (?:as|in the form|to the form|to) (.*) and give ([a-z])\.$`).
		FindStringSubmatch(item.Problem)
	if m != nil {
		expression = m[1]
		for _, part := range strings.Split(m[2], " + ") {
			if name, body, _ := strings.Cut(part, "*"); name == m[3] {
				power = body
			}
		}
	} else {
		power = regexp.MustCompile(`coefficient of (\S+)`).FindStringSubmatch(item.Problem)[1]
	}
	degree := 0
	if power != "" {
		degree = 1
		if _, exponent, ok := strings.Cut(power, "**"); ok {
			degree, _ = strconv.Atoi(exponent)
		}
	}
	got, err := coefficientOf(expression, degree)
	if err == nil && got.RatString() != item.Answer {
		err = fmt.Errorf("the coefficient of degree %d is %s", degree, got.RatString())
	}
	return err
}

// coefficientOf evaluates a polynomial at a power of ten so large that its coefficients stand apart as digits.
func coefficientOf(formula string, degree int) (*big.Rat, error) {
	base := new(big.Int).Exp(big.NewInt(10), big.NewInt(30), nil)
	w := newWorld()
	for c := range everywhere(0) {
		w.values[c] = numberSeries(new(big.Rat).SetInt(base))
	}
	value, err := w.evaluate(formula)
	if err != nil {
		return nil, err
	}
	rest, digit := new(big.Int).Set(value[0].Num()), new(big.Int)
	half := new(big.Int).Rsh(base, 1)
	for range degree + 1 {
		digit.Mod(rest, base)
		if digit.Cmp(half) > 0 {
			digit.Sub(digit, base)
		}
		rest.Sub(rest, digit).Div(rest, base)
	}
	return new(big.Rat).SetInt(digit), nil
}

var derivativeRE = regexp.MustCompile(`(?:ivative of|ntiate|of|=) (.*?)(?: (?:wrt|with respect to) ([a-z]))?[?.]?$`)

func checkDerivative(item Item) error {
	m := derivativeRE.FindStringSubmatch(item.Problem)
	formula, v := m[1], byte(0)
	if i := strings.IndexAny(formula, "abcdfghijklmnopqrstuvwxyz"); m[2] != "" {
		v = m[2][0]
	} else {
		v = formula[i]
	}
	order, factorial := 1, int64(1)
	switch {
	case strings.Contains(item.Problem, "second"), strings.Contains(item.Problem, "f''"):
		order, factorial = 2, 2
	case strings.Contains(item.Problem, "third"):
		order, factorial = 3, 6
	}
	for seed := range int64(2) {
		w := newWorld()
		for c, n := range sample(seed) {
			w.values[c] = numberSeries(big.NewRat(n, 1))
		}
		moving := w.values[v]
		moving[1].SetInt64(1)
		w.values[v] = moving
		change, err := w.evaluate(formula)
		if err != nil {
			return err
		}
		want := new(big.Rat).Mul(&change[order], big.NewRat(factorial, 1))
		got, err := at(item.Answer, sample(seed))
		if err != nil {
			return err
		}
		if got.Cmp(want) != 0 {
			return fmt.Errorf("the derivative is %v, not %v, for %v", want, got, sample(seed))
		}
	}
	return nil
}
