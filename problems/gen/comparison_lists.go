package gen

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
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
// three decimals. Otherwise the integer part, by division, is enough for n > d; for n < d it is two decimals, and more until
// one is not 0.
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

// lookAll looks at the numbers of a list. The last line of the working is the list as it is seen from then on. ok is false
// when two numbers look the same or in the wrong order.
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

// insertionSort inserts the numbers one by one into a sorted list, and shows the list after each.
func insertionSort(all []seen, descending bool) (sorted []seen, working []string) {
	for _, s := range all {
		at, _ := slices.BinarySearchFunc(sorted, s, func(a, b seen) int {
			if descending {
				a, b = b, a
			}
			return a.shown.cmp(b.shown)
		})
		sorted = slices.Insert(sorted, at, s)
		if len(sorted) > 1 {
			working = append(working, shownList(sorted))
		}
	}
	return sorted, working
}

// drawList draws 3 to 7 different numbers whose order can be seen, integers or of all kinds, with the working of lookAll.
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

func makeSort(r *rand.Rand, level float64) Item {
	all, working := drawList(r, level)
	list := strings.Join(texts(all), ", ")
	form, descending := sortQuestion(r)
	sorted, steps := insertionSort(all, descending)
	answer := strings.Join(texts(sorted), ", ")
	lines := append([]string{direction(descending)}, working...)
	lines = append(append(lines, steps...), answer)
	return Item{Problem: spell(form, list), Solution: joinLines(lines...), Answer: answer}
}

func sortQuestion(r *rand.Rand) (form string, descending bool) {
	switch r.IntN(5) {
	case 0, 1:
		return wording(r,
			[]string{
				"Put {1} in descending order.", "Put {1} in decreasing order.", "Sort {1} in descending order.",
				"Sort {1} in decreasing order.",
			},
			[]string{"sort {1} from biggest to smallest.", "sort {1} descending", "order {1} from high to low."}), true
	case 2:
		return wording(r, []string{"Sort {1}."}, []string{"sort {1}", "order these numbers: {1}", "put {1} in order."}), false
	}
	return wording(r,
		[]string{
			"Put {1} in ascending order.", "Put {1} in increasing order.", "Sort {1} in ascending order.",
			"Sort {1} in increasing order.",
		},
		[]string{"sort {1} from smallest to biggest.", "sort {1} ascending", "order {1} from low to high."}), false
}

func direction(descending bool) string {
	if descending {
		return "down"
	}
	return "up"
}

var ordinals = []string{"", "second ", "third ", "fourth ", "fifth ", "sixth ", "seventh "}

// makeKthBiggest sorts from the end that the question names, and counts.
func makeKthBiggest(r *rand.Rand, level float64) Item {
	all, working := drawList(r, level)
	k := min(r.IntN(len(all)), r.IntN(len(all)+2))
	descending := chance(r, 0.5)
	sorted, steps := insertionSort(all, descending)
	adjective := "smallest"
	if descending {
		adjective = "biggest"
	}
	letter, choices := choicesFor(r, all, sorted[k])
	formal := []string{"What is the {1}{2} value in {3}?"}
	casual := []string{"{1}{2} of {3}?", "what is the {1}{2} number in {3}?", "find the {1}{2} of {3}."}
	if letter != "" {
		formal = []string{"Which is the {1}{2} value?"}
		casual = []string{"which is {1}{2}?", "which one is the {1}{2}?"}
	}
	counted := make([]string, k+1)
	for i := range counted {
		counted[i] = fmt.Sprintf("%d:%v", i+1, sorted[i].shown)
	}
	lines := append([]string{fmt.Sprintf("%s %d", direction(descending), k+1)}, working...)
	lines = append(append(lines, steps...), strings.Join(counted, ","))
	question := spell(wording(r, formal, casual), ordinals[k], adjective, strings.Join(texts(all), ", "))
	return chosenItem(question+choices, lines, sorted[k], letter)
}

// choicesFor makes the question one of choice in half of the draws: it writes the numbers as choices and names the letter of
// the wanted one.
func choicesFor(r *rand.Rand, all []seen, wanted seen) (letter, choices string) {
	if chance(r, 0.5) {
		return "", ""
	}
	for i, s := range all {
		mark := string(rune('a' + i))
		choices += "  (" + mark + ") " + s.text
		if s.text == wanted.text {
			letter = mark
		}
	}
	return letter, choices
}

// chosenItem ends the working with the number as the question writes it, and the letter of its choice.
func chosenItem(problem string, lines []string, chosen seen, letter string) Item {
	last, answer := chosen.text, chosen.text
	if letter != "" {
		last, answer = "("+letter+") "+chosen.text, letter
	}
	return Item{Problem: problem, Solution: joinLines(append(lines, last)...), Answer: answer}
}

// makeClosest separates the numbers below the target from those above it. Only the greatest below and the least above
// can be closest.
func makeClosest(r *rand.Rand, level float64) Item {
	var target seen
	var all, working []seen
	var lines []string
	var closest int
	for ok := false; !ok; {
		list := make([]quantity, 4+r.IntN(3))
		for i := range list {
			list[i] = drawListed(r, level, false)
		}
		var looked []string
		working, looked, ok = lookAll(list)
		if !ok {
			continue
		}
		target, all = working[0], working[1:]
		if !distinct(all) {
			ok = false
			continue
		}
		closest, lines, ok = closestWorking(target, all)
		lines = append(looked, lines...)
	}
	letter, choices := choicesFor(r, all, all[closest])
	formal := []string{"What is the closest to {1} in {2}?", "What is the nearest to {1} in {2}?"}
	casual := []string{"which of {2} is closest to {1}?", "which is nearest to {1}: {2}?", "closest to {1} in {2}?"}
	if letter != "" {
		formal = []string{"Which is the closest to {1}?", "Which is the nearest to {1}?"}
		casual = []string{"which is closest to {1}?", "which one is nearest to {1}?"}
	}
	question := spell(wording(r, formal, casual), target.text, strings.Join(texts(all), ", "))
	return chosenItem(question+choices, lines, all[closest], letter)
}

// closestWorking finds the number closest to the target. ok is false when two are equally close or the decimals that are
// shown mislead.
func closestWorking(target seen, all []seen) (closest int, lines []string, ok bool) {
	var below, above []seen
	var lower, upper seen
	for _, s := range all {
		switch s.shown.cmp(target.shown) {
		case 0:
			lines = append(lines, "="+s.shown.String())
			lower = s
		case -1:
			below = append(below, s)
		case 1:
			above = append(above, s)
		}
	}
	if len(lines) > 0 {
		return slices.Index(all, lower), lines, true
	}
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
		return slices.Index(all, lower), lines, true
	case len(below) == 0:
		return slices.Index(all, upper), lines, true
	}
	down, w1 := Sub(target.shown, lower.shown)
	up, w2 := Sub(upper.shown, target.shown)
	order := down.cmp(up)
	lines = append(lines, w1, w2, down.String()+relation(order)+up.String())
	chosen := lower
	if order > 0 {
		chosen = upper
	}
	if order != middle(target.quantity, lower.quantity, upper.quantity) {
		return 0, nil, false
	}
	return slices.Index(all, chosen), lines, order != 0
}

// extreme is the greatest number of a list for side 1, the least for side -1, and the working for it: the extreme of the
// numbers up to each.
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
