package sampling

import (
	"time"

	"caucus/budget"
	"caucus/engine"
)

// paceSteps is how many of the newest steps are averaged: about as many as a landing takes.
const paceSteps = 32

// pace averages the newest steps of an engine. One step alone says little: on a busy machine any may take a hundred times
// as long as its neighbours, and a landing planned by it would come far too early.
type pace struct {
	seen []engine.Stats // the last of them newest, the first at least paceSteps older, if there are so many
}

// observe returns the means of the newest steps, or nothing if there was none since it was last asked.
func (p *pace) observe(s engine.Stats) (step budget.Step, ok bool) {
	if len(p.seen) == 0 {
		p.seen = append(p.seen, engine.Stats{}) // before the first step
	}
	if s.Steps == p.seen[len(p.seen)-1].Steps {
		return step, false
	}
	p.seen = append(p.seen, s)
	for s.Steps-p.seen[1].Steps >= paceSteps {
		p.seen = p.seen[1:]
	}
	from := p.seen[0]
	n := s.Steps - from.Steps
	return budget.Step{
		Time: (s.Busy - from.Busy) / time.Duration(n), Rows: float64(s.Rows-from.Rows) / float64(n),
		Context: float64(s.Context-from.Context) / float64(n), Count: s.Steps,
	}, true
}
