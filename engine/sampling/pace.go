package sampling

import (
	"time"

	"caucus/budget"
	"caucus/engine"
)

// paceSteps is how many of each device's newest steps are averaged: about as many as a landing takes.
const paceSteps = 32

// pace averages the newest steps of the engines. One step alone says little: on a busy machine any may take a hundred times
// as long as its neighbours, and a landing planned by it would come far too early.
//
// Devices step side by side, each with its part of the batch. So the mean of their steps is what a step of the whole batch
// takes, which is as many times as large.
type pace struct {
	seen  []engine.Stats // the last of them newest, the first at least paceSteps older, if there are so many
	count float64        // steps of the devices that had samples, side by side ones as one: tokens of a sample that ran from the first on
}

// observe returns the means of the newest steps, or nothing if there was none since it was last asked.
func (p *pace) observe(s engine.Stats) (step budget.Step, ok bool) {
	if len(p.seen) == 0 {
		p.seen = append(p.seen, engine.Stats{}) // before the first step
	}
	made := s.Steps - p.seen[len(p.seen)-1].Steps
	if made == 0 {
		return step, false
	}
	p.count += float64(made) / float64(max(s.Working, 1))
	p.seen = append(p.seen, s)
	for s.Steps-p.seen[1].Steps >= paceSteps*engines(s) {
		p.seen = p.seen[1:]
	}
	return stepOf(p.seen[0], s, int(p.count)), true
}

// stepOf is the mean step of the whole batch between two moments, of which there was one.
func stepOf(from, to engine.Stats, count int) budget.Step {
	n := to.Steps - from.Steps
	part := float64(n) / float64(engines(to))
	return budget.Step{
		Time: (to.Busy - from.Busy) / time.Duration(n), Rows: float64(to.Rows-from.Rows) / part,
		Context: float64(to.Context-from.Context) / part, Count: count,
	}
}

// engines is how many step side by side. Servers, which are measured as one, do not say.
func engines(s engine.Stats) int { return max(s.Engines, 1) }
