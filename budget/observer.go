package budget

import "time"

// An Observer follows a run. Its methods are called one after the other from a goroutine of its own, so that it may be
// slow; Run does not wait for them.
type Observer interface {
	Ended(Record)        // a sample has ended
	Decided(Decision)    // the run has made a decision, other than to start a sample
	Settled(int, Result) // the answer of the problem with this index is final
	Done(error)          // nothing more will happen; the error is the panic of an earlier call, after which none was made
}

// A Record is all that is known of a sample that has ended.
type Record struct {
	Sample
	Outcome
	Text           string    // empty if nobody knows, as of a cancelled one
	Started, Ended time.Time // when it was asked for, and when its end was known
}

// A Decision is something that a run did.
type Decision struct {
	At      time.Time
	Kind    DecisionKind
	Problem int // by its index; -1 is the whole run
	Samples int // that it is about
}

// DecisionKind says what was done.
type DecisionKind string

// The kinds of decisions.
const (
	Width       DecisionKind = "width"       // the run uses so many slots from now on
	Decided     DecisionKind = "decided"     // a problem needs no more samples; so many that ran were cancelled
	Expired     DecisionKind = "expired"     // a problem's time is over; so many samples were told to land
	Landing     DecisionKind = "landing"     // the window closes: so many samples were told to land
	GivenUp     DecisionKind = "given up"    // so many were cancelled then, as there was no time to land all
	Interrupted DecisionKind = "interrupted" // the run was told to stop, with so many samples running
)
