package gen

import (
	"fmt"
	"iter"
	"strconv"
	"strings"
)

// This file is how a calculation is written down, once for all families, so that a small model learns each skill
// from every kind of problem. A short calculation is stated with its result:
//
//	38+51=89
//
// A long one carries a scratch area in brackets, in which numbers stand with their last digit first. So each digit of a
// sum or product depends on digits at a fixed distance and on a carry from the digit just written:
//
//	4567+1234=[7654+4321=1085]5801

// small bounds the operands of a sum that is stated without scratch work.
const small = 1000

// Add returns a+b and the working for it. The operands may have any sign.
func Add(a, b Dec) (Dec, string) {
	sum := addDec(a, b)
	head := a.String() + "+" + paren(b)
	if b.V < 0 {
		head = a.String() + b.String()
	}
	return sum, head + "=" + signedSum(a, b, sum)
}

// Sub returns a-b and the working for it. The operands may have any sign.
func Sub(a, b Dec) (Dec, string) {
	diff := addDec(a, b.neg())
	return diff, a.String() + "-" + paren(b) + "=" + signedSum(a, b.neg(), diff)
}

// signedSum is what follows the equals sign of a+b: the sum alone when it is short, else the sum of two magnitudes with
// scratch work, behind the sign that the result gets.
func signedSum(a, b, sum Dec) string {
	if a.abs().V < small && b.abs().V < small && a.Scale == b.Scale {
		return sum.String()
	}
	if a.V < 0 && b.V < 0 {
		return fmt.Sprintf("-(%v+%v)=-[%s]%v", a.abs(), b.abs(), columns(a.abs(), b.abs(), '+'), sum.abs())
	}
	if a.V >= 0 && b.V >= 0 {
		return fmt.Sprintf("[%s]%v", columns(a, b, '+'), sum)
	}
	big, little, sign := a.abs(), b.abs(), ""
	if sum.V < 0 {
		sign = "-"
	}
	if big.cmp(little) < 0 {
		big, little = little, big
	}
	rewrite := ""
	if a.cmp(big) != 0 {
		rewrite = fmt.Sprintf("%s(%v-%v)=%s", sign, big, little, sign)
	}
	return fmt.Sprintf("%s[%s]%v", rewrite, columns(big, little, '-'), sum.abs())
}

// columns is the scratch area of a sum or difference of non-negative numbers, a >= b for a difference: both operands
// with equally many digits, last digit first, then the result likewise.
func columns(a, b Dec, op byte) string {
	scale := max(a.Scale, b.Scale)
	x, y := a.scaled(scale), b.scaled(scale)
	z := x + y
	if op == '-' {
		z = x - y
	}
	width := max(len(digits(x)), len(digits(y)), scale+1)
	return fmt.Sprintf("%s%c%s=%s", reversed(x, width, scale), op, reversed(y, width, scale), reversed(z, width, scale))
}

