package main

import (
	"fmt"
	"io"

	"caucus/voting"
	"caucus/voting/curve"
)

// The pictures of a sweep.

// compares reports whether there is more than one player.
func (s *swept) compares() bool { return len(s.players) > 1 }

// hasEstimates reports whether there is anything about numbers of samples.
func (s *swept) hasEstimates() bool { return len(s.estimates) > 0 }

// drawsEstimates reports whether there is more than one of them, to draw a line through.
func (s *swept) drawsEstimates() bool { return len(s.estimates) > 1 }

// timeFigure is accuracy against time.
func (s *swept) timeFigure() curve.Figure {
	caption := "Problems answered rightly within a window, with bands of 95% over problems."
	if s.isLive() {
		caption += " Lines are replayed from recorded samples; large dots are real windows, with intervals of 95% over their runs."
	}
	f := curve.Figure{
		Title: s.title, Caption: caption, LogX: true,
		X: curve.Axis{Label: "wall-clock time", Unit: curve.Seconds}, Y: curve.Axis{Label: "problems answered rightly", Unit: curve.Percent},
		Series: s.series(func(x *sweptCell) voting.Interval { return x.Band }),
	}
	for i := range s.cells {
		if x := &s.cells[i]; x.Live != nil {
			marks := &f.Series[i%len(s.players)].Marks
			*marks = append(*marks, curve.Point{X: x.Window.Seconds(), Interval: x.Live.band()})
		}
	}
	return f
}

// gainFigure is the difference to the first player against time.
func (s *swept) gainFigure() curve.Figure {
	first := s.players[0].String()
	f := curve.Figure{
		Title: s.title, LogX: true, Zero: true,
		Caption: fmt.Sprintf("Difference to %s, problem by problem, with bands of 95%%. A band that holds 0 tells nothing.", first),
		X:       curve.Axis{Label: "wall-clock time", Unit: curve.Seconds},
		Y:       curve.Axis{Label: fmt.Sprintf("points more than %s", first), Unit: curve.Points},
	}
	f.Series = s.series(func(x *sweptCell) voting.Interval { return x.Gain })
	f.Series[0].Points = nil
	return f
}

// series has a line a player.
func (s *swept) series(of func(*sweptCell) voting.Interval) []curve.Series {
	all := make([]curve.Series, len(s.players))
	for i, p := range s.players {
		all[i].Name = p.String()
	}
	for i := range s.cells {
		points := &all[i%len(s.players)].Points
		*points = append(*points, curve.Point{X: s.cells[i].Window.Seconds(), Interval: of(&s.cells[i])})
	}
	return all
}

// samplesFigure is accuracy against the number of samples.
func (s *swept) samplesFigure() curve.Figure {
	pass, maj := curve.Series{Name: "pass@k"}, curve.Series{Name: "maj@k"}
	for _, e := range s.estimates {
		pass.Points = append(pass.Points, curve.Point{X: float64(e.K), Interval: e.Pass})
		maj.Points = append(maj.Points, curve.Point{X: float64(e.K), Interval: e.Maj})
	}
	return curve.Figure{
		Title: s.title, LogX: true,
		Caption: "A right answer among k samples (pass@k), and a right majority of k (maj@k), exact for the recorded samples, with bands of 95% over problems.",
		X:       curve.Axis{Label: "samples a problem, k", Unit: curve.Count}, Y: curve.Axis{Label: "share of problems", Unit: curve.Percent},
		Series: []curve.Series{pass, maj},
	}
}

// writeHTML writes the report.
func (s *swept) writeHTML(w io.Writer) error {
	page := curve.Page{Title: s.title, Notes: s.notes, Sections: []curve.Section{
		{Heading: "Accuracy against time", Figures: []curve.Figure{s.timeFigure()}, Tables: []curve.Table{pageTable(s.cellTable())}},
	}}
	if s.compares() {
		page.Sections = append(page.Sections, curve.Section{Heading: "Differences", Figures: []curve.Figure{s.gainFigure()}})
	}
	if s.hasEstimates() {
		section := curve.Section{Heading: "Accuracy against samples", Tables: []curve.Table{pageTable(s.estimateTable())}}
		if s.drawsEstimates() {
			section.Figures = []curve.Figure{s.samplesFigure()}
		}
		page.Sections = append(page.Sections, section)
	}
	return page.WriteHTML(w)
}

// pageTable is a table of the terminal on a page.
func pageTable(columns []column, rows [][]string) curve.Table {
	t := curve.Table{Rows: rows}
	for _, c := range columns {
		t.Columns = append(t.Columns, curve.Column{Head: c.head, Right: c.place != left})
	}
	return t
}
