package gen

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

var (
	denominatorNames = map[int64]string{
		2: "half", 3: "third", 4: "quarter", 5: "fifth", 6: "sixth", 7: "seventh", 8: "eighth", 9: "ninth", 10: "tenth",
		15: "fifteenth", 16: "sixteenth", 20: "twentieth",
	}
	partDenominators = []int64{2, 2, 3, 4, 4, 5, 5, 5, 6, 7, 8, 8, 9, 10, 10, 15, 16, 20, 20, 24, 25, 25, 40, 50}
	unitNames        = strings.Fields("zero one two three four five six seven eight nine ten eleven twelve thirteen " +
		"fourteen fifteen sixteen seventeen eighteen nineteen")
	tenStems = strings.Fields("- - twen thir four fif six seven eigh nine")
)

// numberName spells n < 100 with a hyphen, and 40 after four, as the data set does.
func numberName(n int64) string {
	switch {
	case n < 20:
		return unitNames[n]
	case n%10 == 0:
		return tenStems[n/10] + "ty"
	}
	return tenStems[n/10] + "ty-" + unitNames[n%10]
}

// convertPart asks for a fraction of a unit in a smaller one. It multiplies the factors, divides by the denominator and
// multiplies by the numerator.
func convertPart(r *rand.Rand, chain []unit) Item {
	total := int64(1)
	for k, u := range chain[:len(chain)-1] {
		if total*u.perNext > 1e6 {
			chain = chain[:k+1]
			break
		}
		total *= u.perNext
	}
	part := drawPart(r, total)
	lines := []string{fmt.Sprintf("%v %s", part, plan(chain, "*", false))}
	value := int64(1)
	for k, u := range chain[:len(chain)-1] {
		if k > 0 {
			_, working := scaleUp(Int(value), u.perNext)
			lines = append(lines, working)
		}
		value *= u.perNext
	}
	share := total / part.D
	_, _, division := DivMod(total, part.D)
	if total >= 100 && part.D < 32 {
		division = statedDivision(total, part.D)
	}
	lines = append(lines, division)
	if part.N > 1 {
		_, working := Mul(Int(share), Int(part.N))
		lines = append(lines, working)
	}
	from, to := chain[0], chain[len(chain)-1]
	form := wording(r,
		[]string{"What is {1} of a {2} in {3}?", "How many {3} are there in {1} of a {2}?"},
		[]string{"how many {3} in {1} of a {2}?", "{1} of a {2} in {3}?", "convert {1} of a {2} to {3}."})
	return Item{
		Problem:  spell(form, partText(r, part), from.one, to.many),
		Solution: joinLines(lines...),
		Answer:   strconv.FormatInt(share*part.N, 10),
	}
}

// drawPart draws a fraction whose denominator divides total.
func drawPart(r *rand.Rand, total int64) Frac {
	for {
		d := pick(r, partDenominators...)
		n := 1 + r.Int64N(7*d)
		if d > 10 {
			n = 1 + r.Int64N(d)
		}
		if n < 100 && total%d == 0 && gcd(n, d) == 1 {
			return Frac{n, d}
		}
	}
}

// partText writes a fraction in words or digits.
func partText(r *rand.Rand, f Frac) string {
	name, ok := denominatorNames[f.D]
	if !ok || chance(r, 0.5) {
		return f.String()
	}
	switch {
	case f.N == 1:
	case f.D == 2:
		name = "halves"
	default:
		name += "s"
	}
	return numberName(f.N) + " " + name
}
