package budget

import "time"

// A Virtual is a sampler in virtual time: it computes when its samples end instead of waiting for it. All calls come from
// one goroutine and take effect at once. Its events carry their answers already.
type Virtual interface {
	Slots() int
	Now() time.Time // when sampling begins
	Start(Sample)
	Cancel([]ID)
	Land([]ID)
	// Advance moves its clock on to the next event, or to until if there is none before, and returns the time then.
	Advance(until time.Time) (now time.Time, e Event, ok bool)
}

// Simulate is Run in virtual time: the same decisions, in as much real time as they take to compute. Sampling begins at the
// sampler's time, which may be later than the window's start, as that of a program that first loads its model. The Observer is called by the run itself, and its panics are the caller's.
func Simulate(w Window, ids []string, s Virtual, p Policy, o Options) (Report, error) {
	r, err := newRun(w, s.Now(), ids, s.Slots(), p, o)
	if err != nil {
		return Report{}, err
	}
	if o.Observer != nil {
		defer o.Observer.Done(nil)
	}
	return r.spend(&virtual{s, s.Now(), o.Observer})
}

// virtual drives a run by the clock of its sampler.
type virtual struct {
	Virtual
	at       time.Time
	observer Observer
}

func (v *virtual) now() time.Time    { return v.at }
func (v *virtual) interrupted() bool { return false }
func (v *virtual) start(s Sample)    { v.Start(s) }
func (v *virtual) cancel(ids []ID)   { v.Cancel(ids) }
func (v *virtual) land(ids []ID)     { v.Land(ids) }

func (v *virtual) wait(until time.Time) (e Event, ok bool, err error) {
	v.at, e, ok = v.Advance(until)
	return e, ok, nil
}

func (v *virtual) ended(rec Record) {
	if v.observer != nil {
		v.observer.Ended(rec)
	}
}

func (v *virtual) decided(d Decision) {
	if v.observer != nil {
		v.observer.Decided(d)
	}
}

func (v *virtual) settled(problem int, r Result) {
	if v.observer != nil {
		v.observer.Settled(problem, r)
	}
}
