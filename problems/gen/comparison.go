package gen

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// quantity is a number as it stands in a question about order: an integer, a decimal or a fraction.
type quantity struct {
	text string
	dec  Dec  // its value unless it is a fraction
	frac Frac // its value if frac.D > 1
}

func decQuantity(d Dec) quantity { return quantity{text: d.String(), dec: d} }

func fracQuantity(f Frac) quantity {
	if f.isInt() {
		return decQuantity(Int(f.N))
	}
	return quantity{text: f.String(), frac: f}
}

func (q quantity) isFrac() bool { return q.frac.D > 1 }

// ratio is q as numerator and denominator.
func (q quantity) ratio() (int64, int64) {
	if q.isFrac() {
		return q.frac.N, q.frac.D
	}
	return q.dec.V, pow10(q.dec.Scale)
}

func (q quantity) sign() int {
	n, _ := q.ratio()
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}

func (q quantity) abs() quantity {
	if q.isFrac() {
		return fracQuantity(Frac{abs(q.frac.N), q.frac.D})
	}
	return decQuantity(q.dec.abs())
}

// compare is -1, 0 or 1 as q is less than, equal to or greater than other. The generator keeps the cross products in
// range.
func (q quantity) compare(other quantity) int {
	a, b := q.ratio()
	c, d := other.ratio()
	return Int(a * d).cmp(Int(c * b))
}

func relation(order int) string { return [3]string{"<", "=", ">"}[order+1] }

// compareDigits is the working that finds the order of two non-negative decimals: their digits in pairs from the last
// to the first, each pair with the order of what was read so far. A pair of equal digits keeps the order.
//
//	4567?4812=[72>61>58<44<]<
func compareDigits(x, y Dec) string {
	scale := max(x.Scale, y.Scale)
	width := max(len(digits(x.scaled(scale))), len(digits(y.scaled(scale))), scale+1)
	a, b := reversed(x.scaled(scale), width, scale), reversed(y.scaled(scale), width, scale)
	var steps strings.Builder
	verdict := "="
	for i := range a {
		if a[i] == '.' {
			steps.WriteByte('.')
			continue
		}
		if a[i] != b[i] {
			verdict = relation(Int(int64(a[i])).cmp(Int(int64(b[i]))))
		}
		fmt.Fprintf(&steps, "%c%c%s", a[i], b[i], verdict)
	}
	return fmt.Sprintf("%v?%v=[%s]%s", x, y, steps.String(), verdict)
}

// compareWorking finds the order of x and y: by sign, then by magnitude. The last line states it.
func compareWorking(x, y quantity) []string {
	result := x.text + relation(x.compare(y)) + y.text
	if x.sign() != y.sign() || x.sign() == 0 {
		return []string{result}
	}
	lines := compareMagnitudes(x.abs(), y.abs())
	if line := lines[len(lines)-1]; line == result {
		return lines
	}
	return append(lines, result)
}

// compareMagnitudes finds the order of two positive numbers. A fraction is seen to lie on the other side of 1, or is
// freed of its denominator.
func compareMagnitudes(x, y quantity) []string {
	switch {
	case !x.isFrac() && !y.isFrac():
		return []string{compareDigits(x.dec, y.dec)}
	case !x.isFrac():
		lines := compareMagnitudes(y, x)
		return append(lines, x.text+relation(x.compare(y))+y.text)
	}
	one := decQuantity(Int(1))
	result := x.text + relation(x.compare(y)) + y.text
	if side := x.compare(one); side != y.compare(one) || y.compare(one) == 0 {
		line := fmt.Sprintf("%d%s%d:%s%s1", x.frac.N, relation(side), x.frac.D, x.text, relation(side))
		if y.isFrac() {
			line += fmt.Sprintf("\n%d%s%d:%s%s1", y.frac.N, relation(-side), y.frac.D, y.text, relation(-side))
		}
		return []string{line, result}
	}
	left, right := Int(x.frac.N), y.dec
	var lines []string
	if y.isFrac() {
		var working string
		left, working = Mul(left, Int(y.frac.D))
		lines = append(lines, working)
		right = Int(y.frac.N)
	}
	right, working := Mul(right, Int(x.frac.D))
	return append(lines, working, compareDigits(left, right), result)
}

// relationWords are the ways to ask whether a relation holds: as a sign, and in words.
var relationWords = []struct {
	sign  string
	holds func(order int) bool
	forms []string
}{
	{"<", func(o int) bool { return o < 0 }, []string{
		"Is {1} < {2}?", "Is {1} less than {2}?", "Is {1} smaller than {2}?",
	}},
	{">", func(o int) bool { return o > 0 }, []string{
		"Is {1} > {2}?", "Is {1} greater than {2}?", "Is {1} bigger than {2}?",
	}},
	{"<=", func(o int) bool { return o <= 0 }, []string{
		"Is {1} <= {2}?", "Is {1} less than or equal to {2}?", "Is {1} at most {2}?", "Is {1} at most as big as {2}?",
	}},
	{">=", func(o int) bool { return o >= 0 }, []string{
		"Is {1} >= {2}?", "Is {1} greater than or equal to {2}?", "Is {1} at least {2}?", "Is {1} at least as big as {2}?",
	}},
	{"=", func(o int) bool { return o == 0 }, []string{
		"Does {1} = {2}?", "Is {1} equal to {2}?", "Are {1} and {2} equal?", "Do {1} and {2} have the same value?",
	}},
	{"!=", func(o int) bool { return o != 0 }, []string{
		"Is {1} != {2}?", "Is {1} not equal to {2}?", "Are {1} and {2} unequal?", "Are {1} and {2} nonequal?",
		"Are {1} and {2} non-equal?", "Do {1} and {2} have different values?",
	}},
}

