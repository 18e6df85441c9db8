package curve

import (
	"errors"
	"fmt"
	"math"

	"caucus/voting"
)

// A Point is a value at X with its band. Where there is none, Low and High are the mean.
type Point struct {
	X float64
	voting.Interval
}

// A Series is a line through Points in the order of X, with a band. Marks are measurements beside it, in any order: larger
// dots with error bars.
type Series struct {
	Name   string // stands at the end of the line; may be empty
	Points []Point
	Marks  []Point
}

// An Axis has a label and a unit in which its ticks are written.
type Axis struct {
	Label string
	Unit  Unit
}

// MostSeries is how many series of a Figure can be told apart.
const MostSeries = len(looks)

// A Figure is one picture.
type Figure struct {
	Title   string // above the picture; may be empty
	Caption string // below it in a Page, and an SVG's description; may be empty
	X, Y    Axis
	LogX    bool // X is drawn on a logarithmic scale
	Zero    bool // with a line at y = 0, for differences
	Series  []Series
}

// check tells what cannot be drawn.
func (f Figure) check() error {
	if len(f.Series) > MostSeries {
		return fmt.Errorf("%d series: no more than %d can be told apart, draw several figures", len(f.Series), MostSeries)
	}
	points := 0
	for i, s := range f.Series {
		points += len(s.Points) + len(s.Marks)
		if err := f.checkSeries(s); err != nil {
			return fmt.Errorf("series %d (%s): %w", i+1, s.Name, err)
		}
	}
	if points == 0 {
		return errors.New("no points in any series")
	}
	return nil
}

func (f Figure) checkSeries(s Series) error {
	for i, p := range s.Points {
		if err := f.checkPoint(p); err != nil {
			return fmt.Errorf("point %d: %w", i+1, err)
		}
		if i > 0 && p.X <= s.Points[i-1].X {
			return fmt.Errorf("point %d: x = %v does not lie behind x = %v, sort the points by x", i+1, p.X, s.Points[i-1].X)
		}
	}
	for i, p := range s.Marks {
		if err := f.checkPoint(p); err != nil {
			return fmt.Errorf("mark %d: %w", i+1, err)
		}
	}
	return nil
}

// largest is the size of a number from which on ticks could no longer be written in the room that they have.
const largest = 1e9

func (f Figure) checkPoint(p Point) error {
	for _, v := range []float64{p.X, p.Mean, p.Low, p.High} {
		if !(math.Abs(v) <= largest) { // NaN too
			return fmt.Errorf("x = %v, y = %v (%v to %v): want numbers no larger than %.0g", p.X, p.Mean, p.Low, p.High, largest)
		}
	}
	if f.LogX && p.X < 1/largest {
		return fmt.Errorf("x = %v on a logarithmic scale: want %.0g or more", p.X, 1/largest)
	}
	slack := 1e-9 * max(1, math.Abs(p.Mean)) // a band read from sums in another order may miss its mean by rounding
	if p.Low > p.Mean+slack || p.High < p.Mean-slack {
		return fmt.Errorf("y = %v lies outside of its band, %v to %v", p.Mean, p.Low, p.High)
	}
	return nil
}

// points are those of all series, with marks.
func (f Figure) points() []Point {
	var all []Point
	for _, s := range f.Series {
		all = append(append(all, s.Points...), s.Marks...)
	}
	return all
}

// name is what to call the figure where only text can stand.
func (f Figure) name() string {
	if f.Title != "" {
		return f.Title
	}
	return f.Y.Label + " against " + f.X.Label
}
