package main

import (
	"errors"
	"fmt"

	"github.com/urfave/cli/v2"

	"caucus/budget/ledger"
	"caucus/engine/replay"
)

// compared is a ledger as compare sees it.
type compared struct {
	path     string
	problems map[string]comparedProblem
	ids      []string
	uniform  bool // its samples are a fair draw
}

// comparedProblem is a problem and what a run made of it.
type comparedProblem struct {
	ledger.Problem
	result *ledger.Result // nil if it has none
	counts replay.Counts  // of the samples that ended by themselves
}

// readCompared reads a ledger.
func readCompared(path string) (_ *compared, err error) {
	l, err := ledger.OpenReader(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	problems, err := l.Problems()
	if err != nil {
		return nil, err
	}
	results, err := l.LastResults()
	if err != nil {
		return nil, err
	}
	sessions, err := l.Sessions()
	if err != nil {
		return nil, err
	}
	x := &compared{path: path, problems: make(map[string]comparedProblem, len(problems)), uniform: uniformly(sessions)}
	for _, p := range problems {
		x.ids = append(x.ids, p.ID)
		x.problems[p.ID] = comparedProblem{Problem: p}
	}
	for _, r := range results {
		p := x.problems[x.ids[r.Problem]]
		p.result = &r
		x.problems[p.ID] = p
	}
	recording, err := replay.ReadLedger(l, nil)
	if errors.Is(err, replay.ErrNothing) {
		return x, nil
	}
	if err != nil {
		return nil, err
	}
	for i, id := range recording.IDs() {
		p := x.problems[id]
		p.counts = recording.Counts(i)
		x.problems[id] = p
	}
	return x, nil
}

// pair finds the problems that both have and that can be judged.
func pair(c *cli.Context, a, b *compared) ([][2]comparedProblem, error) {
	var pairs [][2]comparedProblem
	differ, unjudged, common := 0, 0, 0
	for _, id := range a.ids {
		p := a.problems[id]
		q, ok := b.problems[id]
		if !ok {
			continue
		}
		common++
		switch {
		case p.Reference == "" || p.result == nil || q.result == nil:
			unjudged++
		case p.Text != q.Text:
			differ++
		default:
			pairs = append(pairs, [2]comparedProblem{p, q})
		}
	}
	if differ > 0 {
		say(c.App.ErrWriter, "%d problems have the same id and another text, and are left out", differ)
	}
	if n := len(a.ids) + len(b.ids) - 2*common; n > 0 {
		say(c.App.ErrWriter, "left out %s that only one run has", counted(n, "problem"))
	}
	if unjudged > 0 {
		say(c.App.ErrWriter, "left out %s without a reference answer or a result", counted(unjudged, "problem"))
	}
	if !a.uniform || !b.uniform {
		say(c.App.ErrWriter, "single samples and majorities are not compared: a policy that stops early chooses its samples, and "+
			"--policy uniform does not")
	}
	if len(pairs) < 2 {
		return nil, fmt.Errorf("%s and %s have %d problems in common that can be judged; a comparison needs two or more", a.path, b.path, len(pairs))
	}
	return pairs, nil
}
