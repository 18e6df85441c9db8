package main

import (
	"testing"

	"caucus/engine/replay"
)

func TestAPredictionMayDifferFromItsIntervalByRounding(t *testing.T) {
	for _, c := range []struct {
		right, low, high float64
		inside           int
	}{
		{11. / 12, 11. / 12, 11. / 12, 1},
		{0.9166666666666674, 11. / 12, 11. / 12, 1}, // a mean over a hundred runs
		{0.9166666666666659, 11. / 12, 11. / 12, 1},
		{0.92, 0.5, 11. / 12, 0},
		{0.49, 0.5, 11. / 12, 0},
	} {
		cell := sweptCell{Cell: replay.Cell{Right: c.right, Seconds: 1.1}, Live: &live{Low: c.low, High: c.high, Seconds: 1}}
		inside, off := fared([]sweptCell{cell})
		if inside != c.inside || off < 0.0999 || off > 0.1001 {
			t.Errorf("%v in %v to %v: %d inside, off by %v", c.right, c.low, c.high, inside, off)
		}
	}
}
