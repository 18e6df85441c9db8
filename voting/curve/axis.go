package curve

import (
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
)

// A scale lays values out between two places of the picture.
type scale struct {
	log       bool
	low, high float64 // values, or their logarithms
	from, to  vg.Length
}

func (s scale) measure(v float64) float64 {
	if s.log {
		return math.Log(v)
	}
	return v
}

// at is where a value lies.
func (s scale) at(v float64) vg.Length {
	return s.from + vg.Length((s.measure(v)-s.low)/(s.high-s.low))*(s.to-s.from)
}

// fit makes the scale span values. Where they are all the same, they get room around them.
func (s *scale) fit(values []float64) {
	s.low, s.high = s.measure(slices.Min(values)), s.measure(slices.Max(values))
	if tiny := 1e-6 * max(math.Abs(s.low), math.Abs(s.high)); s.high-s.low <= tiny {
		room := max(0.05*math.Abs(s.low), tiny)
		if room == 0 || s.log {
			room = 0.5
		}
		s.low, s.high = s.low-room, s.high+room
	}
}

// widen adds part of the span at either end, but not beyond least and most, unless values are.
func (s *scale) widen(part, least, most float64) {
	room := part * (s.high - s.low)
	s.low, s.high = max(s.low-room, min(s.low, least)), min(s.high+room, max(s.high, most))
}

// fewTicks is the number of different x up to which each has its own tick.
const fewTicks = 12

// ticksX are the values themselves if they are few, so that a reader sees where something was measured.
func (s scale) ticksX(values []float64, unit Unit) []float64 {
	own := slices.Clone(values)
	slices.Sort(own)
	own = slices.Compact(own)
	if len(own) <= fewTicks {
		return own
	}
	if s.log {
		if ticks := unit.roundLog(own[0], own[len(own)-1]); len(ticks) > 2 {
			return ticks
		}
	}
	return round(own[0], own[len(own)-1], 8)
}

// round are multiples of 1, 2 or 5 times a power of ten from low to high, in about as many steps.
func round(low, high float64, steps int) []float64 {
	rough := (high - low) / float64(steps)
	power := math.Pow(10, math.Floor(math.Log10(rough)))
	step := 10 * power
	for _, factor := range []float64{5, 2, 1} {
		if factor*power >= rough*0.8 {
			step = factor * power
		}
	}
	var ticks []float64
	for i := int(math.Ceil(low/step - 1e-9)); float64(i) <= high/step+1e-9; i++ { // as integers there is no minus zero
		ticks = append(ticks, float64(i)*step)
	}
	return ticks
}

// mostRound is how many round ticks of a logarithmic scale have room for their texts.
const mostRound = 8

// roundLog are powers of two for counts, otherwise powers of ten with 2 and 5, or 3, or nothing between, as there is room.
func (u Unit) roundLog(low, high float64) (ticks []float64) {
	if u == Count {
		return multiples(2, []float64{1}, low, high)
	}
	for _, factors := range [][]float64{{1, 2, 5}, {1, 3}, {1}} {
		if ticks = u.decimals(factors, low, high); len(ticks) <= mostRound {
			break
		}
	}
	return ticks
}

// decimals are factors times powers of ten. Times are that in the unit in which they are written: 50 s, 1 min, 2 min.
func (u Unit) decimals(factors []float64, low, high float64) []float64 {
	if u != Seconds {
		return multiples(10, factors, low, high)
	}
	ticks := multiples(10, factors, low, min(high, 59))
	for _, v := range multiples(10, factors, max(low/60, 1), min(high/60, 59)) {
		ticks = append(ticks, 60*v)
	}
	for _, v := range multiples(10, factors, max(low/3600, 1), high/3600) {
		ticks = append(ticks, 3600*v)
	}
	return ticks
}

// multiples are factors times powers of a base, from low to high.
func multiples(base float64, factors []float64, low, high float64) []float64 {
	var ticks []float64
	for n := math.Floor(math.Log(low)/math.Log(base)) - 1; math.Pow(base, n) <= high; n++ {
		for _, factor := range factors {
			if v := factor * math.Pow(base, n); v >= low && v <= high {
				ticks = append(ticks, v)
			}
		}
	}
	return ticks
}
