package gen

import (
	"fmt"
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

// A formulaReader evaluates sums, products, powers and brackets, with implied multiplication, for values of variables.
type formulaReader struct {
	text   string
	values map[byte]series
}

// evaluate returns a formula's value. A variable without a value is an error.
func evaluate(text string, values map[byte]series) (value series, err error) {
	defer func() {
		if e := recover(); e != nil {
			err = fmt.Errorf("evaluating %q: %v", text, e)
		}
	}()
	p := &formulaReader{plainPowers.Replace(text), values}
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
	for p.take("*") || p.text != "" && !strings.ContainsRune("+-)", rune(p.text[0])) {
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
	value, ok := p.values[p.text[0]]
	if !ok {
		panic(fmt.Sprintf("no value for %c", p.text[0]))
	}
	p.text = p.text[1:]
	return value
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
