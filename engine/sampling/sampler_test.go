package sampling

import (
	"errors"
	"testing"
	"time"

	"caucus/budget"
	"caucus/engine"
)

// fake is an engine that ends every sample at once, but for those with an odd seed, which it refuses.
type fake struct {
	requests []engine.Request
	stats    engine.Stats
	events   chan engine.Event
}

var errOdd = errors.New("odd")

func (f *fake) Start(r engine.Request) error {
	if r.Seed%2 == 1 {
		return errOdd
	}
	f.requests = append(f.requests, r)
	f.events <- engine.Event{ID: r.ID, Status: engine.Finished, Text: "a", Tokens: 3, LogProb: -1}
	return nil
}
func (f *fake) Cancel(...uint64)            {}
func (f *fake) Land(...uint64)              {}
func (f *fake) Events() <-chan engine.Event { return f.events }
func (f *fake) Slots() int                  { return 5 }
func (f *fake) Stats() engine.Stats         { return f.stats }
func (f *fake) Close()                      { close(f.events) }
func (f *fake) Troubles() []string          { return []string{"it rains"} }

func TestASamplerIsItsEngineByProblems(t *testing.T) {
	f := &fake{
		events: make(chan engine.Event, 9),
		stats:  engine.Stats{Steps: 4, Rows: 8, Context: 80, Busy: 40 * time.Millisecond, Delay: time.Second},
	}
	s := New(f, engine.Params{TopK: 7}, []Prompt{{ID: 11}, {ID: 12, Tokens: 3}}, true)
	id := budget.ID{Problem: 1, Index: 1 << 20}
	if err := s.StartLanded(budget.Sample{ID: id, Seed: 8}, 6); err != nil {
		t.Fatal(err)
	}
	refused := make(chan struct{})
	go func() {
		s.Start(budget.Sample{Seed: 3})
		close(refused)
	}()
	var step *budget.Event
	seen := map[budget.ID]budget.Status{}
	for len(seen) < 2 || step == nil {
		switch e := <-s.Events(); e.Status {
		case budget.Running:
			step = &e
		default:
			seen[e.ID] = e.Status
		}
	}
	<-refused
	if seen[id] != budget.Finished || seen[budget.ID{}] != budget.Failed || !errors.Is(s.Failure(), errOdd) {
		t.Errorf("heard %v, and the failure is %v", seen, s.Failure())
	}
	if want := (budget.Step{Time: 10 * time.Millisecond, Rows: 2, Context: 20, Count: 4}); step.Step != want || step.Delay != time.Second {
		t.Errorf("told %+v with a delay of %v, want %+v", step.Step, step.Delay, want)
	}
	if mean, ok := s.MeanStep(); !ok || mean != step.Step {
		t.Errorf("the mean step is %+v, %v, want %+v, since all were told of", mean, ok, step.Step)
	}
	if r := f.requests[0]; r.Prompt != 12 || r.LandAfter != 6 || r.Params.TopK != 7 || r.Seed != 8 {
		t.Errorf("asked for %+v", r)
	}
	if s.Text(id) != "a" || s.Slots() != 5 || s.Ended() != 1 || s.Prompts()[1].Tokens != 3 || len(s.Troubles()) != 1 || s.Stats().Steps != 4 {
		t.Error("it does not pass on what the engine says")
	}
	s.Close()
}

func TestWithoutStepsThereIsNoMean(t *testing.T) {
	s := New(&fake{events: make(chan engine.Event)}, engine.Params{}, nil, false)
	defer s.Close()
	if step, ok := s.MeanStep(); ok {
		t.Errorf("it is %+v", step)
	}
}
