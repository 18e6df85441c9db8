package gen

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

func makeRound(r *rand.Rand, level float64) Item {
	if chance(r, 0.5) {
		return makeRoundDecimal(r, level)
	}
	return makeRoundNearest(r, level)
}

// roundKept is what is kept of a number, rounded up by a unit if the first digit behind it is at least 5, and the
// working.
func roundKept(kept, unit Dec, behind byte) (Dec, string) {
	if behind < '5' {
		return kept, fmt.Sprintf("%c<5:%v", behind, kept)
	}
	rounded, working := Add(kept, unit)
	return rounded, fmt.Sprintf("%c>=5:%s", behind, working)
}

// numbered writes digits with their numbers, from 1.
func numbered(digits string) string {
	marks := make([]string, len(digits))
	for i := range digits {
		marks[i] = fmt.Sprintf("%d:%c", i+1, digits[i])
	}
	return strings.Join(marks, ",")
}

// makeRoundDecimal numbers the decimals up to the one behind the cut, which decides.
func makeRoundDecimal(r *rand.Rand, level float64) Item {
	size := sizeAt(r, level, 2, 11)
	places := r.IntN(min(7, size) + 1)
	d := Dec{withDigits(r, size), places + 1 + r.IntN(min(6, size))}
	if d.V%10 == 0 || isTie(d.V, d.Scale-places) {
		d.V++
	}
	whole, decimals, _ := strings.Cut(d.String(), ".")
	kept := Dec{d.V / pow10(d.Scale-places), places}
	rounded, decision := roundKept(kept, Dec{1, places}, decimals[places])
	if chance(r, 0.5) {
		d, rounded = d.neg(), rounded.neg()
	}
	answer := rounded.norm().String()
	return Item{
		Problem:  decimalRoundQuestion(r, d, places),
		Solution: joinLines(fmt.Sprintf("%ddp", places), whole+".|"+numbered(decimals[:places+1]), decision, answer),
		Answer:   answer,
	}
}

var smallNumberNames = strings.Fields("zero one two three four five six seven")

func decimalRoundQuestion(r *rand.Rand, d Dec, places int) string {
	count := pick(r, strconv.Itoa(places), smallNumberNames[places])
	unit := pick(r, "decimal place", "dp")
	if places != 1 {
		unit += "s"
	}
	target := "to " + count + " " + unit
	if places == 0 && chance(r, 0.5) {
		target = "to the nearest integer"
	}
	form := wording(r,
		[]string{"What is {1} rounded {2}?", "Round {1} {2}."},
		[]string{"round {1} {2}", "{1} rounded {2}", "round off {1} {2}.", "what is {1} rounded {2}?"})
	return spell(form, d, target)
}

// makeRoundNearest numbers the digits from the units up to the one that decides, and keeps what is left of it.
func makeRoundNearest(r *rand.Rand, level float64) Item {
	places := 1 + r.IntN(min(6, sizeAt(r, level, 1, 8)))
	v := withDigits(r, max(1, places+r.IntN(4+int(2*level))-1))
	scale := r.IntN(1 + int(3*level))
	d := Dec{v*pow10(scale) + r.Int64N(pow10(scale)), scale}.norm()
	if isTie(v, places) {
		v++
		d = Int(v)
	}
	last := reversed(v, places, 0)[:places]
	kept := Int(v / pow10(places))
	rounded, decision := roundKept(kept, Int(1), last[places-1])
	result := Int(rounded.V * pow10(places))
	if chance(r, 0.5) {
		d, result = d.neg(), result.neg()
	}
	answer := result.String()
	return Item{
		Problem: nearestQuestion(r, d, places),
		Solution: joinLines(fmt.Sprintf("%d:%d zeros", pow10(places), places), fmt.Sprintf("%s|%v", numbered(last), kept),
			decision, answer),
		Answer: answer,
	}
}

var roundUnits = []string{
	"", "ten", "one hundred", "one thousand", "ten thousand", "one hundred thousand", "one million",
}

func nearestQuestion(r *rand.Rand, d Dec, places int) string {
	unit := pick(r, strconv.FormatInt(pow10(places), 10), roundUnits[places])
	form := wording(r,
		[]string{"What is {1} rounded to the nearest {2}?", "Round {1} to the nearest {2}."},
		[]string{
			"round {1} to the nearest {2}", "{1} to the nearest {2}?", "round off {1} to the nearest {2}.",
			"what is {1} to the nearest {2}?",
		})
	return spell(form, d, unit)
}

// isTie is true when the last cut digits of v are a 5 and zeros: halfway cases are rounded in more than one way, so
// none is drawn.
func isTie(v int64, cut int) bool { return v%pow10(cut) == pow10(cut)/2 }
