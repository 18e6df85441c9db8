package main

import (
	"fmt"
	"math/rand/v2"

	"caucus/budget"
	"caucus/budget/ledger"
	"caucus/problems"
)

// probes are the landings that are tried of each problem.
const probes = 16

// probe finds out what samples answer when they are landed: some of those that were recorded are drawn again, each to
// another part of its length, and landed there. A replay draws on it where a window cuts samples off.
func (s *sweep) probe(book *book, list []problems.Problem, run *spent) error {
	known, err := book.ledger.Landings()
	if err != nil {
		return err
	}
	type place struct{ position, index, drawn int }
	done := make(map[place]bool, len(known))
	for _, l := range known {
		done[place{l.Problem, l.Index, l.Drawn}] = true
	}
	var all []ledger.Landing // whose problem is the list's
	for i, r := range run.Results {
		for _, l := range probesOf(i, r, s.c.Uint64("seed")) {
			if !done[place{book.positions[i], l.Index, l.Drawn}] {
				all = append(all, l)
			}
		}
	}
	return s.land(book, list, all)
}

// probesOf chooses samples of a problem and where to land them.
func probesOf(problem int, r budget.Result, seed uint64) []ledger.Landing {
	rng := rand.New(rand.NewPCG(seed, uint64(problem)))
	var chosen []ledger.Landing
	for _, i := range rng.Perm(len(r.Samples)) {
		if o := r.Samples[i]; o.Status.Final() && o.Tokens > 1 && len(chosen) < probes {
			chosen = append(chosen, ledger.Landing{Problem: problem, Index: i, Drawn: o.Tokens})
		}
	}
	for i := range chosen {
		l := &chosen[i]
		part := (float64(i) + rng.Float64()) / float64(len(chosen)) // so that they are spread
		l.Drawn = min(max(int(part*float64(l.Drawn)), 1), l.Drawn-1)
	}
	return chosen
}

// land lands samples and keeps what they answer.
func (s *sweep) land(book *book, list []problems.Problem, all []ledger.Landing) error {
	if len(all) == 0 {
		return nil
	}
	sampler, err := s.source.prepare(s.c, list)
	if err != nil {
		return err
	}
	defer sampler.Close()
	at := make(map[budget.ID]ledger.Landing, len(all))
	for _, l := range all {
		id := budget.ID{Problem: l.Problem, Index: l.Index}
		at[id] = l
		seed := budget.Seed(s.c.Uint64("seed"), list[l.Problem].ID, l.Index)
		if err := sampler.StartLanded(budget.Sample{ID: id, Seed: seed}, l.Drawn); err != nil {
			return fmt.Errorf("try landings: %w", err)
		}
	}
	bar, _ := newBar(s.c, int64(len(all)))
	bar.Describe("landing")
	defer bar.Clear() //nolint:errcheck // what cannot be drawn need not be cleared
	for len(at) > 0 {
		select {
		case <-s.c.Done():
			return fmt.Errorf("try landings: %w", errInterrupted)
		case e := <-sampler.Events():
			l, asked := at[e.ID]
			if !asked || e.Status == budget.Running {
				continue // word of the step time
			}
			delete(at, e.ID)
			_ = bar.Add(1)
			var answer budget.Reading
			switch e.Status {
			case budget.Failed:
				return fmt.Errorf("try landings: %w", sampler.Failure())
			case budget.Landed, budget.Finished:
				answer = budget.ReadAnswer(e.Text)
			}
			book.writer.AddLanding(ledger.Landing{
				Problem: book.positions[l.Problem], Index: l.Index, Drawn: l.Drawn, Tokens: e.Tokens, Answer: answer.Text(), Key: answer.Value().Key(),
			})
		}
	}
	return nil
}
