package main

import (
	"testing"
	"time"

	"caucus/budget"
	"caucus/engine"
	"caucus/engine/sampling"
)

// past is an engine whose samples have all ended.
type past struct {
	sampling.Engine
	stats engine.Stats
}

func (p past) Stats() engine.Stats         { return p.stats }
func (p past) Events() <-chan engine.Event { return nil }
func (p past) Close()                      {}

func TestARunThatIsOverAtOnceKnowsItsSteps(t *testing.T) {
	s := sampling.New(past{stats: engine.Stats{Steps: 10, Rows: 40, Busy: time.Second}}, engine.Params{}, nil, false)
	defer s.Close()
	var unknown budget.Profile
	if knowSteps(&unknown, s); unknown.StepTime.At(4, 0) != 100*time.Millisecond {
		t.Errorf("a step takes %v, want 100 ms", unknown.StepTime.At(4, 0))
	}
	known := budget.Profile{StepTime: budget.StepTime{Rows: []float64{4}, Seconds: []float64{1}}}
	if knowSteps(&known, s); known.StepTime.At(4, 0) != time.Second {
		t.Errorf("a step that is known to take 1 s takes %v", known.StepTime.At(4, 0))
	}
}
