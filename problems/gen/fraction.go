package gen

import (
	"fmt"
	"strconv"
	"strings"
)

// Frac is a fraction in lowest terms with a positive denominator. Only [Reduce] and the calculations below make one.
type Frac struct{ N, D int64 }

// Whole returns the integer n as a Frac.
func Whole(n int64) Frac { return Frac{n, 1} }

func (f Frac) neg() Frac { return Frac{-f.N, f.D} }

func (f Frac) isInt() bool { return f.D == 1 }

// String writes f as "-7/3", an integer without the denominator.
func (f Frac) String() string {
	if f.isInt() {
		return strconv.FormatInt(f.N, 10)
	}
	return fmt.Sprintf("%d/%d", f.N, f.D)
}

// factor writes f as an operand behind a * or /: in brackets, unless it is a non-negative integer.
func (f Frac) factor() string {
	if f.isInt() && f.N >= 0 {
		return f.String()
	}
	return "(" + f.String() + ")"
}

// tiny bounds the numbers whose common divisor is stated at once.
const tiny = 100

// Reduce returns n/d in lowest terms and the working for it, with d not 0. The last line ends with the result; there
// is no line when n/d stands in lowest terms already and both are tiny, or one is 1. Behind a colon stands a common
// divisor, 1 when there is no other:
//
//	-55/44:11=-5/4
//
// Larger numbers first lose the divisors 10, 2 and 5, which show in the last digits, and then go through Euclid's
// algorithm. Its quotients, from the last to the first, build the reduced numbers up (they are those of the continued
// fraction), which spares two long divisions:
//
//	684/544:2=342/272
//	342/272:2=171/136
//	171-136=35
//	35*3=105
//	136-105=31
//	35/31:1
//	171/136:1
func Reduce(n, d int64) (Frac, []string) {
	var lines []string
	head := quotient(n, d)
	if d < 0 {
		n, d = -n, -d
	}
	for max(abs(n), d) >= tiny && min(abs(n), d) > 1 && abs(n) != d {
		g := plainDivisor(n, d)
		if g == 1 {
			f, working := reduceLong(head, n, d)
			return f, append(lines, working...)
		}
		n, d = n/g, d/g
		if d == 1 {
			return Whole(n), append(lines, fmt.Sprintf("%s=%d", head, n))
		}
		next := quotient(n, d)
		lines = append(lines, fmt.Sprintf("%s:%d=%s", head, g, next))
		head = next
	}
	g := gcd(abs(n), d)
	f := Frac{n / g, d / g}
	switch {
	case head == f.String(), head == f.String()+"/1":
	case f.isInt() || g == 1:
		lines = append(lines, fmt.Sprintf("%s=%v", head, f))
	default:
		lines = append(lines, fmt.Sprintf("%s:%d=%v", head, g, f))
	}
	return f, lines
}

// quotient writes n/d as it stands.
func quotient(n, d int64) string { return fmt.Sprintf("%d/%s", n, Whole(d).factor()) }

// plainDivisor returns a common divisor that the last digits show: 10, 2, 5, or 1 for none.
func plainDivisor(a, b int64) int64 {
	for _, d := range []int64{10, 2, 5} {
		if a%d == 0 && b%d == 0 {
			return d
		}
	}
	return 1
}

// reduceLong reduces n/d, d > 0, which stands as head, by Euclid's algorithm.
func reduceLong(head string, n, d int64) (Frac, []string) {
	a, b, quotients, lines := euclid(max(abs(n), d), min(abs(n), d), tiny)
	g := gcd(a, b)
	if b > 1 {
		lines = append(lines, smallDivisor(a, b))
	}
	f := Frac{n / g, d / g}
	switch {
	case g == 1 && head == f.String():
		return f, append(lines, head+":1")
	case g > 1:
		lines = append(lines, rebuild(quotients, a/g, b/g)...)
	}
	if f.isInt() {
		return f, append(lines, fmt.Sprintf("%s=%v", head, f))
	}
	return f, append(lines, fmt.Sprintf("%s:%d=%v", head, g, f))
}

// euclid is Euclid's algorithm for a >= b >= 0, a step a line, as long as b is above 1 and a not below enough. It returns
// the pair that is left and the quotients.
func euclid(a, b, enough int64) (x, y int64, quotients []int64, lines []string) {
	for a >= enough && b > 1 {
		lines = append(lines, remainder(a, b))
		quotients = append(quotients, a/b)
		a, b = b, a%b
	}
	return a, b, quotients, lines
}

// rebuild is the working that leads from x and y, the last pair of Euclid's algorithm reduced, back to the first pair.
func rebuild(quotients []int64, x, y int64) []string {
	var lines []string
	for i := len(quotients) - 1; i >= 0; i-- {
		if y > 0 {
			lines = append(lines, mulAdd(quotients[i], x, y))
		}
		x, y = quotients[i]*x+y, x
	}
	return lines
}

// remainder is the working of a step of Euclid's algorithm. A quotient of one digit needs no long division.
func remainder(a, b int64) string {
	q := a / b
	if q > 9 || b <= 12 {
		_, _, working := DivMod(a, b)
		return working
	}
	_, diff := Sub(Int(a), Int(q*b))
	if q == 1 {
		return diff
	}
	_, product := Mul(Int(b), Int(q))
	return product + "\n" + diff
}

