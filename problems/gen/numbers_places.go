package gen

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

var placeNames = []string{
	"units", "tens", "hundreds", "thousands", "ten thousands", "hundred thousands", "millions", "ten millions",
	"hundred millions", "billions",
}

// makePlaceValue names the digits from the last one up to the one that is asked for.
func makePlaceValue(r *rand.Rand, level float64) Item {
	n := withDigits(r, min(len(placeNames), sizeAt(r, level, 1, 11)))
	s := digits(n)
	place := r.IntN(len(s))
	var lines []string
	for k := range place + 1 {
		lines = append(lines, fmt.Sprintf("%s %c", placeNames[k], s[len(s)-1-k]))
	}
	form := wording(r,
		[]string{"What is the {1} digit of {2}?"},
		[]string{
			"{1} digit of {2}?", "which digit is in the {1} place of {2}?", "what is the {1} digit in {2}?",
			"find the {1} digit of {2}.",
		})
	return Item{
		Problem:  spell(form, placeNames[place], n),
		Solution: joinLines(lines...),
		Answer:   string(s[len(s)-1-place]),
	}
}

func makeRound(r *rand.Rand, level float64) Item {
	if chance(r, 0.5) {
		return makeRoundDecimal(r, level)
	}
	return makeRoundNearest(r, level)
}

var smallNumberNames = []string{"zero", "one", "two", "three", "four", "five", "six", "seven"}

// makeRoundDecimal numbers the decimals up to the one behind the cut, which decides.
func makeRoundDecimal(r *rand.Rand, level float64) Item {
	size := sizeAt(r, level, 2, 11)
	places := r.IntN(min(7, size) + 1)
	d := Dec{withDigits(r, size), places + 1 + r.IntN(min(6, size))}
	if d.V%10 == 0 || isTie(d.V, d.Scale-places) {
		d.V++
	}
	whole, decimals, _ := strings.Cut(d.String(), ".")
	marks := make([]string, places+1)
	for k := range marks {
		marks[k] = fmt.Sprintf("%d:%c", k+1, decimals[k])
	}
	kept := Dec{d.V / pow10(d.Scale-places), places}
	up := decimals[places] >= '5'
	rounded := kept
	decision := fmt.Sprintf("%c<5:%s", decimals[places], kept)
	if up {
		var working string
		rounded, working = Add(kept, Dec{1, places})
		decision = fmt.Sprintf("%c>=5:%s", decimals[places], working)
	}
	if chance(r, 0.5) {
		d = d.neg()
		rounded = rounded.neg()
	}
	answer := rounded.norm().String()
	lines := []string{fmt.Sprintf("%ddp", places), fmt.Sprintf("%s.|%s", whole, strings.Join(marks, ",")), decision, answer}
	return Item{Problem: decimalRoundQuestion(r, d, places), Solution: joinLines(lines...), Answer: answer}
}

func decimalRoundQuestion(r *rand.Rand, d Dec, places int) string {
	count := strconv.Itoa(places)
	if chance(r, 0.5) {
		count = smallNumberNames[places]
	}
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

var roundUnits = []string{"", "ten", "one hundred", "one thousand", "ten thousand", "one hundred thousand", "one million"}

// makeRoundNearest numbers the digits from the units up to the one that decides; what is left of it is kept.
func makeRoundNearest(r *rand.Rand, level float64) Item {
	places := min(6, sizeAt(r, level, 1, 8))
	places = 1 + r.IntN(places)
	v := withDigits(r, max(1, places+r.IntN(4+int(2*level))-1))
	scale := r.IntN(1 + int(3*level))
	d := Dec{v*pow10(scale) + r.Int64N(pow10(scale)), scale}.norm()
	if isTie(v, places) {
		v++
		d = Int(v)
	}
	s := digits(v)
	padded := strings.Repeat("0", max(0, places-len(s))) + s
	marks := make([]string, places)
	for k := range marks {
		marks[k] = fmt.Sprintf("%d:%c", k+1, padded[len(padded)-1-k])
	}
	kept := v / pow10(places)
	decides := padded[len(padded)-places]
	rounded := kept
	decision := fmt.Sprintf("%c<5:%d", decides, kept)
	if decides >= '5' {
		rounded = kept + 1
		_, working := Add(Int(kept), Int(1))
		decision = fmt.Sprintf("%c>=5:%s", decides, working)
	}
	result := Int(rounded * pow10(places))
	if chance(r, 0.5) {
		d, result = d.neg(), result.neg()
	}
	lines := []string{
		fmt.Sprintf("%d:%d zeros", pow10(places), places),
		fmt.Sprintf("%s|%d", strings.Join(marks, ","), kept), decision, result.String(),
	}
	return Item{
		Problem:  nearestQuestion(r, d, places),
		Solution: joinLines(lines...),
		Answer:   result.String(),
	}
}

func nearestQuestion(r *rand.Rand, d Dec, places int) string {
	unit := strconv.FormatInt(pow10(places), 10)
	if chance(r, 0.5) {
		unit = roundUnits[places]
	}
	form := wording(r,
		[]string{"What is {1} rounded to the nearest {2}?", "Round {1} to the nearest {2}."},
		[]string{
			"round {1} to the nearest {2}", "{1} to the nearest {2}?", "round off {1} to the nearest {2}.",
			"what is {1} to the nearest {2}?",
		})
	return spell(form, d, unit)
}

// isTie is true when the last cut digits of v are a 5 and zeros: halfway cases are rounded in more than one way, so none
// is drawn.
func isTie(v int64, cut int) bool { return v%pow10(cut) == pow10(cut)/2 }
