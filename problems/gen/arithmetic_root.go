package gen

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
)

var rootNames = []string{
	2: "square root", 3: "cube root", 4: "fourth root", 5: "fifth root", 6: "sixth root", 7: "seventh root",
	8: "eighth root", 9: "ninth root", 10: "tenth root",
}

// makeNearestRoot asks for the root of an integer, the square root up to the tenth, to the nearest integer.
func makeNearestRoot(r *rand.Rand, level float64) Item {
	k := 2 + r.IntN(2)
	if chance(r, 0.4) {
		k = 4 + r.IntN(7)
	}
	n := 2 + r.Int64N(pow10(sizeAround(r, level, 2, 10)))
	root, lines, ok := nearestRoot(n, k)
	for !ok {
		n++
		root, lines, ok = nearestRoot(n, k)
	}
	name := rootNames[k]
	if k == 3 && chance(r, 0.5) {
		name = "third root"
	}
	formal := "What is the {2} of {1} to the nearest integer?"
	if chance(r, 0.5) {
		formal = "What is {1} to the power of 1/{3}, to the nearest integer?"
	}
	casual := []string{
		"{2} of {1} to the nearest integer?", "what's the {2} of {1}, rounded to the nearest whole number?",
		"round the {2} of {1} to the nearest integer", "nearest integer to {1}^(1/{3})?",
	}
	if k == 2 {
		casual = append(casual, "sqrt({1}) to the nearest integer?", "what is sqrt({1}) rounded to an integer?")
	}
	return Item{
		Problem:  spell(wording(r, []string{formal}, casual), n, name, k),
		Solution: joinLines(lines...),
		Answer:   strconv.FormatInt(root, 10),
	}
}

// tableRoot is the root above which cube and fourth roots are found digit by digit.
const tableRoot = 20

// nearestRoot returns the integer nearest to the k-th root of n, k at least 2, and the working for it. It reports false
// for the few n so near to the middle of two powers that the working would need more digits.
//
// Square and cube roots, and by two square roots fourth roots, come digit by digit. Other roots are small and stand
// between powers, of which only the integer part is written:
//
//	8.5^7=3205770<6966747
//	9.5^7=6983372>6966747
func nearestRoot(n int64, k int) (root int64, lines []string, ok bool) {
	root = floorRoot(n, k)
	if halfPower(root, k) < n {
		root++
	}
	switch {
	case k == 2:
		x, rest, lines := squareRoot(n)
		return root, append(lines, roundUp(rest, x, root)), true
	case k > 4 || root <= tableRoot:
		low, high := halfPower(root-1, k), halfPower(root, k)
		return root, []string{
			fmt.Sprintf("%d.5^%d=%d<%d", root-1, k, low, n),
			fmt.Sprintf("%d.5^%d=%d>%d", root, k, high, n),
		}, n < high
	case k == 4:
		half, _, lines := squareRoot(n)
		x, rest, more := squareRoot(half)
		return root, append(append(lines, more...), roundUp(rest, x, root)), rest != x
	}
	// x is to be rounded up when n > (x+1/2)^3, about x^3 + 3x^2/2.
	x, rest, lines := cubeRoot(n)
	_, square := Mul(Int(x), Int(x))
	_, triple := Mul(Int(x*x), Int(3))
	_, double := Mul(Int(rest), Int(2))
	return root, append(lines, square, triple, double, roundUp(2*rest, 3*x*x, root)), root > x == (2*rest > 3*x*x)
}

// roundUp is the last line of a root: it is rounded up when what is left is greater than the bound.
func roundUp(left, bound, root int64) string {
	if left > bound {
		return fmt.Sprintf("%d>%d:%d", left, bound, root)
	}
	return fmt.Sprintf("%d<=%d:%d", left, bound, root)
}

// squareRoot returns the integer part x of the square root of n, n-x^2, and the working: a line for each digit of x. It
// states the value to go on with, which ends in the next two digits of n, and, from the second line on, twice the
// root so far; then the new digit, the product of the two, joined, with the digit, and what that leaves:
//
//	11:3;3*3=9;11-9=2
//	229:6_3;63*3=189;229-189=40
//	4056:2*33=66_6;666*6=3996;4056-3996=60
func squareRoot(n int64) (x, rest int64, lines []string) {
	for i, group := range groups(n, 2) {
		rest = rest*100 + group
		d := int64(9)
		for (20*x+d)*d > rest {
			d--
		}
		head := fmt.Sprintf("%d:", rest)
		switch {
		case i > 0 && x < 10:
			head += fmt.Sprintf("%d_", 2*x)
		case i > 0:
			head += fmt.Sprintf("2*%d=%d_", x, 2*x)
		}
		lines = append(lines, head+takeAway(rest, d, 20*x+d, d))
		rest -= (20*x + d) * d
		x = 10*x + d
	}
	return x, rest, lines
}

// cubeRoot returns the integer part x of the cube root of n, n-x^3, and the working: a line for each digit d of x. For
// a root a so far and the digit d it takes away (10a+d)^3-(10a)^3 = (300a^2+(30a+d)d)d:
//
//	97:4;16*4=64;97-64=33
//	33871:4*4=16;16*3=48_;6;126*6=756;4800+756=5556;5556*6=33336;33871-33336=535
func cubeRoot(n int64) (x, rest int64, lines []string) {
	for i, group := range groups(n, 3) {
		rest = rest*1000 + group
		d := int64(9)
		for (300*x*x+(30*x+d)*d)*d > rest {
			d--
		}
		head := fmt.Sprintf("%d:", rest)
		taken := d * d
		if i > 0 {
			_, square := Mul(Int(x), Int(x))
			_, triple := Mul(Int(x*x), Int(3))
			head += square + ";" + triple + "_;"
			taken = 300*x*x + (30*x+d)*d
		}
		if i > 0 && d > 0 {
			product, mul := Mul(Int(30*x+d), Int(d))
			_, add := Add(Int(300*x*x), product)
			head += fmt.Sprintf("%d;%s;%s;", d, mul, add)
			_, mul = Mul(Int(taken), Int(d))
			_, sub := Sub(Int(rest), Int(taken*d))
			head += mul + ";" + sub
		} else {
			head += takeAway(rest, d, taken, d)
		}
		lines = append(lines, head)
		rest -= taken * d
		x = 10*x + d
	}
	return x, rest, lines
}

// takeAway states the digit d of a root and the working of rest-a*d.
func takeAway(rest, d, a, b int64) string {
	if d == 0 {
		return "0"
	}
	product, mul := Mul(Int(a), Int(b))
	_, sub := Sub(Int(rest), product)
	return fmt.Sprintf("%d;%s;%s", d, mul, sub)
}

// groups cuts n into groups of size digits, the first possibly shorter.
func groups(n int64, size int) []int64 {
	var cut []int64
	for base := pow10(size); n > 0; n /= base {
		cut = append(cut, n%base)
	}
	slices.Reverse(cut)
	return cut
}

// floorRoot returns the integer part of the k-th root of n.
func floorRoot(n int64, k int) int64 {
	root := int64(math.Pow(float64(n), 1/float64(k))) + 1
	for integerPower(root, k) > n {
		root--
	}
	return root
}

// halfPower returns the integer part of (x+1/2)^k.
func halfPower(x int64, k int) int64 { return integerPower(2*x+1, k) >> k }

func integerPower(x int64, k int) int64 {
	p := int64(1)
	for range k {
		p *= x
	}
	return p
}
