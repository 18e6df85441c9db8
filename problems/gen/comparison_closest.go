package gen

import (
	"math/big"
	"math/rand/v2"
	"strings"
)

// makeClosest separates the numbers below the target from those above it. Only the greatest below and the least above
// can be closest.
func makeClosest(r *rand.Rand, level float64) Item {
	target, all, closest, lines := drawClosest(r, level)
	letter, choices := choicesFor(r, all, closest)
	formal := []string{"What is the closest to {1} in {2}?", "What is the nearest to {1} in {2}?"}
	casual := []string{"which of {2} is closest to {1}?", "which is nearest to {1}: {2}?", "closest to {1} in {2}?"}
	if letter != "" {
		formal = []string{"Which is the closest to {1}?", "Which is the nearest to {1}?"}
		casual = []string{"which is closest to {1}?", "which one is nearest to {1}?"}
	}
	question := spell(wording(r, formal, casual), target.text, strings.Join(texts(all), ", "))
	return chosenItem(question+choices, lines, closest, letter)
}

// drawClosest draws a target and 3 to 5 different numbers of which one is visibly the closest.
func drawClosest(r *rand.Rand, level float64) (target seen, all []seen, closest seen, lines []string) {
	for {
		list := make([]quantity, 4+r.IntN(3))
		for i := range list {
			list[i] = drawListed(r, level, false)
		}
		looked, working, ok := lookAll(list)
		if !ok || !distinct(looked[1:]) {
			continue
		}
		target, all = looked[0], looked[1:]
		if closest, lines, ok = closestWorking(target, all); ok {
			return target, all, closest, append(working, lines...)
		}
	}
}

// closestWorking finds the number closest to the target. ok is false when two are equally close or the decimals that
// are shown mislead.
func closestWorking(target seen, all []seen) (closest seen, lines []string, ok bool) {
	var below, above []seen
	for _, s := range all {
		switch s.shown.cmp(target.shown) {
		case 0:
			return s, []string{"=" + s.shown.String()}, true
		case -1:
			below = append(below, s)
		case 1:
			above = append(above, s)
		}
	}
	var lower, upper seen
	if len(below) > 0 {
		var running string
		lower, running = extreme(below, 1)
		lines = append(lines, "below:"+shownList(below), "max:"+running)
	}
	if len(above) > 0 {
		var running string
		upper, running = extreme(above, -1)
		lines = append(lines, "above:"+shownList(above), "min:"+running)
	}
	switch {
	case len(above) == 0:
		return lower, lines, true
	case len(below) == 0:
		return upper, lines, true
	}
	down, w1 := Sub(target.shown, lower.shown)
	up, w2 := Sub(upper.shown, target.shown)
	order := down.cmp(up)
	lines = append(lines, w1, w2, down.String()+relation(order)+up.String())
	closest = lower
	if order > 0 {
		closest = upper
	}
	return closest, lines, order != 0 && order == middle(target.quantity, lower.quantity, upper.quantity)
}

// extreme is the greatest number of a list for side 1, the least for side -1, and the working for it: the extreme of
// the numbers up to each.
func extreme(all []seen, side int) (best seen, running string) {
	best = all[0]
	bests := make([]seen, len(all))
	for i, s := range all {
		if s.shown.cmp(best.shown) == side {
			best = s
		}
		bests[i] = best
	}
	return best, shownList(bests)
}

// middle is the order of the exact distances from target down to lower and up to upper.
func middle(target, lower, upper quantity) int {
	rat := func(q quantity) *big.Rat {
		n, d := q.ratio()
		return big.NewRat(n, d)
	}
	down := new(big.Rat).Sub(rat(target), rat(lower))
	return down.Cmp(new(big.Rat).Sub(rat(upper), rat(target)))
}
