package budget

import (
	"context"
	"errors"
	"time"

	"github.com/sourcegraph/conc/panics"
)

var errGone = errors.New("it closed its events")

// live drives a run in real time: the sampler is called by one goroutine, answers are read by another, and the observer
// is told by a third. Whichever hangs, the run goes on without it.
type live struct {
	ctx      context.Context
	sampler  Sampler
	calls    *courier
	reports  *courier
	observer Observer
	reading  func(text string) Reading
	read     chan Event // with their answers
	broken   chan error
	done     chan struct{}
	timer    *time.Timer
}

func newLive(ctx context.Context, s Sampler, o Observer, reading func(text string) Reading) *live {
	d := &live{
		ctx: ctx, sampler: s, observer: o, reading: reading, calls: newCourier(), read: make(chan Event),
		broken: make(chan error, 1), done: make(chan struct{}), timer: time.NewTimer(0),
	}
	if o != nil {
		d.reports = newCourier()
	}
	go d.readAnswers()
	return d
}

// readAnswers passes the sampler's events on, each with the answer that its text states.
func (d *live) readAnswers() {
	events := d.sampler.Events()
	for {
		var e Event
		var open bool
		select {
		case <-d.done:
			return
		case e, open = <-events:
		}
		if !open {
			d.broken <- errGone
			return
		}
		if e.Status == Finished || e.Status == Landed {
			if r := panics.Try(func() { e.Answer = d.reading(e.Text) }); r != nil {
				d.broken <- r.AsError()
				return
			}
		}
		select {
		case <-d.done:
			return
		case d.read <- e:
		}
	}
}

func (d *live) now() time.Time    { return time.Now() }
func (d *live) interrupted() bool { return d.ctx.Err() != nil }
func (d *live) start(s Sample)    { d.calls.do(func() { d.sampler.Start(s) }) }
func (d *live) cancel(ids []ID)   { d.calls.do(func() { d.sampler.Cancel(ids) }) }
func (d *live) land(ids []ID)     { d.calls.do(func() { d.sampler.Land(ids) }) }

func (d *live) wait(until time.Time) (e Event, ok bool, err error) {
	cancelled := d.ctx.Done()
	if d.interrupted() {
		cancelled = nil // it has been heard
	}
	d.timer.Reset(time.Until(until))
	select {
	case e := <-d.read:
		return e, true, nil
	case err := <-d.calls.failed:
		return e, false, err
	case err := <-d.broken:
		return e, false, err
	case <-d.timer.C:
	case <-cancelled:
	}
	return e, false, nil
}

func (d *live) ended(rec Record)              { d.report(func() { d.observer.Ended(rec) }) }
func (d *live) decided(decision Decision)     { d.report(func() { d.observer.Decided(decision) }) }
func (d *live) settled(problem int, r Result) { d.report(func() { d.observer.Settled(problem, r) }) }

func (d *live) report(call func()) {
	if d.observer != nil {
		d.reports.do(call)
	}
}

// close lets the goroutines go, once they have made the calls that were asked for.
func (d *live) close() {
	close(d.done)
	d.timer.Stop()
	d.calls.close(func(error) {}) // wait has told of a panic
	if d.observer != nil {
		d.reports.close(d.observer.Done)
	}
}
