package curve

import (
	"math"

	"caucus/voting"
)

// row is a series with a band of the same width everywhere.
func row(name string, xs []float64, ys []float64, half float64) Series {
	s := Series{Name: name}
	for i, x := range xs {
		s.Points = append(s.Points, Point{x, voting.Interval{Mean: ys[i], Low: ys[i] - half, High: ys[i] + half}})
	}
	return s
}

var windows = []float64{1, 2, 5, 10, 30}

// accuracyFigure has policies that are close to each other at the right end.
func accuracyFigure() Figure {
	voi := row("voi", windows, []float64{.30, .43, .577, .668, .742}, .055)
	voi.Marks = row("", []float64{2, 10}, []float64{.42, .677}, .04).Points
	uniform := row("uniform", windows, []float64{.212, .352, .50, .61, .715}, .06)
	uniform.Marks = row("", []float64{2, 10}, []float64{.36, .60}, .04).Points
	return Figure{
		Title:   "Accuracy within a window",
		Caption: "Lines: predicted from recorded samples, with bands of 95%. Large dots: measured.",
		X:       Axis{"window", Seconds}, Y: Axis{"problems answered rightly", Percent}, LogX: true,
		Series: []Series{
			uniform, voi,
			row("successive halving", windows, []float64{.25, .40, .54, .645, .731}, .058),
			row("certificate", windows, []float64{.22, .36, .525, .64, .725}, .06),
			row("score: (1-lead)/tokens", windows, []float64{.28, .425, .56, .66, .736}, .057),
		},
	}
}

func differenceFigure() Figure {
	return Figure{
		Title: "Difference to the uniform policy",
		X:     Axis{"window", Seconds}, Y: Axis{"percentage points of problems answered rightly", Points}, LogX: true, Zero: true,
		Series: []Series{
			{Name: "uniform"},
			row("voi", windows, []float64{.06, .055, .045, .033, .018}, .018),
			row("successive halving", windows, []float64{.02, .028, .025, .02, .012}, .017),
			row("certificate", windows, []float64{-.02, -.005, .008, .011, .006}, .016),
		},
	}
}

func samplesFigure() Figure {
	ks := []float64{1, 2, 4, 8, 16, 32, 64}
	return Figure{
		Title: "More samples", X: Axis{"samples of a problem", Count}, Y: Axis{"problems", Percent}, LogX: true,
		Series: []Series{
			row("pass@k", ks, []float64{.34, .45, .555, .65, .73, .795, .85}, .05),
			row("maj@k", ks, []float64{.34, .34, .41, .475, .52, .55, .565}, .06),
		},
	}
}

func figures() map[string]Figure {
	return map[string]Figure{
		"accuracy": accuracyFigure(), "difference": differenceFigure(), "samples": samplesFigure(),
		"eight": eightFigure(), "thousand": thousandFigure(), "single": singleFigure(), "one-window": oneWindowFigure(),
	}
}

func eightFigure() Figure {
	f := Figure{Title: "A title that is by far too long to stand in one line above a picture, and so has to go on in a second one",
		X: Axis{"window", Seconds}, Y: Axis{"problems answered rightly", Percent}}
	for i, name := range []string{"uniform", "value of information with lengths", "successive halving over all problems of the set",
		"certificate at 95%", "adaptiveconsistencywithoutanyspaces", "fixed order", "score: (1-lead)/tokens", "oracle"} {
		ys := make([]float64, len(windows))
		for j := range ys {
			ys[j] = .3 + .1*math.Sqrt(float64(j)) + .01*float64(i)*float64(4-j)
		}
		f.Series = append(f.Series, row(name, windows, ys, .03))
	}
	return f
}

func thousandFigure() Figure {
	f := Figure{X: Axis{"samples", Count}, Y: Axis{"problems", Percent}}
	for _, top := range []float64{.97, 1} {
		s := Series{Name: "up to " + Percent.write([]float64{top})[0]}
		for x := 1.0; x <= 1000; x++ {
			y := top * (1 - math.Exp(-x/150))
			s.Points = append(s.Points, Point{x, voting.Interval{Mean: y, Low: y * .95, High: min(1, y*1.05)}})
		}
		f.Series = append(f.Series, s)
	}
	return f
}

func singleFigure() Figure {
	return Figure{Title: "One point", X: Axis{"window", Seconds}, Y: Axis{"problems answered rightly", Percent}, LogX: true,
		Series: []Series{row("voi", []float64{10}, []float64{.5}, .05)}}
}

func oneWindowFigure() Figure {
	f := accuracyFigure()
	for i, s := range f.Series {
		f.Series[i].Points = s.Points[2:3]
		f.Series[i].Marks = nil
	}
	f.Series[1].Marks = accuracyFigure().Series[1].Marks[:1]
	f.Series[1].Marks[0].X = 5
	return f
}
