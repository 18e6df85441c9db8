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
	"algebra__linear_1d":             checkRoot,
	"algebra__linear_2d":             checkSystem,
	"algebra__sequence_next_term":    checkNextTerm,
	"algebra__sequence_nth_term":     checkNthTerm,
	"polynomials__evaluate":          checkValue,
	"polynomials__collect":           checkSame,
	"polynomials__expand":            checkSame,
	"polynomials__add":               checkCombination,
	"polynomials__compose":           checkComposition,
	"polynomials__coefficient_named": checkCoefficient,
	"calculus__differentiate":        checkDerivative,
}

func TestAlgebraAnswersAreRight(t *testing.T) {
	for _, family := range algebraFamilies {
		t.Run(family.Name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(3, 4))
			for i := range 2000 {
				item := family.Make(r, float64(i%11)/10)
				if err := algebraChecks[family.Name](item); err != nil {
					t.Fatalf("%v\n%s\n%s\nanswer %s", err, item.Problem, item.Solution, item.Answer)
				}
			}
		})
	}
}

func TestAlgebraItemsAreShortLinesOfASCIIThatEndInTheAnswer(t *testing.T) {
	for _, family := range algebraFamilies {
		r := rand.New(rand.NewPCG(5, 6))
		for i := range 2000 {
			item := family.Make(r, float64(i%11)/10)
			lines := strings.Split(item.Solution, "\n")
			switch text := item.Problem + item.Solution + item.Answer; {
			case item.Problem == "" || item.Answer == "" || !strings.HasSuffix(lines[len(lines)-1], strings.TrimPrefix(item.Answer, "-")):
				t.Fatalf("%s: the last line does not end in the answer: %+v", family.Name, item)
			case len(text) > longestItem:
				t.Fatalf("%s: %d bytes: %+v", family.Name, len(text), item)
			case strings.ContainsFunc(text, func(c rune) bool { return c >= 0x7f || c < ' ' && c != '\n' }):
				t.Fatalf("%s: not plain ASCII: %+v", family.Name, item)
			}
		}
	}
}

func TestAlgebraItemsDependOnTheSeedAlone(t *testing.T) {
	for _, family := range algebraFamilies {
		r, s := rand.New(rand.NewPCG(7, 8)), rand.New(rand.NewPCG(7, 8))
		for range 200 {
			if a, b := family.Make(r, 0.7), family.Make(s, 0.7); a != b {
				t.Fatalf("%s: %+v and %+v from the same seed", family.Name, a, b)
			}
		}
	}
}

