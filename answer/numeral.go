package answer

import (
	"math/big"
	"strconv"
	"strings"
)

// maxExponent bounds the power of ten of a number such as 1.5e3.
const maxExponent = 4000

// numeralLen is the length of the number that s begins with: digits, a point, an exponent, a repeating part.
func numeralLen(s string) int {
	i := digitRun(s)
	if i < len(s) && s[i] == '.' {
		fraction := digitRun(s[i+1:])
		if i+fraction == 0 {
			return 0
		}
		i += 1 + fraction
		if i < len(s) && s[i] == '(' {
			if n := digitRun(s[i+1:]); n > 0 && n <= 9 && strings.HasPrefix(s[i+1+n:], ")") {
				return i + n + 2
			}
		}
	}
	if i > 0 && i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		rest := s[i+1:]
		sign := 0
		if rest != "" && (rest[0] == '-' || rest[0] == '+') {
			sign = 1
		}
		if n := digitRun(rest[sign:]); n > 0 && n <= 4 {
			if end := i + 1 + sign + n; end == len(s) || !isLetter(s[end]) && s[end] != '.' {
				return end
			}
		}
	}
	return i
}

// numeral is the value of a number without a sign: 12, .5, 1.5e3, 0.(3).
func numeral(s string) (*big.Rat, bool) {
	if len(s) <= 18 && digits(s) {
		n, err := strconv.ParseInt(s, 10, 64)
		return new(big.Rat).SetInt64(n), err == nil
	}
	if before, repeat, ok := strings.Cut(s, "("); ok {
		return repeating(before, strings.TrimSuffix(repeat, ")"))
	}
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		e, err := strconv.Atoi(s[i+1:])
		if err != nil || e > maxExponent || e < -maxExponent {
			return nil, false
		}
	}
	return new(big.Rat).SetString(s)
}

// repeating is the value of a decimal with a repeating part: 0.1(6) is 1/6.
func repeating(before, repeat string) (*big.Rat, bool) {
	x, ok := numeral(before)
	_, fraction, _ := strings.Cut(before, ".")
	if !ok || len(fraction) > 60 {
		return nil, false
	}
	part, ok := numeral(repeat)
	if !ok {
		return nil, false
	}
	nines := new(big.Int).Sub(pow10(len(repeat)), big.NewInt(1))
	part.Quo(part, new(big.Rat).SetInt(nines.Mul(nines, pow10(len(fraction)))))
	return x.Add(x, part), true
}

func pow10(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

// readNumeral reads a text that is nothing but a number, with its sign: 1,234.5 or 1 234 or -.5 or 2 1/3 or 3/4.
func readNumeral(s string) (*scalar, bool) {
	sign := int64(1)
	for s != "" && (s[0] == '-' || s[0] == '+') {
		if s[0] == '-' {
			sign = -sign
		}
		s = strings.TrimLeft(s[1:], " ")
	}
	if s == "" || !isDigit(s[0]) && s[0] != '.' {
		return nil, false
	}
	r, how, ok := unsigned(s)
	if !ok {
		return nil, false
	}
	if sign < 0 {
		r = new(big.Rat).Neg(r)
	}
	return &scalar{exact: constant(r), known: true, digits: how}, true
}

func unsigned(s string) (*big.Rat, printed, bool) {
	if n := numeralLen(s); n == len(s) {
		r, ok := numeral(s)
		return r, printedAs(s), ok
	}
	if whole, fraction, ok := strings.Cut(s, " "); ok && digits(whole) { // 2 1/3
		if num, den, ok := strings.Cut(strings.ReplaceAll(fraction, " ", ""), "/"); ok && digits(num) && digits(den) {
			return mixedNumber(whole, num, den)
		}
	}
	if num, den, ok := strings.Cut(s, "/"); ok {
		if strings.ContainsAny(den, "/(") || strings.Contains(num, "(") {
			return nil, printed{}, false
		}
		x, _, ok1 := unsigned(strings.TrimRight(num, " "))
		y, _, ok2 := unsigned(strings.TrimLeft(den, " "))
		if !ok1 || !ok2 || y.Sign() == 0 {
			return nil, printed{}, false
		}
		return x.Quo(x, y), printed{}, true
	}
	if joined, ok := ungrouped(s); ok {
		r, ok := numeral(joined)
		return r, printedAs(joined), ok
	}
	return nil, printed{}, false
}

func mixedNumber(whole, num, den string) (*big.Rat, printed, bool) {
	w, ok1 := numeral(whole)
	n, ok2 := numeral(num)
	d, ok3 := numeral(den)
	if !ok1 || !ok2 || !ok3 || d.Sign() == 0 {
		return nil, printed{}, false
	}
	return w.Add(w, n.Quo(n, d)), printed{}, true
}

// printedAs counts the digits of a decimal. An integer is none.
func printedAs(s string) printed {
	mantissa, power, _ := strings.Cut(strings.ToLower(s), "e")
	whole, fraction, ok := strings.Cut(mantissa, ".")
	if !ok || strings.Contains(s, "(") {
		return printed{}
	}
	e, _ := strconv.Atoi(power)
	return printed{len(strings.TrimLeft(whole+fraction, "0")), e - len(fraction)}
}

// ungrouped takes the separators out of 1,234,567.8 and 1 234 567. 0,111 has a decimal comma, since no group is 0.
func ungrouped(s string) (string, bool) {
	n := groupedLen(s)
	if n == 0 || n != len(s) {
		return "", false
	}
	if s[0] == '0' {
		return strings.Replace(s, ",", ".", 1), true
	}
	return ungrouping.Replace(s), true
}

var ungrouping = strings.NewReplacer(",", "", " ", "")

// groupedLen is the length of the number with thousands separators that s begins with, or 0.
func groupedLen(s string) int {
	first := digitRun(s)
	if first == 0 || first > 3 || first == len(s) || s[first] != ',' && s[first] != ' ' {
		return 0
	}
	separator, i := s[first], first
	for i < len(s) && s[i] == separator && digitRun(s[i+1:]) == 3 {
		i += 4
	}
	if i == first || s[0] == '0' && (first > 1 || i > 5) {
		return 0
	}
	if s[0] != '0' && i < len(s) && s[i] == '.' && digitRun(s[i+1:]) > 0 {
		i += 1 + digitRun(s[i+1:])
	}
	return i
}
