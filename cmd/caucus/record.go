package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"caucus/budget"
	"caucus/engine/replay"
	"caucus/problems"
)

// recorder writes a line a sample, for simulate.
type recorder struct {
	list []problems.Problem
	seed uint64
	file *os.File
	out  *bufio.Writer
	err  error
}

func newRecorder(path string, list []problems.Problem, seed uint64) (*recorder, error) {
	file, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("record the samples: %w", err)
	}
	return &recorder{list: list, seed: seed, file: file, out: bufio.NewWriter(file)}, nil
}

func (r *recorder) record(id budget.ID, o budget.Outcome) {
	if r.err != nil {
		return
	}
	p := r.list[id.Problem]
	r.err = json.NewEncoder(r.out).Encode(replay.Record{
		Problem: p.ID, Reference: p.Answer, Index: id.Index, Seed: budget.Seed(r.seed, p.ID, id.Index), Status: o.Status,
		Answer: o.Answer, Tokens: o.Tokens, LogProb: o.LogProb, TailLogProb: o.TailLogProb, Entropy: o.Entropy, Seconds: o.Seconds,
	})
}

// close keeps the file.
func (r *recorder) close() error {
	for _, f := range []func() error{r.out.Flush, r.file.Close} {
		if err := f(); r.err == nil {
			r.err = err
		}
	}
	if r.err != nil {
		return fmt.Errorf("record the samples in %s: %w", r.file.Name(), r.err)
	}
	return nil
}
