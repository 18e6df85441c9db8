package budget

import "time"

// A driver carries a run through time. Its calls do not wait, but for wait.
type driver interface {
	now() time.Time
	start(Sample)
	cancel([]ID)
	land([]ID)
	// wait returns with the first event, or when it is until, or when the run is interrupted.
	wait(until time.Time) (e Event, ok bool, err error)
	interrupted() bool
	ended(Record)
	decided(Decision)
	settled(int, Result)
}
