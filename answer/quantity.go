package answer

import (
	"math/big"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxUnitStarts is how many places are tried where a unit may begin.
const maxUnitStarts = 6

// readQuantity reads an expression: a number with its unit, its percent sign or the currency before it, or a formula.
func readQuantity(s string, in scope) value {
	if x := readCurrency(s, in); x != nil {
		return x
	}
	if before, ok := percentage(s); ok {
		if x, ok := numberOrFormula(before, in); ok && isConstant(x) && x.known {
			return &scalar{exact: x.exact.scale(big.NewRat(1, 100)), known: true, digits: x.digits.shifted(-2), sign: true}
		}
	}
	x := readMeasured(s, in)
	if x != nil && !x.unit.onlyLetters() {
		return x
	}
	formula, ok := numberOrFormula(s, in)
	switch {
	case ok && x != nil:
		formula.measured = x
		return formula
	case ok:
		return formula
	case x != nil:
		return x
	}
	if x = scaledNumber(s, in); x != nil {
		return x
	}
	return nil
}

func numberOrFormula(s string, in scope) (*scalar, bool) {
	if x, ok := readNumeral(s); ok {
		return x, true
	}
	return expressionOf(s, in)
}

// percentage is what stands before a percent sign.
func percentage(s string) (string, bool) {
	if before, ok := strings.CutSuffix(s, "%"); ok {
		return strings.TrimSpace(before), true
	}
	i := len(s)
	for i > 0 && (isLetter(s[i-1]) || s[i-1] >= utf8.RuneSelf) {
		i--
	}
	switch strings.ToLower(strings.Trim(s[i:], "“”")) {
	case "percent", "pct", "percents":
		return strings.TrimSpace(s[:i]), i > 0
	case "cent":
		return strings.CutSuffix(s[:i], " per ")
	}
	return "", false
}

var currencies = map[rune]string{'$': "$", '€': "€", '£': "£", '¥': "¥"}

// readCurrency reads $5 and -$5.
func readCurrency(s string, in scope) *scalar {
	sign := ""
	if s[0] == '-' {
		sign, s = "-", strings.TrimSpace(s[1:])
	}
	if code, amount, ok := strings.Cut(s, "$"); ok && code == "US" {
		s = "$" + amount
	} else if amount, ok := strings.CutPrefix(s, "USD "); ok {
		s = "$" + amount
	}
	r, size := utf8.DecodeRuneInString(s)
	name, ok := currencies[r]
	if !ok {
		return nil
	}
	rest := strings.TrimSpace(s[size:])
	x, ok := numberOrFormula(sign+rest, in)
	if !ok {
		if x = readMeasured(sign+rest, in); x == nil { // $2.5 million
			return nil
		}
	}
	u, ok := readUnit(name)
	if !ok {
		return x
	}
	with := *x
	with.unit = u
	return &with
}

// multiples are words that multiply the number before them.
var multiples = map[string]int64{
	"hundred": 100, "thousand": 1000, "million": 1e6, "billion": 1e9, "trillion": 1e12, "dozen": 12,
}

// readMeasured reads a number with words behind it: a unit, or words that say what is counted and do not count.
func readMeasured(s string, in scope) *scalar {
	tries := 0
	depth := 0
	for i, r := range s {
		if i > 0 && depth == 0 && startsUnit(s, i, r) {
			if tries++; tries > maxUnitStarts {
				return nil
			}
			if x := measured(strings.TrimRight(s[:i], " *~"), s[i:], in); x != nil {
				return x
			}
		}
		if r < utf8.RuneSelf {
			depth += nesting(byte(r))
		}
	}
	return nil
}

// startsUnit reports whether a unit may begin at i: with a letter or sign behind a digit, a bracket or a space.
func startsUnit(s string, i int, r rune) bool {
	before := s[i-1]
	if r == '°' && hasFunction(s[:i]) || r == '$' {
		return r == '$'
	}
	if !isDigit(before) && before != ' ' && before != ')' && before != '*' && before != '.' && before < utf8.RuneSelf {
		return false
	}
	return r >= utf8.RuneSelf && r != '”' && r != '∪' && r != '±' || r < utf8.RuneSelf && isLetter(byte(r)) ||
		r == '/' && before == ' ' || r == '"' || r == '(' && before == ' '
}

// hasFunction reports whether a function's name stands in s: sin 30° is no number of degrees.
func hasFunction(s string) bool {
	for i := 0; i < len(s); i++ {
		start := i
		for i < len(s) && isLetter(s[i]) {
			i++
		}
		if i > start && functions[s[start:i]] {
			return true
		}
	}
	return false
}

// readCompound reads a quantity in several units, each smaller than the one before: 5 feet 6 inches, 2 hours and 30 minutes.
func readCompound(s string, _ scope) value {
	if !isDigit(s[0]) || isDigit(s[len(s)-1]) {
		return nil
	}
	s = unquoted.Replace(s)
	var total *scalar
	for s != "" {
		n := numeralLen(s)
		end := n
		for end < len(s) && !isDigit(s[end]) {
			end++
		}
		u, ok := readUnit(strings.TrimSuffix(strings.Trim(s[n:end], " ,"), " and"))
		x, fine := readNumeral(s[:n])
		if !ok || !fine || !u.sure() {
			return nil
		}
		if total == nil {
			total = &scalar{exact: x.exact, known: true, unit: u}
		} else if factor, ok := u.scale(total.unit); ok && factor.Cmp(one) < 0 {
			sum, _ := total.exact.add(x.exact.scale(factor))
			total = &scalar{exact: sum, known: true, unit: total.unit}
		} else {
			return nil
		}
		s = s[end:]
	}
	return total
}

// measured is the number before with the unit behind, or nil.
func measured(before, behind string, in scope) *scalar {
	behind = unitSigns.Replace(behind)
	behind = strings.Trim(behind, " .,;:")
	first, rest, _ := strings.Cut(behind, " ")
	factor, isMultiple := multiples[strings.ToLower(first)]
	if isMultiple {
		behind = strings.TrimSpace(rest)
	}
	u, isUnit := readUnit(behind)
	if behind == "" {
		isUnit = isMultiple
	}
	if !isUnit && !isRemark(behind) {
		return nil
	}
	x, ok := numberOrFormula(before, in)
	if !ok {
		if x = scaledNumber(before, in); x != nil {
			x.unit, x.measured.unit = u, u
		}
		return x
	}
	if !isConstant(x) && (!isUnit || !u.sure() || u.onlyLetters()) {
		return nil
	}
	with := *x
	with.unit = u
	if isMultiple && x.known {
		with.exact = x.exact.scale(big.NewRat(factor, 1))
		with.digits = printed{}
	}
	return &with
}

// unitSigns takes off quotes and writes signs as words.
var unitSigns = strings.NewReplacer("“", " ", "”", " ", "°", " degrees ")

// isRemark reports whether words behind a number say what is counted: letters only, and one of them a word, none of them
// a name of mathematics.
func isRemark(s string) bool {
	long := false
	start := -1 // of a run of letters
	for i, r := range s + " " {
		switch {
		case r >= utf8.RuneSelf || isLetter(byte(r)):
			if start < 0 {
				start = i
			}
			long = long || unicode.Is(unicode.Han, r)
			continue
		case !strings.ContainsRune(" -'.,()/", r):
			return false
		}
		if start >= 0 {
			w := s[start:i]
			if functions[w] || constants[w] || w == "mod" || w == "and" || w == "or" {
				return false
			}
			long = long || utf8.RuneCountInString(w) > 2
		}
		start = -1
	}
	return long
}

// scaledNumber reads 3.52 10^(-19), written without a sign between them: the product, or 3.52 in units of 10^(-19), as
// tables of physical answers have it.
func scaledNumber(s string, in scope) *scalar {
	mantissa, power, ok := strings.Cut(s, " 10^")
	if !ok {
		return nil
	}
	m, ok := readNumeral(strings.TrimSpace(mantissa))
	x, fine := expressionOf("10^"+power, in)
	if !ok || !fine || !x.known {
		return nil
	}
	product, ok := m.exact.mul(x.exact)
	if !ok {
		return nil
	}
	return &scalar{exact: product, known: true, measured: m}
}
