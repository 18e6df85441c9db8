package main

import (
	"context"
	"errors"

	"github.com/urfave/cli/v2"

	"caucus/budget"
	"caucus/engine/sampling"
	"caucus/problems"
)

// observers follow a batch while it runs.
type observers struct {
	c        *cli.Context
	list     []problems.Problem
	book     *book      // nil without --ledger
	streamer *streamer  // nil unless results are written one by one
	out      results    // where they go otherwise
	done     chan error // receives one value, when they have heard everything
}

// observe makes those that the flags ask for.
func observe(c *cli.Context, list []problems.Problem, book *book, out results) *observers {
	o := &observers{c: c, list: list, book: book, out: out, done: make(chan error, 1)}
	if c.Bool("stream") && out.piped() {
		o.streamer = &streamer{c: c, list: list, out: problems.NewWriter(c.App.Writer), settled: map[int]budget.Result{}}
	}
	return o
}

// streams reports whether the results are written while the batch runs.
func (o *observers) streams() bool { return o.streamer != nil }

// begin says that sampling begins, and returns the samples of earlier sessions.
func (o *observers) begin(ctx context.Context, from source, s *sampling.Sampler, plan spending) (map[budget.ID]budget.Event, error) {
	if o.book == nil {
		return nil, nil
	}
	book := o.book
	o.book = nil // is left behind with what it waits for, if that is too long
	earlier, err := withinOr(ctx, "opening the ledger", func() (map[budget.ID]budget.Event, error) { return book.begin(from, s, plan) },
		func(map[budget.ID]budget.Event, error) { o.book = book })
	if err == nil || ctx.Err() == nil {
		o.book = book
	}
	return earlier, err
}

// Ended implements budget.Observer, as do the methods that follow.
func (o *observers) Ended(r budget.Record) {
	if o.book != nil {
		o.book.ended(r)
	}
}

// Decided keeps a decision.
func (o *observers) Decided(d budget.Decision) {
	if o.book != nil {
		o.book.decided(d)
	}
}

// Settled writes a result. It does not wait for the disk: a result that is out before its samples are safe comes out again
// as it was, since they are drawn with the same seeds.
func (o *observers) Settled(problem int, r budget.Result) {
	if o.book != nil {
		o.book.settled(problem, r)
	}
	if o.streamer != nil {
		o.streamer.write(problem, r)
	}
}

// Done says that they have heard everything.
func (o *observers) Done(err error) { o.done <- err }

// end ends what was to be written, also of a run that never was.
func (o *observers) end(run *spent, failed error) error {
	var errs []error
	if o.streamer != nil {
		errs = append(errs, o.streamer.err)
	}
	if o.book != nil {
		errs = append(errs, o.book.close(run, failed))
	}
	return errors.Join(errs...)
}

// streamer writes each result when it and those before it are final. At the window's end those come first that had no turn:
// the last one that had is landing.
type streamer struct {
	c       *cli.Context
	list    []problems.Problem
	out     *problems.Writer
	settled map[int]budget.Result // and not yet written
	next    int                   // to write
	err     error
}

func (s *streamer) write(problem int, r budget.Result) {
	s.settled[problem] = r
	for {
		r, ok := s.settled[s.next]
		if !ok || s.err != nil {
			return
		}
		s.err = s.out.Write(resultOf(s.c, s.list[s.next], r))
		delete(s.settled, s.next)
		s.next++
	}
}