// makePair asks which of two numbers is greater, or whether a relation holds between them. The first line writes the
// question with a sign.
func makePair(r *rand.Rand, level float64) Item {
	x, y := drawPair(r, level)
	if chance(r, 0.5) {
		x, y = y, x
	}
	order := x.compare(y)
	var form, head, answer string
	if order != 0 && chance(r, 0.48) {
		form, head, answer = whichQuestion(r, x, y)
	} else {
		words := relationWords[r.IntN(len(relationWords))]
		asked := "{1} " + words.sign + " {2}"
		casual := []string{"is " + asked + "?", asked + "?", "true or false: " + asked}
		form = wording(r, words.forms, casual)
		head = x.text + words.sign + y.text + "?"
		answer = truth(words.holds(order))
	}
	return Item{
		Problem:  spell(form, x.text, y.text),
		Solution: joinLines(append([]string{head}, compareWorking(x, y)...)...),
		Answer:   answer,
	}
}

func whichQuestion(r *rand.Rand, x, y quantity) (form, head, answer string) {
	bigger, smaller := x, y
	if x.compare(y) < 0 {
		bigger, smaller = y, x
	}
	if chance(r, 0.5) {
		form = wording(r,
			[]string{"Which is smaller: {1} or {2}?"},
			[]string{
				"which is smaller, {1} or {2}?", "which is less: {1} or {2}?", "min({1}, {2})", "smaller of {1} and {2}?",
			})
		return form, fmt.Sprintf("min(%s,%s)", x.text, y.text), smaller.text
	}
	form = wording(r,
		[]string{"Which is bigger: {1} or {2}?", "Which is greater: {1} or {2}?"},
		[]string{
			"which is bigger, {1} or {2}?", "which is larger: {1} or {2}?", "max({1}, {2})", "larger of {1} and {2}?",
		})
	return form, fmt.Sprintf("max(%s,%s)", x.text, y.text), bigger.text
}

// drawPair draws two numbers to compare: close integers, a fraction with an integer close to it, a fraction with -1, 0
// or 1, or two numbers of any kinds.
func drawPair(r *rand.Rand, level float64) (quantity, quantity) {
	switch r.IntN(8) {
	case 0, 1, 2:
		return drawCloseIntegers(r, level)
	case 3:
		f := drawFrac(r, withDigits(r, sizeAt(r, level, 1, 7)), 1+withDigits(r, sizeAt(r, level, 1, 4)))
		return fracQuantity(f), decQuantity(Int(f.N/f.D + r.Int64N(3) - 1))
	case 4, 5:
		f := drawFrac(r, withDigits(r, sizeAt(r, level, 1, 4)), 1+withDigits(r, sizeAt(r, level, 1, 8)))
		return fracQuantity(f), decQuantity(Int(r.Int64N(3) - 1))
	}
	return drawQuantity(r, level), drawQuantity(r, level)
}

// drawCloseIntegers draws two integers that are equal, or differ in their last digits or by up to a twentieth.
func drawCloseIntegers(r *rand.Rand, level float64) (quantity, quantity) {
	n := withDigits(r, sizeAt(r, level, 1, 9))
	m := n
	switch kind := r.IntN(10); {
	case kind < 2:
	case kind < 5 && n > 1000:
		m += r.Int64N(n/10) - n/20
	default:
		m += r.Int64N(1+min(n, 20)) - min(n, 20)/2
	}
	if chance(r, 0.4) {
		n, m = -n, -m
	}
	return decQuantity(Int(n)), decQuantity(Int(m))
}

// drawFrac is n/d in lowest terms, of either sign.
func drawFrac(r *rand.Rand, n, d int64) Frac {
	g := gcd(n, d)
	f := Frac{n / g, d / g}
	if chance(r, 0.5) {
		f = f.neg()
	}
	return f
}

// drawQuantity draws an integer, a decimal or a fraction of any size that suits the level.
func drawQuantity(r *rand.Rand, level float64) quantity {
	size := sizeAt(r, level, 1, 7)
	v := withDigits(r, 1+r.IntN(size))
	if chance(r, 0.45) {
		v = -v
	}
	switch r.IntN(4) {
	case 0:
		return decQuantity(Dec{v, 1 + r.IntN(len(digits(v))+1)}.norm())
	case 1:
		return fracQuantity(drawFrac(r, abs(v), 1+withDigits(r, 1+r.IntN(min(3, size)))))
	}
	return decQuantity(Int(v))
}