// reversed writes v / 10^scale last digit first, with at least width digits.
func reversed(v int64, width, scale int) string {
	s := digits(v)
	if len(s) < width {
		s = strings.Repeat("0", width-len(s)) + s
	}
	var b strings.Builder
	for i := len(s) - 1; i >= 0; i-- {
		if scale > 0 && len(s)-1-i == scale {
			b.WriteByte('.')
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// Mul returns a*b and the working for it. The operands may have any sign.
func Mul(a, b Dec) (Dec, string) {
	product := Dec{a.V * b.V, a.Scale + b.Scale}.norm()
	head := a.String() + "*" + paren(b) + "="
	x, y := a.abs().V, b.abs().V
	if a.Scale == 0 && b.Scale == 0 {
		if a.V < 0 || b.V < 0 {
			short, ok := shortProduct(x, y)
			if ok && short == "" {
				return product, head + product.String()
			}
			if ok && product.V < 0 {
				return product, fmt.Sprintf("%s-(%d*%d)=-(%s)=%v", head, x, y, strings.TrimSuffix(short, "="), product)
			}
			return product, fmt.Sprintf("%s%s(%d*%d)=%s%s", head, minus(product), x, y, minus(product), intProduct(x, y))
		}
		return product, head + intProduct(x, y)
	}
	// Decimals: multiply the digits, then place the point.
	return product, fmt.Sprintf("%d*%d=%s;%ddp:%s%v", x, y, intProduct(x, y), a.Scale+b.Scale, head, product)
}

// intProduct is what follows the equals sign of x*y for non-negative integers.
func intProduct(x, y int64) string {
	if short, ok := shortProduct(x, y); ok {
		return short + strconv.FormatInt(x*y, 10)
	}
	if y > x && len(digits(y)) > len(digits(x)) {
		x, y = y, x
	}
	return "[" + partials(x, y) + "]" + strconv.FormatInt(x*y, 10)
}

// shortProduct reports whether x*y is stated without scratch work, and what stands before the result: nothing, or, for
// two numbers of two digits, the two partial products.
func shortProduct(x, y int64) (string, bool) {
	if y > x {
		x, y = y, x
	}
	switch {
	case y <= 1, x < 100 && y < 10, x <= 12:
		return "", true
	case x < 100:
		if y%10 == 0 {
			return "", true
		}
		return fmt.Sprintf("%d+%d=", x*(y/10*10), x*(y%10)), true
	}
	return "", false
}

// partials is the scratch area of a product: one line per non-zero digit of y, each added to the sum so far, all last
// digit first.
func partials(x, y int64) string {
	var steps []string
	sum := int64(-1)
	for k, place := 0, int64(1); y/place > 0; k, place = k+1, place*10 {
		d := y / place % 10
		if d == 0 {
			continue
		}
		p := x * d * place
		steps = append(steps, fmt.Sprintf("%s*%d=%s", reversed(x, 0, 0), d*place, reversed(p, 0, 0)))
		if sum < 0 {
			sum = p
			continue
		}
		steps = append(steps, columns(Int(sum), Int(p), '+'))
		sum += p
	}
	return strings.Join(steps, ";")
}

// DivMod returns the quotient and remainder of non-negative a by positive d and the working for it: long division, one
// step a digit of the quotient. A step with a divisor of one digit, or at most 12, is stated; a longer one shows the
// product and the difference.
//
//	8347366/6={8:1r2,23:3r5,54:9r0,7:1r1,13:2r1,16:2r4,46:7r4}1391227r4
func DivMod(a, d int64) (q, r int64, working string) {
	q, r = a/d, a%d
	head := fmt.Sprintf("%d/%d=", a, d)
	if q == 0 || (a < 100 && d <= 12) {
		return q, r, fmt.Sprintf("%s%dr%d", head, q, r)
	}
	var steps []string
	for value := range dividends(a, d) {
		digit := value / d
		switch {
		case d <= 12 || digit == 0:
			steps = append(steps, fmt.Sprintf("%d:%dr%d", value, digit, value%d))
		default:
			_, product := Mul(Int(d), Int(digit))
			_, diff := Sub(Int(value), Int(d*digit))
			steps = append(steps, fmt.Sprintf("%d:%d;%s;%s", value, digit, product, diff))
		}
	}
	return q, r, fmt.Sprintf("%s{%s}%dr%d", head, strings.Join(steps, ","), q, r)
}

// dividends yields what each step of the long division a/d divides: the remainder so far with the next digit of a
// behind it, from the first on that is not below d.
func dividends(a, d int64) iter.Seq[int64] {
	return func(yield func(int64) bool) {
		value, started := int64(0), false
		for _, c := range digits(a) {
			value = value*10 + int64(c-'0')
			if started = started || value >= d; !started {
				continue
			}
			if !yield(value) {
				return
			}
			value %= d
		}
	}
}

func addDec(a, b Dec) Dec {
	s := max(a.Scale, b.Scale)
	return Dec{a.scaled(s) + b.scaled(s), s}.norm()
}

// digits is |v| in decimal.
func digits(v int64) string {
	if v < 0 {
		v = -v
	}
	return strconv.FormatInt(v, 10)
}

func paren(d Dec) string {
	if d.V < 0 {
		return "(" + d.String() + ")"
	}
	return d.String()
}

func minus(d Dec) string {
	if d.V < 0 {
		return "-"
	}
	return ""
}
