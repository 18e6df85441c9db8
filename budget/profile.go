package budget

import (
	"errors"
	"fmt"
	"math"
)

// A Profile is what is known beforehand of a model on a machine: its speed and the lengths of its samples. The zero value
// is nothing.
type Profile struct {
	StepTime StepTime `json:"step_time"`
	Lengths  Lengths  `json:"lengths"`
}

// Check reports what in a profile that was read from a file cannot be.
func (p *Profile) Check() error {
	m := &p.StepTime
	if len(m.Rows) != len(m.Seconds) {
		return fmt.Errorf("%d knots have %d times", len(m.Rows), len(m.Seconds))
	}
	for i, rows := range m.Rows {
		if !(rows >= 1 && rows < absurd) || i > 0 && !(rows > m.Rows[i-1]) || !(m.Seconds[i] >= 0) || math.IsInf(m.Seconds[i], 0) {
			return fmt.Errorf("knot %d is %v s at %v rows", i, m.Seconds[i], rows)
		}
	}
	sound := func(v float64) bool { return v >= 0 && !math.IsInf(v, 0) }
	if !sound(m.PerContext) || !sound(p.Lengths.Tokens) || !sound(p.Lengths.Ended) {
		return errors.New("a time, a length or a number of samples is negative or infinite")
	}
	for i := range p.Lengths.Finished {
		if !sound(p.Lengths.Finished[i]) || !sound(p.Lengths.Censored[i]) {
			return fmt.Errorf("class %d of the lengths has a negative or infinite number of samples", i)
		}
	}
	return nil
}
