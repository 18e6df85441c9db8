package sampling

import (
	"testing"
	"time"

	"caucus/budget"
	"caucus/engine"
)

const ms = time.Millisecond

// TestStepsOfDevicesAreOfTheWholeBatch: two devices with steps of 8 rows each in 10 ms make steps of 16 rows in 10 ms.
func TestStepsOfDevicesAreOfTheWholeBatch(t *testing.T) {
	for name, x := range map[string]struct {
		stats []engine.Stats
		want  []budget.Step
	}{
		"one device": {
			[]engine.Stats{{Steps: 2, Rows: 20, Context: 100, Busy: 20 * ms, Working: 1}, {Steps: 4, Rows: 40, Context: 240, Busy: 36 * ms}},
			[]budget.Step{{Time: 10 * ms, Rows: 10, Context: 50, Count: 2}, {Time: 9 * ms, Rows: 10, Context: 60, Count: 4}}},
		"two that work": {
			[]engine.Stats{{Steps: 4, Rows: 32, Context: 400, Busy: 40 * ms, Engines: 2, Working: 2}},
			[]budget.Step{{Time: 10 * ms, Rows: 16, Context: 200, Count: 2}}},
		"one of two, which is half of the batch": {
			[]engine.Stats{{Steps: 4, Rows: 32, Context: 400, Busy: 40 * ms, Engines: 2, Working: 1}},
			[]budget.Step{{Time: 10 * ms, Rows: 16, Context: 200, Count: 4}}},
	} {
		var p pace
		for i, s := range x.stats {
			if step, ok := p.observe(s); !ok || step != x.want[i] {
				t.Errorf("%s: %+v is %+v, %v, want %+v", name, s, step, ok, x.want[i])
			}
			if _, ok := p.observe(s); ok {
				t.Errorf("%s: there is a step where none was made", name)
			}
		}
	}
}

func TestOnlyTheNewestStepsAreAveraged(t *testing.T) {
	var p pace
	s := engine.Stats{Engines: 2, Working: 2}
	var step budget.Step
	for i := range 4 * paceSteps {
		s.Steps += 2
		s.Rows += 2
		s.Busy += 2 * time.Duration(1+i/(2*paceSteps)) * ms // twice as slow in the second half
		step, _ = p.observe(s)
	}
	if step.Time != 2*ms || step.Rows != 2 || step.Count != 4*paceSteps {
		t.Errorf("after slow steps it is %+v", step)
	}
}
