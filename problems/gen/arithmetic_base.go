package gen

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

// makeAddOrSubInBase asks for a sum or difference of integers written in a base from 2 to 16. The working is that of
// [Add], with the base before the scratch area:
//
//	2b-94=-(94-2b)=-15[49-b2=86]68
func makeAddOrSubInBase(r *rand.Rand, level float64) Item {
	base := 2 + r.IntN(15)
	bits := between(level, 4, 32)
	first := r.Float64() * bits
	a, b := bitSized(r, first), bitSized(r, bits-first)
	subtract := chance(r, 0.5)
	result, working := addInBase(a, b, subtract, base)
	sign := "+"
	if subtract {
		sign = "-"
	}
	name, named := map[int]string{2: "binary", 8: "octal", 16: "hexadecimal"}[base]
	casual := []string{
		"compute {1} {2} {3} in base {4}", "what's {1}{2}{3} in base {4}?", "{1} {2} {3} = ? (base {4})",
		"work out {1} {2} {3} in base {4}",
	}
	if named {
		casual = append(casual, "what is {1} {2} {3} in {5}?", "compute {1} {2} {3} in {5}")
	}
	question := wording(r, []string{"In base {4}, what is {1} {2} {3}?"}, casual)
	return Item{
		Problem:  spell(question, inBase(a, base), sign, inBase(b, base), base, name),
		Solution: working,
		Answer:   inBase(result, base),
	}
}

// bitSized draws an integer of either sign of about the given number of bits.
func bitSized(r *rand.Rand, bits float64) int64 {
	n := r.Int64N(int64(1) << (1 + int(bits)))
	if chance(r, 0.5) {
		return -n
	}
	return n
}

func inBase(n int64, base int) string { return strconv.FormatInt(n, base) }

// addInBase returns a+b, or a-b, and the working for it with all numbers in the base.
func addInBase(a, b int64, subtract bool, base int) (int64, string) {
	text := func(n int64) string { return inBase(n, base) }
	head := text(a) + "+" + text(b)
	switch {
	case subtract && b < 0:
		head = text(a) + "-(" + text(b) + ")"
	case subtract || b < 0:
		head = text(a) + "-" + text(abs(b))
	}
	if subtract {
		b = -b
	}
	sum := a + b
	sign := ""
	if sum < 0 {
		sign = "-"
	}
	x, y, op := abs(a), abs(b), byte('+')
	if a < 0 != (b < 0) {
		x, y, op = max(x, y), min(x, y), '-'
	}
	if inner := text(x) + string(op) + text(y); inner != head {
		head += "=" + sign + "(" + inner + ")"
	}
	return sum, fmt.Sprintf("%s=%s%d[%s]%s", head, sign, base, columnsInBase(x, y, op, base), text(abs(sum)))
}

// columnsInBase is [columns] for integers in a base.
func columnsInBase(a, b int64, op byte, base int) string {
	c := a + b
	if op == '-' {
		c = a - b
	}
	width := max(len(inBase(a, base)), len(inBase(b, base)))
	last := func(n int64) string {
		s := fmt.Sprintf("%0*s", width, inBase(n, base))
		var reversed strings.Builder
		for i := len(s) - 1; i >= 0; i-- {
			reversed.WriteByte(s[i])
		}
		return reversed.String()
	}
	return fmt.Sprintf("%s%c%s=%s", last(a), op, last(b), last(c))
}
