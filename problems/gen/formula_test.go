package gen

import (
	"fmt"
	"maps"
	"math/big"
	"regexp"
	"strings"
)

// A series is a number plus its change to first, second and third order: enough to differentiate by arithmetic alone.
type series [4]big.Rat

func numberSeries(n *big.Rat) series {
	var s series
	s[0].Set(n)
	return s
}

func (s series) add(t series, sign int64) series {
	var sum series
	for i := range sum {
		if sum[i].Set(&t[i]); sign < 0 {
			sum[i].Neg(&sum[i])
		}
		if s[i].Sign() != 0 {
			sum[i].Add(&sum[i], &s[i])
		}
	}
	return sum
}

func (s series) mul(t series) series {
	var product series
	for i := range s {
		if s[i].Sign() == 0 {
			continue
		}
		for j := range len(s) - i {
			if t[j].Sign() == 0 {
				continue
			}
			product[i+j].Add(&product[i+j], new(big.Rat).Mul(&s[i], &t[j]))
		}
	}
	return product
}

// A world is what the letters of a problem stand for.
type world struct {
	values    map[byte]series
	functions map[byte]func(series) series
}

func newWorld() world {
	return world{map[byte]series{}, map[byte]func(series) series{}}
}

// A formulaReader evaluates sums, products, quotients by numbers, powers, functions and brackets, with implied
// multiplication.
type formulaReader struct {
	text string
	world
}

// evaluate returns a formula's value. A letter that stands for nothing is an error.
func (w world) evaluate(text string) (value series, err error) {
	defer func() {
		if e := recover(); e != nil {
			err = fmt.Errorf("evaluating %q: %v", text, e)
		}
	}()
	p := &formulaReader{plainPowers.Replace(text), w}
	value = p.sum()
	if p.text != "" {
		panic("cannot read " + p.text)
	}
	return value, nil
}

func (p *formulaReader) take(prefix string) bool {
	rest, ok := strings.CutPrefix(p.text, prefix)
	p.text = rest
	return ok
}

func (p *formulaReader) sum() series {
	var total series
	for sign := int64(1); ; {
		if p.take("-") {
			sign = -sign
			continue
		}
		total = total.add(p.product(), sign)
		switch {
		case p.take("+"):
			sign = 1
		case p.take("-"):
			sign = -1
		default:
			return total
		}
	}
}

func (p *formulaReader) product() series {
	value := p.factor()
	for p.text != "" && !strings.ContainsRune("+-)", rune(p.text[0])) {
		if p.take("/") {
			divisor := p.factor()
			value = value.mul(numberSeries(divisor[0].Inv(&divisor[0])))
			continue
		}
		p.take("*")
		value = value.mul(p.factor())
	}
	return value
}

func (p *formulaReader) factor() series {
	base := p.atom()
	if p.take("^") {
		power := base
		for n := p.text[0] - '0'; n > 1; n-- {
			power = power.mul(base)
		}
		p.text = p.text[1:]
		return power
	}
	return base
}

func (p *formulaReader) atom() series {
	if p.take("-") {
		return series{}.add(p.atom(), -1)
	}
	if p.take("(") {
		value := p.sum()
		if !p.take(")") {
			panic("bracket not closed")
		}
		return value
	}
	if n := leadingDigits.FindString(p.text); n != "" {
		p.text = p.text[len(n):]
		number, _ := new(big.Rat).SetString(n)
		return numberSeries(number)
	}
	if f, ok := p.functions[p.text[0]]; ok {
		p.text = p.text[1:]
		return f(p.atom())
	}
	value, ok := p.values[p.text[0]]
	if !ok {
		panic(fmt.Sprintf("no value for %c", p.text[0]))
	}
	p.text = p.text[1:]
	return value
}

