package gen

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

func makeBaseConversion(r *rand.Rand, level float64) Item {
	n := r.Int64N(pow10(min(6, sizeAt(r, level, 1, 7))))
	from := 2 + r.IntN(15)
	to := 2 + r.IntN(15)
	for to == from {
		to = 2 + r.IntN(15)
	}
	text, answer := strconv.FormatInt(n, from), strconv.FormatInt(n, to)
	lines := regroup(text, from, to)
	if lines == nil {
		lines = append(fromBase(text, from), toBase(n, to)...)
	}
	if n > 0 && chance(r, 0.5) {
		text, answer = "-"+text, "-"+answer
	}
	form := wording(r,
		[]string{
			"What is {1} (base {2}) in base {3}?", "Convert {1} (base {2}) to base {3}.", "{1} (base {2}) to base {3}",
		},
		[]string{
			"convert {1} from base {2} to base {3}.", "write {1} (base {2}) in base {3}.", "{1} from base {2} to base {3}?",
			"base {2} number {1} in base {3}?",
		})
	return Item{
		Problem:  spell(form, text, from, to),
		Solution: joinLines(append(lines, answer)...),
		Answer:   answer,
	}
}

// fromBase evaluates the digits of text, one multiplication and addition a digit, into a decimal number.
func fromBase(text string, base int) []string {
	if base == 10 {
		return nil
	}
	var lines []string
	value := int64(0)
	for i := range text {
		digit := digitValue(text[i])
		if digit > 9 {
			lines = append(lines, fmt.Sprintf("%c=%d", text[i], digit))
		}
		next := value*int64(base) + digit
		switch {
		case i == 0:
		case base == 2: // Doubling carries from the right neighbour at most: it is stated.
			lines = append(lines, fmt.Sprintf("2*%d+%d=%d", value, digit, next))
		case digit == 0:
			_, working := Mul(Int(int64(base)), Int(value))
			lines = append(lines, working)
		default:
			lines = append(lines, mulAdd(int64(base), value, digit))
		}
		value = next
	}
	return lines
}

// toBase divides n by the base until nothing is left; the remainders, last first, are the digits.
func toBase(n int64, base int) []string {
	if base == 10 {
		return nil
	}
	var lines []string
	for n > 0 {
		working := statedDivision(n, int64(base))
		if n < int64(base) {
			working = fmt.Sprintf("%d/%d=0r%d", n, base, n)
		}
		if base == 2 {
			working = halving(n)
		}
		rest := n % int64(base)
		if rest > 9 {
			working += "=" + strconv.FormatInt(rest, base)
		}
		lines = append(lines, working)
		n /= int64(base)
	}
	return lines
}

// regroup converts between powers of 2, or of 3, over the digits of the common base: each digit is looked up. It is nil
// for other bases.
func regroup(text string, from, to int) []string {
	fromWidth, fromRoot := powerOf(from)
	toWidth, toRoot := powerOf(to)
	if fromRoot == 0 || fromRoot != toRoot {
		return nil
	}
	var lines []string
	small := text
	if fromWidth > 1 {
		parts := make([]string, len(text))
		for i := range text {
			parts[i] = padLeft(strconv.FormatInt(digitValue(text[i]), fromRoot), fromWidth)
		}
		lines = append(lines, strings.Join(parts, "."))
		small = strings.Join(parts, "")
	}
	if toWidth == 1 {
		return lines
	}
	// The groups are cut from the right.
	var groups []string
	small = padLeft(small, (len(small)+toWidth-1)/toWidth*toWidth)
	for i := 0; i < len(small); i += toWidth {
		v, _ := strconv.ParseInt(small[i:i+toWidth], fromRoot, 64)
		groups = append(groups, small[i:i+toWidth]+":"+strconv.FormatInt(v, to))
	}
	slices.Reverse(groups)
	return append(lines, strings.Join(groups, ","))
}

// powerOf writes a base as root^width for the root 2 or 3; the root is 0 for any other base.
func powerOf(base int) (width, root int) {
	switch base {
	case 2, 4, 8, 16:
		return len(strconv.FormatInt(int64(base), 2)) - 1, 2
	case 3:
		return 1, 3
	case 9:
		return 2, 3
	}
	return 0, 0
}

func digitValue(c byte) int64 {
	v, _ := strconv.ParseInt(string(c), 36, 64)
	return v
}

func padLeft(s string, width int) string {
	return strings.Repeat("0", max(0, width-len(s))) + s
}
