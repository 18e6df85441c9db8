package budget_test

import (
	"context"
	"fmt"
	"time"

	"caucus/budget"
)

// echo is the smallest Sampler: every sample ends at once with the same answer.
type echo chan budget.Event

func (e echo) Slots() int                  { return 4 }
func (e echo) Events() <-chan budget.Event { return e }
func (e echo) Cancel([]budget.ID)          {}
func (e echo) Land([]budget.ID)            {}
func (e echo) Start(s budget.Sample) {
	e <- budget.Event{ID: s.ID, Status: budget.Finished, Text: `So it is \boxed{\frac12}.`}
}

func ExampleRun() {
	policy, err := budget.ParsePolicy("voi", 64)
	if err != nil {
		panic(err)
	}
	ids := []string{"half"}
	report, err := budget.Run(context.Background(), budget.Open(time.Minute), ids, make(echo, 64), policy, budget.Options{Seed: 1})
	if err != nil {
		panic(err)
	}
	r := report.Results[0]
	verdict, err := r.Verdict(0.05)
	if err != nil {
		panic(err)
	}
	fmt.Printf("%s: %s by %d votes, decided: %v, %s\n", r.ID, r.Key, r.Votes, r.Decided, verdict)
	// Output: half: 1/2 by 6 votes, decided: true, leading
}