// Every sum and product that a solution states between whole numbers must hold, outside of scratch areas.
func TestAlgebraStepsHold(t *testing.T) {
	step := regexp.MustCompile(`(?:^|[,;:=\n])(-?\d+)([-+*])(\(-\d+\)|\d+)=(-?\d+)(?:$|[,;\n])`)
	scratch := regexp.MustCompile(`\[[^]]*\]|\{[^}]*\}`)
	for _, family := range algebraFamilies {
		r := rand.New(rand.NewPCG(9, 10))
		for i := range 500 {
			item := family.Make(r, float64(i%11)/10)
			for _, m := range step.FindAllStringSubmatch(scratch.ReplaceAllString(item.Solution, ""), -1) {
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
	numbers := map[byte]series{}
	for v, n := range values {
		numbers[v] = numberSeries(big.NewRat(n, 1))
	}
	s, err := evaluate(formula, numbers)
	return &s[0], err
}

// sample gives every variable a number, different for different seeds.
func sample(seed int64) map[byte]int64 {
	values := map[byte]int64{}
	for c := byte('a'); c <= 'z'; c++ {
		values[c] = (int64(c-'a')*7+seed*13)%23 - 9
	}
	return values
}

// agree compares formulas at several points.
func agree(f, g string) error {
	for seed := range int64(7) {
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

// gap is left - right of an equation, with all variables given.
func gap(equation [2]string, values map[byte]series) (*big.Rat, error) {
	left, err := evaluate(equation[0], values)
	if err != nil {
		return nil, err
	}
	right, err := evaluate(equation[1], values)
	return new(big.Rat).Sub(&left[0], &right[0]), err
}

func checkRoot(item Item) error {
	found := equationsIn(item.Problem)
	if len(found) == 0 {
		return fmt.Errorf("no equation found")
	}
	x, _ := new(big.Rat).SetString(item.Answer)
	roots := 0
	for _, candidate := range []*big.Rat{x, new(big.Rat).Add(x, big.NewRat(1, 1))} {
		values := map[byte]series{}
		for c := byte('a'); c <= 'z'; c++ {
			values[c] = numberSeries(candidate)
		}
		d, err := gap(found[0], values)
		if err != nil {
			return err
		}
		if d.Sign() == 0 {
			roots++
		}
	}
	if roots != 1 {
		return fmt.Errorf("the answer does not solve %v, or others do too", found[0])
	}
	return nil
}

var askedVariable = regexp.MustCompile(`(?:for|find|Find|what is) ([a-z])\b|([a-z]) = \?`)

func checkSystem(item Item) error {
	found := equationsIn(strings.TrimPrefix(item.Problem, "Solve"))
	if len(found) < 2 {
		return fmt.Errorf("no two equations found")
	}
	m := askedVariable.FindStringSubmatch(item.Problem)
	v := (m[1] + m[2])[0]
	answer, _ := new(big.Rat).SetString(item.Answer)
	gaps := func(x, y *big.Rat) (g [2]*big.Rat, err error) {
		values := map[byte]series{}
		for c := byte('a'); c <= 'z'; c++ {
			values[c] = numberSeries(y)
		}
		values[v] = numberSeries(x)
		for i := range g {
			if g[i], err = gap(found[i], values); err != nil {
				return g, err
			}
		}
		return g, nil
	}
	// Each gap is p + q*y; both must vanish for one y.
	zero, one := new(big.Rat), big.NewRat(1, 1)
	p, err := gaps(answer, zero)
	if err != nil {
		return err
	}
	q, _ := gaps(answer, one)
	for i := range q {
		q[i].Sub(q[i], p[i])
	}
	cross := new(big.Rat).Sub(new(big.Rat).Mul(p[0], q[1]), new(big.Rat).Mul(p[1], q[0]))
	if cross.Sign() != 0 || q[0].Sign() == 0 && p[0].Sign() != 0 || q[1].Sign() == 0 && p[1].Sign() != 0 {
		return fmt.Errorf("no value of the other variable goes with the answer in %v", found[:2])
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
		values := map[byte]int64{}
		for c := byte('a'); c <= 'z'; c++ {
			values[c] = int64(i + 1)
		}
		got, err := at(item.Answer, values)
		if err != nil {
			return err
		}
		if got.Cmp(want) != 0 {
			return fmt.Errorf("term %d is %v, not %v", i+1, got, want)
		}
	}
	return nil
}

var definitionRE = regexp.MustCompile(`Let ([a-z])\(([a-z])\) = ([^.]*)\.`)

// defined reads the question's definitions of functions: the formula of each name, in the variable z.
func defined(question string) map[string]string {
	functions := map[string]string{}
	for _, m := range definitionRE.FindAllStringSubmatch(question, -1) {
		functions[m[1]] = "(" + strings.ReplaceAll(m[3], m[2], "z") + ")"
	}
	return functions
}

func checkValue(item Item) error {
	formula := longestFormula(regexp.MustCompile(`f\(.*?\)`).ReplaceAllString(item.Problem, "value"))
	if m := definitionRE.FindStringSubmatch(item.Problem); m != nil {
		formula = m[3]
	}
	numbers := wholeRE.FindAllString(item.Problem, -1)
	x, _ := strconv.ParseInt(numbers[len(numbers)-1], 10, 64)
	values := map[byte]int64{}
	for c := byte('a'); c <= 'z'; c++ {
		values[c] = x
	}
	got, err := at(formula, values)
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

func checkCombination(item Item) error {
	functions := defined(item.Problem)
	m := regexp.MustCompile(`(?:is|Determine|Calculate|Give) (-?[^?]*\(([a-z])\))[?.]$`).FindStringSubmatch(item.Problem)
	formula := m[1]
	for name, body := range functions {
		formula = strings.ReplaceAll(formula, name+"("+m[2]+")", "<"+name+">")
		functions[name] = strings.ReplaceAll(body, "z", m[2])
	}
	for name, body := range functions {
		formula = strings.ReplaceAll(formula, "<"+name+">", body)
	}
	return agree(formula, item.Answer)
}

func checkComposition(item Item) error {
	functions := defined(item.Problem)
	m := regexp.MustCompile(`([a-z])\(([a-z])\(([a-z])\)\)[?.]$`).FindStringSubmatch(item.Problem)
	inner := strings.ReplaceAll(functions[m[2]], "z", m[3])
	return agree(strings.ReplaceAll(functions[m[1]], "z", inner), item.Answer)
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
	values := map[byte]series{}
	for c := byte('a'); c <= 'z'; c++ {
		values[c] = numberSeries(new(big.Rat).SetInt(base))
	}
	value, err := evaluate(formula, values)
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
	for seed := range int64(5) {
		values := map[byte]series{}
		for c, n := range sample(seed) {
			values[c] = numberSeries(big.NewRat(n, 1))
		}
		moving := values[v]
		moving[1].SetInt64(1)
		values[v] = moving
		change, err := evaluate(formula, values)
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
