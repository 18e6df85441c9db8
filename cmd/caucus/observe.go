package main

import (
	"errors"

	"github.com/urfave/cli/v2"

	"caucus/budget"
	"caucus/problems"
)

// observers follow a batch while it runs.
type observers struct {
	recorder *recorder // nil without --record
	streamer *streamer // nil unless results are written one by one
	done     chan error
}

// observe makes those that the flags ask for.
func observe(c *cli.Context, list []problems.Problem, out results) (*observers, error) {
	o := &observers{done: make(chan error, 1)}
	if c.Bool("stream") && out.path == "" {
		o.streamer = &streamer{c: c, list: list, out: problems.NewWriter(c.App.Writer), settled: map[int]budget.Result{}}
	}
	if path := c.String("record"); path != "" {
		r, err := newRecorder(path, list, c.Uint64("seed"))
		if err != nil {
			return nil, err
		}
		o.recorder = r
	}
	return o, nil
}

// streams reports whether the results are written while the batch runs.
func (o *observers) streams() bool { return o.streamer != nil }

// Ended implements budget.Observer, as do the methods that follow.
func (o *observers) Ended(id budget.ID, s budget.Outcome) {
	if o.recorder != nil {
		o.recorder.record(id, s)
	}
}

// Settled writes a result.
func (o *observers) Settled(problem int, r budget.Result) {
	if o.streamer != nil {
		o.streamer.write(problem, r)
	}
}

// Done lets close go on.
func (o *observers) Done(err error) { o.done <- err }

// close waits until all has been written.
func (o *observers) close() error {
	return errors.Join(<-o.done, o.cancel())
}

// cancel ends what a run that never was would have written.
func (o *observers) cancel() error {
	var errs []error
	if o.recorder != nil {
		errs = append(errs, o.recorder.close())
	}
	if o.streamer != nil {
		errs = append(errs, o.streamer.err)
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
