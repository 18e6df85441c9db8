package gen

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// unit is a unit of measurement; perNext of the next smaller unit make one.
type unit struct {
	one, many, short string
	perNext          int64
}

// unitSystems lists units that convert into each other, the largest first.
var unitSystems = [][]unit{
	{
		{"kilometer", "kilometers", "km", 1000}, {"meter", "meters", "m", 100}, {"centimeter", "centimeters", "cm", 10},
		{"millimeter", "millimeters", "mm", 1000}, {"micrometer", "micrometers", "um", 1000},
		{"nanometer", "nanometers", "nm", 0},
	},
	{
		{"tonne", "tonnes", "t", 1000}, {"kilogram", "kilograms", "kg", 1000}, {"gram", "grams", "g", 1000},
		{"milligram", "milligrams", "mg", 1000}, {"microgram", "micrograms", "ug", 1000},
		{"nanogram", "nanograms", "ng", 0},
	},
	{{"litre", "litres", "l", 1000}, {"millilitre", "millilitres", "ml", 0}},
	{
		{"week", "weeks", "", 7}, {"day", "days", "", 24}, {"hour", "hours", "", 60}, {"minute", "minutes", "", 60},
		{"second", "seconds", "s", 1000}, {"millisecond", "milliseconds", "ms", 1000},
		{"microsecond", "microseconds", "us", 1000}, {"nanosecond", "nanoseconds", "ns", 0},
	},
	{
		{"millennium", "millennia", "", 10}, {"century", "centuries", "", 10}, {"decade", "decades", "", 10},
		{"year", "years", "", 12}, {"month", "months", "", 0},
	},
}

func makeConversion(r *rand.Rand, level float64) Item {
	system := pick(r, unitSystems...)
	i := r.IntN(len(system) - 1)
	j := i + 1 + r.IntN(min(len(system)-i-1, 1+int(5*level)))
	switch r.IntN(4) {
	case 0:
		return convertDown(r, level, system[i:j+1])
	case 1:
		return convertUp(r, level, system[i:j+1])
	}
	return convertPart(r, system[i:min(j, i+3)+1])
}

// plan is the first line of the working: the units that lie between, with the factors between them.
func plan(chain []unit, op string, upwards bool) string {
	text := chain[0].one
	for k := range chain[1:] {
		text += fmt.Sprintf("%s%d %s", op, chain[k].perNext, chain[k+1].one)
	}
	if !upwards {
		return text
	}
	last := len(chain) - 1
	text = chain[last].one
	for k := last - 1; k >= 0; k-- {
		text += fmt.Sprintf("%s%d %s", op, chain[k].perNext, chain[k].one)
	}
	return text
}

// convertDown asks for a decimal in a smaller unit.
func convertDown(r *rand.Rand, level float64, chain []unit) Item {
	value := drawMeasure(r, level)
	result := value
	lines := []string{plan(chain, "*", false)}
	for _, u := range chain[:len(chain)-1] {
		if result.abs().V > 1e14 {
			return makeConversion(r, level)
		}
		var working string
		result, working = scaleUp(result, u.perNext)
		lines = append(lines, working)
	}
	return conversionItem(r, value, chain[0], chain[len(chain)-1], lines, result)
}

// convertUp asks for a decimal in a larger unit, in which it has few digits.
func convertUp(r *rand.Rand, level float64, chain []unit) Item {
	result := drawMeasure(r, level)
	value := result
	for _, u := range chain[:len(chain)-1] {
		if value.V > 1e14 {
			return makeConversion(r, level)
		}
		value = Dec{value.V * u.perNext, value.Scale}.norm()
	}
	// Shift the point, so that the numbers are of all sizes.
	if shift := len(digits(value.V)) - 1 - r.IntN(8); value.Scale < shift && shift < 9 {
		result.Scale += shift - value.Scale
		value.Scale = shift
	}
	value, result = value.norm(), result.norm()
	lines := []string{plan(chain, "/", true)}
	step := value
	for k := len(chain) - 2; k >= 0; k-- {
		var working string
		step, working = scaleDown(step, chain[k].perNext)
		lines = append(lines, working)
	}
	return conversionItem(r, value, chain[len(chain)-1], chain[0], lines, result)
}

// drawMeasure draws a decimal of up to 7 digits, mostly with a few of them before the point.
func drawMeasure(r *rand.Rand, level float64) Dec {
	size := sizeAt(r, level, 1, 9)
	return Dec{withDigits(r, size), r.IntN(size + 1)}.norm()
}

// scaleUp returns d*factor and the working. A power of ten moves the point, which is stated.
func scaleUp(d Dec, factor int64) (Dec, string) {
	if factor%10 == 0 && factor != 60 {
		product := Dec{d.V * factor, d.Scale}.norm()
		return product, fmt.Sprintf("%v*%d=%v", d, factor, product)
	}
	return Mul(d, Int(factor))
}

// scaleDown returns d/factor, which must be a decimal, and the working. Divisors other than powers of ten divide the
// digits; a rest goes on behind a point, and gives as many decimals more:
//
//	15.3/60: 153/6={15:2r3,33:5r3.30:5r0}255;2+1=3dp:15.3/60=0.255
func scaleDown(d Dec, factor int64) (Dec, string) {
	divisor, shift := factor, 0
	for divisor%10 == 0 {
		divisor, shift = divisor/10, shift+1
	}
	if divisor == 1 {
		quotient := Dec{d.V, d.Scale + shift}.norm()
		return quotient, fmt.Sprintf("%v/%d=%v", d, factor, quotient)
	}
	steps := strings.Join(statedSteps(d.V, divisor), ",")
	whole, more, mark := d.V, 0, "."
	for whole%divisor != 0 {
		rest := whole % divisor * 10
		steps += fmt.Sprintf("%s%d:%dr%d", mark, rest, rest/divisor, rest%divisor)
		whole, more, mark = whole*10, more+1, ","
	}
	places := fmt.Sprintf("%ddp", d.Scale+shift)
	if more > 0 {
		places = fmt.Sprintf("%d+%d=%ddp", d.Scale+shift, more, d.Scale+shift+more)
	}
	quotient := Dec{whole / divisor, d.Scale + shift + more}
	return quotient.norm(), fmt.Sprintf("%d/%d={%s}%d;%s:%v/%d=%v",
		d.V, divisor, steps, quotient.V, places, d, factor, quotient.norm())
}

func conversionItem(r *rand.Rand, value Dec, from, to unit, lines []string, result Dec) Item {
	amount := value.String() + " " + from.many
	if from.short != "" && chance(r, 0.4) {
		amount = value.String() + from.short
	}
	form := wording(r,
		[]string{"What is {1} in {2}?", "Convert {1} to {2}.", "How many {2} are there in {1}?"},
		[]string{
			"{1} in {2}?", "{1} to {2}", "how many {2} in {1}?", "how many {2} is {1}?", "convert {1} into {2}.",
			"what's {1} in {2}?",
		})
	return Item{Problem: spell(form, amount, to.many), Solution: joinLines(lines...), Answer: result.String()}
}
