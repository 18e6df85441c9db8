package gen

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// This file is what families share in drawing an item: sizes for a level, the wording, the length limit.

// longestItem bounds question, solution and answer together, in bytes.
const longestItem = 480

// fitting draws until an item is short enough. Each failure lowers the level a little, so that it ends.
func fitting(draw func(*rand.Rand, float64) Item) func(*rand.Rand, float64) Item {
	return func(r *rand.Rand, level float64) Item {
		for {
			item := draw(r, level)
			if len(item.Problem)+len(item.Solution)+len(item.Answer) <= longestItem {
				return item
			}
			level *= 0.98
		}
	}
}

// wording picks how a question is put: usually one of the data set's forms, in a quarter of the draws as a person would
// type it. [spell] fills it in.
func wording(r *rand.Rand, formal, casual []string) string {
	if r.IntN(4) > 0 {
		return formal[r.IntN(len(formal))]
	}
	form := casual[r.IntN(len(casual))]
	switch r.IntN(8) {
	case 0:
		return strings.TrimRight(form, "?.")
	case 1:
		return strings.TrimRight(form, "?.") + " please"
	case 2:
		return strings.ToUpper(form[:1]) + form[1:]
	}
	return form
}

// spell fills in the places {1}, {2}, ... of a wording.
func spell(form string, args ...any) string {
	for i, arg := range args {
		form = strings.ReplaceAll(form, fmt.Sprintf("{%d}", i+1), fmt.Sprint(arg))
	}
	return form
}

// between goes from easy at level 0 to hard at level 1.
func between(level, easy, hard float64) float64 { return easy + level*(hard-easy) }

// sizeAt is a number of digits (or of items) for a level: near low at level 0, near high at level 1.
func sizeAt(r *rand.Rand, level float64, low, high int) int {
	top := float64(low) + level*float64(high-low)
	return max(low, int(top+1.5-2.5*r.Float64()))
}

// withDigits draws a positive integer of exactly n digits.
func withDigits(r *rand.Rand, n int) int64 {
	low := pow10(n - 1)
	return low + r.Int64N(9*low)
}

// chance is true with probability p.
func chance(r *rand.Rand, p float64) bool { return r.Float64() < p }

// pick returns one of the choices.
func pick[T any](r *rand.Rand, choices ...T) T { return choices[r.IntN(len(choices))] }

// weighted returns an index, each in proportion to its weight.
func weighted(r *rand.Rand, weights ...int) int {
	total := 0
	for _, w := range weights {
		total += w
	}
	n := r.IntN(total)
	for i, w := range weights {
		if n -= w; n < 0 {
			return i
		}
	}
	return 0
}

func joinLines(lines ...string) string { return strings.Join(lines, "\n") }
