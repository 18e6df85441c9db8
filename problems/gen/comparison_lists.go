package gen

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// The families of this file compare the numbers of a list. Fractions are first written as decimals, cut off where they
// are long; a list in which that hides the order is not drawn.

// seen is a number as the working shows it: an integer or a decimal.
type seen struct {
	quantity
	shown Dec
}

// look returns q as the working shows it, and the working for that if there is any.
func look(q quantity) (seen, []string) {
	if !q.isFrac() {
		return seen{q, q.dec}, nil
	}
	shown, working := expand(abs(q.frac.N), q.frac.D)
	if q.frac.N < 0 {
		shown = shown.neg()
	}
	return seen{q, shown}, working
}

// expand is the decimal expansion of n/d, cut off, and the working for it: a quotient of small numbers is stated with
// three decimals. Otherwise the integer part, by division, is enough for n > d; for n < d it is two decimals, and more
// until one is not 0.
func expand(n, d int64) (Dec, []string) {
	if d <= 12 && n < 100 {
		return Dec{n * 1000 / d, 3}.norm(), nil
	}
	if n > d {
		q, _, working := DivMod(n, d)
		return Int(q), []string{working}
	}
	var steps []string
	value, rest := Int(0), n
	for value.Scale < 2 || value.V == 0 {
		rest *= 10
		digit := rest / d
		value = Dec{value.V*10 + digit, value.Scale + 1}
		step := fmt.Sprintf("%d:%d", rest, digit)
		if digit > 0 {
			product, mul := Mul(Int(d), Int(digit))
			_, sub := Sub(Int(rest), product)
			step += ";" + mul + ";" + sub
		}
		rest -= digit * d
		steps = append(steps, step)
	}
	return value.norm(), []string{fmt.Sprintf("%d/%d={%s}%v", n, d, strings.Join(steps, ","), value.norm())}
}

// lookAll looks at the numbers of a list. The last line of the working is the list as it is seen from then on. ok is
// false when two numbers look the same or in the wrong order.
func lookAll(list []quantity) (all []seen, working []string, ok bool) {
	for _, q := range list {
		s, lines := look(q)
		all, working = append(all, s), append(working, lines...)
	}
	for i, a := range all {
		for _, b := range all[:i] {
			if a.shown.cmp(b.shown) != a.compare(b.quantity) {
				return nil, nil, false
			}
		}
	}
	return all, append(working, shownList(all)), true
}

func shownList(all []seen) string {
	parts := make([]string, len(all))
	for i, s := range all {
		parts[i] = s.shown.String()
	}
	return strings.Join(parts, ",")
}

func texts(all []seen) []string {
	parts := make([]string, len(all))
	for i, s := range all {
		parts[i] = s.text
	}
	return parts
}

// drawList draws 3 to 7 different numbers whose order can be seen, integers or of all kinds, with the working of
// lookAll.
func drawList(r *rand.Rand, level float64) ([]seen, []string) {
	n := min(7, 3+r.IntN(sizeAt(r, level, 2, 6)))
	for {
		integers := chance(r, 0.3)
		list := make([]quantity, n)
		for i := range list {
			list[i] = drawListed(r, level, integers)
		}
		if all, working, ok := lookAll(list); ok && distinct(all) {
			return all, working
		}
	}
}

func distinct(all []seen) bool {
	for i, a := range all {
		for _, b := range all[:i] {
			if a.compare(b.quantity) == 0 {
				return false
			}
		}
	}
	return true
}

// drawListed draws a number for a list.
func drawListed(r *rand.Rand, level float64, integer bool) quantity {
	n := r.Int64N(11) - 5
	switch kind := r.IntN(20); {
	case integer && kind < 11, kind < 8:
		return decQuantity(Int(n))
	case integer || kind < 11:
		v := withDigits(r, sizeAt(r, level, 1, 1+r.IntN(6)))
		if chance(r, 0.5) {
			v = -v
		}
		return decQuantity(Int(v))
	case kind < 14:
		if n == 0 {
			n = 1
		}
		return decQuantity(Dec{n, 1 + r.IntN(1+int(1.5*level))}.norm())
	case kind < 15:
		d := decQuantity(Dec{withDigits(r, sizeAt(r, level, 1, 6)), 1 + r.IntN(1+int(4*level))}.norm())
		if chance(r, 0.5) {
			return decQuantity(d.dec.neg())
		}
		return d
	case kind < 18 || level < 0.4:
		return fracQuantity(drawFrac(r, 1+r.Int64N(5), 2+r.Int64N(10)))
	}
	n, d := withDigits(r, 1+r.IntN(sizeAt(r, level, 1, 4))), 2+withDigits(r, 1+r.IntN(sizeAt(r, level, 1, 4)))
	return fracQuantity(drawFrac(r, n, d))
}
