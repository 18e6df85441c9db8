package curve

import (
	"math"
	"strconv"
	"strings"
)

// A Unit says how an axis writes its ticks.
type Unit int

// The units of an axis.
const (
	Count   Unit = iota // 1, 2, 4
	Seconds             // 1 s, 30 s, 1.5 min, 2 h
	Percent             // of shares: 0.25 is 25%
	Points              // differences of shares, with a sign: 0.025 is +2.5
)

// write is the text of ticks. Shares have the same number of decimals on all of an axis.
func (u Unit) write(ticks []float64) []string {
	texts := make([]string, len(ticks))
	decimals := 0
	for i, v := range ticks {
		if u == Percent || u == Points {
			v *= 100
		}
		texts[i] = decimal(v)
		_, fraction, _ := strings.Cut(texts[i], ".")
		decimals = max(decimals, len(fraction))
	}
	for i, v := range ticks {
		switch u {
		case Seconds:
			texts[i] = duration(v)
		case Percent:
			texts[i] = strconv.FormatFloat(100*v, 'f', decimals, 64) + "%"
		case Points:
			texts[i] = signed(100*v, decimals)
		}
		texts[i] = strings.Replace(texts[i], "-", "\u2212", 1)
	}
	return texts
}

// decimal writes six significant digits at most.
func decimal(v float64) string {
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 6, 64), 64)
	if err != nil {
		panic("curve: a number cannot be read as it was written: " + err.Error())
	}
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}

func signed(v float64, decimals int) string {
	if v == 0 {
		return "0"
	}
	text := strconv.FormatFloat(v, 'f', decimals, 64)
	if v > 0 {
		text = "+" + text
	}
	return text
}

// duration has the largest unit of which the time is a multiple of one half. A time's number and unit stay together.
func duration(seconds float64) string {
	const space = "\u00a0"
	switch {
	case seconds >= 3600 && math.Mod(seconds, 1800) == 0:
		return decimal(seconds/3600) + space + "h"
	case seconds >= 60 && math.Mod(seconds, 30) == 0:
		return decimal(seconds/60) + space + "min"
	}
	return decimal(seconds) + space + "s"
}
