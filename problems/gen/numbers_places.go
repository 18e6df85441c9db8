package gen

import (
	"fmt"
	"math/rand/v2"
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
