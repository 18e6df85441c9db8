package main

import (
	"fmt"
	"io"
	"time"

	"github.com/urfave/cli/v2"

	"caucus/budget"
	"caucus/problems"
)

// The window ends when the results are written, and not when they are known: of many problems that takes a part of it, which
// is measured before sampling begins.
const (
	closingProbe  = 1000 // results that are written on trial
	closingTries  = 3    // of which the quickest counts: a machine that stands still for a moment is not slow
	closingMargin = 3    // for the report, the disk, and a machine that is busier by then
)

// toSample is the window without its last part, in which the results are written.
func (p spending) toSample() (budget.Window, error) {
	w := p.window
	if p.watch == nil || !w.End.After(time.Now()) {
		return w, nil
	}
	closing := p.watch.closing()
	if w.End = w.End.Add(-closing); w.End.After(time.Now()) {
		return w, nil
	}
	return w, cli.Exit(fmt.Sprintf("writing the results of %d problems takes %v, and the window has no time left before; give a "+
		"longer --budget, or fewer problems", len(p.list), closing.Round(time.Millisecond)), exitNoAnswer)
}

// closing is how long it will take to write the results, most of which have no sample where there are many.
func (o *observers) closing() time.Duration {
	n := min(len(o.list), closingProbe)
	trial := time.Duration(1<<63 - 1)
	for range closingTries {
		trial = min(trial, o.writeBlank(o.list[:n]))
	}
	closing := closingMargin * trial * time.Duration(len(o.list)) / time.Duration(n)
	if o.book != nil {
		closing += o.book.writer.Enrolling
	}
	return closing
}

// writeBlank writes results without a sample to nowhere, and returns how long that takes.
func (o *observers) writeBlank(list []problems.Problem) time.Duration {
	begin := time.Now()
	blank := make([]problems.Result, len(list))
	for i, p := range list {
		blank[i] = resultOf(o.c, p, budget.Result{ID: p.ID})
	}
	_ = o.out.encode(io.Discard, blank) // what is wrong with them is told when they are written
	return time.Since(begin)
}