// smallDivisor states the common divisor of tiny a and b, and what it leaves.
func smallDivisor(a, b int64) string {
	g := gcd(a, b)
	switch g {
	case 1:
		return fmt.Sprintf("%d/%d:1", a, b)
	case b:
		return fmt.Sprintf("%d/%d=%d", a, b, a/b)
	}
	return fmt.Sprintf("%d/%d:%d=%d/%d", a, b, g, a/g, b/g)
}

// mulAdd is the working of q*x+y for positive integers: one line when the numbers are small, else a product and a sum.
func mulAdd(q, x, y int64) string {
	if short, ok := shortProduct(q, x); ok && short == "" && q*x < small {
		return fmt.Sprintf("%d*%d+%d=%d", q, x, y, q*x+y)
	}
	product, mul := Mul(Int(q), Int(x))
	_, add := Add(product, Int(y))
	return mul + "\n" + add
}

// AddFrac returns a+b and the working for it; the last line ends with the result.
//
//	1/6+3/8
//	6/8:2=3/4
//	4/24+9/24=13/24
//
// The denominators' reduced quotient 3/4 gives both factors: 1/6 takes 4, 3/8 takes 3.
func AddFrac(a, b Frac) (Frac, []string) {
	if a.isInt() && b.isInt() {
		_, working := Add(Int(a.N), Int(b.N))
		return Whole(a.N + b.N), []string{working}
	}
	if a.N == 0 || b.N == 0 {
		sum := Frac{a.N + b.N, a.D * b.D}
		return sum, []string{fmt.Sprintf("%v%s=%v", a, plus(b), sum)}
	}
	var lines []string
	ratio := Frac{a.D, b.D}
	if a.D != 1 && b.D != 1 && a.D != b.D {
		var working []string
		ratio, working = Reduce(a.D, b.D)
		lines = append([]string{a.String() + plus(b)}, working...)
	}
	if a.D == b.D {
		ratio = Whole(1)
	}
	x, w1 := times(a.N, ratio.D)
	y, w2 := times(b.N, ratio.N)
	d, w3 := times(a.D, ratio.D)
	lines = append(append(append(lines, w1...), w2...), w3...)
	head := a.String() + plus(b)
	if ratio.D != 1 || ratio.N != 1 {
		head = fmt.Sprintf("%d/%d%+d/%d", x, d, y, d)
		if len(lines) == 0 {
			head = a.String() + plus(b) + "=" + head
		}
	}
	sum, add := Add(Int(x), Int(y))
	if len(add) > shortLine {
		lines = append(lines, add)
	}
	f, working := Reduce(sum.V, d)
	lines = append(lines, fmt.Sprintf("%s=%d/%d", head, sum.V, d))
	if a.isInt() || b.isInt() || a.D != b.D && gcd(a.D, b.D) == 1 {
		working = nil // nothing can cancel
	}
	return f, append(lines, working...)
}

// MulFrac returns a*b and the working for it; the last line ends with the result. What cancels crosswise is cancelled
// first, so that the numbers stay small.
//
//	-5/6*(4/15)
//	5/15:5=1/3
//	4/6:2=2/3
//	-1*2/3/3=-2/9
func MulFrac(a, b Frac) (Frac, []string) {
	return mulFrac(a.String()+"*"+b.factor(), a, b)
}

// DivFrac returns a/b and the working for it, with b not 0; the last line ends with the result.
func DivFrac(a, b Frac) (Frac, []string) {
	if a.isInt() && b.isInt() {
		f, lines := Reduce(a.N, b.N)
		if lines == nil {
			lines = []string{f.String()}
		}
		return f, lines
	}
	flipped := Frac{b.D, b.N}
	if b.N < 0 {
		flipped = Frac{-b.D, -b.N}
	}
	head := a.String() + "/" + b.factor()
	if b.N != 1 && b.N != -1 || !a.isInt() {
		head += "=" + a.String() + "*" + flipped.factor()
	}
	return mulFrac(head, a, flipped)
}

func mulFrac(head string, a, b Frac) (Frac, []string) {
	if a.isInt() && b.isInt() {
		product, working := Mul(Int(a.N), Int(b.N))
		return Whole(product.V), []string{working}
	}
	if a.N == 0 || b.N == 0 {
		return Whole(0), []string{head + "=0"}
	}
	p, w1 := Reduce(abs(a.N), b.D)
	q, w2 := Reduce(abs(b.N), a.D)
	n, w3 := times(p.N, q.N)
	d, w4 := times(q.D, p.D)
	if (a.N < 0) != (b.N < 0) {
		n = -n
	}
	f := Frac{n, d}
	lines := append(append(append(w1, w2...), w3...), w4...)
	if len(lines) == 0 {
		return f, []string{head + "=" + f.String()}
	}
	return f, append(append([]string{head}, lines...), "="+f.String())
}

// shortLine is the length up to which a sum or product is not worth a line of its own within a longer working.
const shortLine = 12

// times returns x*y, and the working when it is long.
func times(x, y int64) (int64, []string) {
	product, working := Mul(Int(x), Int(y))
	if len(working) <= shortLine && !strings.Contains(working, "[") {
		return product.V, nil
	}
	return product.V, []string{working}
}

// plus writes b behind a sum: "+b" or "-|b|".
func plus(b Frac) string {
	if b.N < 0 {
		return b.String()
	}
	return "+" + b.String()
}

func gcd(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

func abs(n int64) int64 {
	if n < 0 {
		return -n
	}
	return n
}