// solve finds the letters of linear equations that stand for nothing yet, one or two.
func (w world) solve(equations ...[2]string) error {
	var unknown []byte
	for c := byte('a'); c <= 'z'; c++ {
		if _, known := w.values[c]; !known && strings.ContainsRune(fmt.Sprint(equations), rune(c)) {
			unknown = append(unknown, c)
		}
	}
	if len(unknown) != len(equations) {
		return fmt.Errorf("%d unknown letters in %v", len(unknown), equations)
	}
	gap := func(i int, ones ...byte) (*big.Rat, error) { // left - right for unknown letters that are 0 or 1
		for _, c := range unknown {
			w.values[c] = series{}
		}
		for _, c := range ones {
			w.values[c] = numberSeries(big.NewRat(1, 1))
		}
		left, err := w.evaluate(equations[i][0])
		if err != nil {
			return nil, err
		}
		right, err := w.evaluate(equations[i][1])
		return new(big.Rat).Sub(&left[0], &right[0]), err
	}
	// Rows of coefficients, then minus the constant; a second row that is 0 = 0 and y = 0 completes a single equation.
	rows := [2][3]*big.Rat{{nil, new(big.Rat), nil}, {new(big.Rat), big.NewRat(1, 1), new(big.Rat)}}
	for i := range equations {
		free, err := gap(i)
		if err != nil {
			return err
		}
		for j, c := range unknown {
			at, err := gap(i, c)
			if err != nil {
				return err
			}
			rows[i][j] = at.Sub(at, free)
		}
		rows[i][2] = free.Neg(free)
	}
	cross := func(j, k int) *big.Rat {
		x, y := new(big.Rat).Mul(rows[0][j], rows[1][k]), new(big.Rat).Mul(rows[0][k], rows[1][j])
		return x.Sub(x, y)
	}
	determinant := cross(0, 1)
	if determinant.Sign() == 0 {
		return fmt.Errorf("%v have no solution, or many", equations)
	}
	results := []*big.Rat{cross(2, 1), cross(0, 2)}
	for i, c := range unknown {
		w.values[c] = numberSeries(results[i].Quo(results[i], determinant))
	}
	return nil
}

var (
	derivativeDefinition = regexp.MustCompile(`^Let ([a-z])\(([a-z])\) be the (first|second|third) derivative of (.*)$`)
	functionDefinition   = regexp.MustCompile(`^Let ([a-z])\(([a-z])\) = (.*)$`)
	numberDefinition     = regexp.MustCompile(`^Let ([a-z]) (?:=|be) (.*)$`)
)

// learn takes in a sentence that defines something.
func (w world) learn(sentence string) error {
	if text, ok := strings.CutPrefix(sentence, "Suppose "); ok {
		return w.solve(equationsIn(text)...)
	}
	if m := numberDefinition.FindStringSubmatch(sentence); m != nil {
		value, err := w.evaluate(m[2])
		w.values[m[1][0]] = value
		return err
	}
	order, factorial := 0, int64(1)
	m := functionDefinition.FindStringSubmatch(sentence)
	if d := derivativeDefinition.FindStringSubmatch(sentence); d != nil {
		order = map[string]int{"first": 1, "second": 2, "third": 3}[d[3]]
		factorial = []int64{1, 1, 2, 6}[order]
		m = []string{d[0], d[1], d[2], d[4]}
	}
	if m == nil {
		return fmt.Errorf("cannot read %q", sentence)
	}
	functions := maps.Clone(w.functions)
	w.functions[m[1][0]] = func(x series) series {
		if order > 0 {
			x[1].SetInt64(1)
		}
		value, err := world{map[byte]series{m[2][0]: x}, functions}.evaluate(m[3])
		if err != nil {
			panic(err)
		}
		return numberSeries(value[order].Mul(&value[order], big.NewRat(factorial, 1)))
	}
	return nil
}

const formulaPattern = `(?:\d[a-z]\b|\b[a-z]\b|[-+*^() \d])+`

var (
	plainPowers   = strings.NewReplacer(" ", "", "**", "^")
	leadingDigits = regexp.MustCompile(`^\d+`)
	formulaRE     = regexp.MustCompile(formulaPattern)
	equationRE    = regexp.MustCompile(`(` + formulaPattern + `)=(` + formulaPattern + `)`)
)

// longestFormula finds the formula in a question that was typed in words.
func longestFormula(question string) string {
	longest := ""
	for _, f := range formulaRE.FindAllString(question, -1) {
		if f = strings.ReplaceAll(f, " ", ""); len(f) > len(longest) {
			longest = f
		}
	}
	return longest
}

// equationsIn finds the equations in a question.
func equationsIn(question string) [][2]string {
	var found [][2]string
	for _, m := range equationRE.FindAllStringSubmatch(question, -1) {
		if strings.TrimSpace(m[2]) != "" {
			found = append(found, [2]string{m[1], m[2]})
		}
	}
	return found
}
