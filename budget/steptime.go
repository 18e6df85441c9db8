package budget

import (
	"cmp"
	"errors"
	"math"
	"slices"
	"time"
)

// A StepTime predicts what a step of the batch takes: t(rows, context) = f(rows) + c·context, where rows are the tokens
// that it reads, context is the number of positions that they attend to, summed, and f is piecewise linear between knots
// and beyond them. The zero value knows nothing. It is learnt from measured steps, by Fit at once or by Observe one by one.
type StepTime struct {
	Rows       []float64 `json:"rows"`                 // the knots, ascending
	Seconds    []float64 `json:"seconds"`              // f at each of them
	PerContext float64   `json:"seconds_per_position"` // c
}

// A Step is what steps of the batch took, and how large they were: of several steps, the means.
type Step struct {
	Time    time.Duration // 0 if nothing is known
	Rows    float64       // tokens read, of samples and prompts
	Context float64       // positions that those attend to, summed
	Count   int           // steps since the sampler began, this one included
}

const (
	knotRatio    = 1.4   // knots lie at least so far apart
	learningRate = 0.05  // of Observe: the part of an error that one step corrects
	contextUnit  = 16384 // positions that change a prediction as readily as a knot does
	absurd       = 1e12  // rows or positions that no batch has
)

// Known reports whether any step has been seen.
func (m *StepTime) Known() bool { return len(m.Rows) > 0 }

// Times is the StepTime of a machine on which everything takes so many times as long.
func (m *StepTime) Times(f float64) StepTime {
	out := m.clone()
	for i := range out.Seconds {
		out.Seconds[i] *= f
	}
	out.PerContext *= f
	return out
}

func (m *StepTime) clone() StepTime {
	return StepTime{slices.Clone(m.Rows), slices.Clone(m.Seconds), m.PerContext}
}

// At is the time of a step with so many rows and so much context, an hour at most; 0 if nothing is known.
func (m *StepTime) At(rows, context float64) time.Duration {
	if !m.Known() {
		return 0
	}
	rows, context = math.Min(rows, absurd), math.Min(context, absurd)
	return time.Duration(math.Min(m.fixed(rows)+m.PerContext*context, 3600) * float64(time.Second))
}

// fixed is f(rows).
func (m *StepTime) fixed(rows float64) float64 {
	i, w := m.between(rows)
	if w == 0 {
		return m.Seconds[i]
	}
	f := m.Seconds[i] + w*(m.Seconds[i+1]-m.Seconds[i])
	if w > 1 {
		f = math.Max(f, m.Seconds[i+1])
	}
	return f
}

// between finds rows among the knots: at w of the way from knot i to the next. Beyond the last it extrapolates, but never to
// less; below the first it does not: a step has a cost that no row is answerable for.
func (m *StepTime) between(rows float64) (i int, w float64) {
	n := len(m.Rows)
	if n == 1 || rows <= m.Rows[0] {
		return 0, 0
	}
	i, _ = slices.BinarySearch(m.Rows, rows)
	i = min(i, n-1) - 1
	return i, (rows - m.Rows[i]) / (m.Rows[i+1] - m.Rows[i])
}

// Observe learns from one measurement by the normalized least-mean-squares rule, which corrects the two knots around it
// and the cost of context each by its part. Where no knot is near, it makes one.
func (m *StepTime) Observe(s Step) {
	seconds := s.Time.Seconds()
	if !(seconds > 0 && s.Rows >= 1 && s.Rows < absurd && s.Context >= 0 && s.Context < absurd) {
		return
	}
	if m.isNew(s.Rows) {
		at, _ := slices.BinarySearch(m.Rows, s.Rows)
		m.Rows = slices.Insert(m.Rows, at, s.Rows)
		m.Seconds = slices.Insert(m.Seconds, at, math.Max(seconds-m.PerContext*s.Context, 0))
		return
	}
	i, w := m.between(s.Rows)
	wc := s.Context / contextUnit
	err := seconds - m.fixed(s.Rows) - m.PerContext*s.Context
	correct := learningRate * err / ((1-w)*(1-w) + w*w + wc*wc)
	m.Seconds[i] = math.Max(m.Seconds[i]+correct*(1-w), 0)
	if w > 0 {
		m.Seconds[i+1] = math.Max(m.Seconds[i+1]+correct*w, 0)
	}
	m.PerContext = math.Max(m.PerContext+correct*wc/contextUnit, 0)
}

// isNew reports whether no knot is near.
func (m *StepTime) isNew(rows float64) bool {
	return !slices.ContainsFunc(m.Rows, func(k float64) bool { return rows < k*knotRatio && k < rows*knotRatio })
}

// FitStepTime makes a StepTime of measurements: the cost of context is the least-squares slope among those of equal rows, of
// relative errors, and a knot is the mean of what is left. It needs at least one measurement.
func FitStepTime(steps []Step) (StepTime, error) {
	var m StepTime
	if len(steps) == 0 {
		return m, errors.New("fit the step time: there are no measurements")
	}
	steps = slices.Clone(steps)
	slices.SortFunc(steps, func(a, b Step) int { return cmp.Compare(a.Rows, b.Rows) })
	var groups [][]Step // by rows
	for i, s := range steps {
		if i == 0 || s.Rows != steps[i-1].Rows {
			groups = append(groups, nil)
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], s)
	}
	above, below := 0.0, 0.0
	for _, g := range groups {
		seconds, context := means(g)
		for _, s := range g {
			above += (s.Time.Seconds() - seconds) * (s.Context - context) / (seconds * seconds)
			below += (s.Context - context) * (s.Context - context) / (seconds * seconds)
		}
	}
	if below > 0 {
		m.PerContext = math.Max(above/below, 0)
	}
	for _, g := range groups {
		seconds, context := means(g)
		m.Rows = append(m.Rows, g[0].Rows)
		m.Seconds = append(m.Seconds, math.Max(seconds-m.PerContext*context, 0))
	}
	return m, nil
}

func means(steps []Step) (seconds, context float64) {
	for _, s := range steps {
		seconds += s.Time.Seconds()
		context += s.Context
	}
	n := float64(len(steps))
	return seconds / n, context / n
}
