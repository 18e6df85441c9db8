package remote

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"
)

// When a server is left alone, and how its limit is found out.
const (
	mostFailures = 5 // in a row, after which a server is left alone
	firstRest    = 250 * time.Millisecond
	longestRest  = 8 * time.Second
	longestAsked = 30 * time.Second // that a server may ask to be left alone
	moreAfter    = time.Second      // a limit that nothing spoke against for so long grows by one
	speedRate    = 0.2              // of a speed, by one sample
)

// An endpoint is a server. The mutex of its pool guards it, but for what it does not take.
//
// Its limit, the number of samples that it runs at once, is found as TCP finds a rate: every request that it takes adds a part,
// one that it refuses halves it. It begins with all that there may be: a server that queues refuses nothing, a window has no time
// to lose, and what one cannot take when another dies is lost.
type endpoint struct {
	url   string
	most  float64 // its limit's bound
	limit float64

	inFlight int
	changed  time.Time // when the limit was last changed, or might have been

	speed float64 // tokens a second of a stream, of late; 0 if unknown

	inARow   int // failures since the last success
	rests    int // times that it was left alone since then
	restOver time.Time

	probing bool // the one sample that tries it after a rest has a place

	failures int
	last     error // the newest of them

	lacks  atomic.Uint32 // what it has been found not to know, of features
	proved atomic.Bool   // it has served a request
}

func newEndpoint(url string, most int) *endpoint {
	return &endpoint{url: url, limit: float64(most), most: float64(most)}
}

// takes reports whether it may have another sample now. After a rest it is tried by one.
func (e *endpoint) takes(now time.Time) bool {
	if now.Before(e.restOver) {
		return false
	}
	if e.resting() {
		return !e.probing
	}
	return e.inFlight < int(e.limit)
}

// resting reports whether it has failed so often that it must first prove itself.
func (e *endpoint) resting() bool { return e.inARow >= mostFailures }

// A place on a server is a sample's until the pool has it back.
type place struct {
	*endpoint
	probes bool // the sample tries the server after a rest
	extra  bool // it has another place, which is counted
}

// take gives a place away.
func (e *endpoint) take() *place {
	e.inFlight++
	p := &place{endpoint: e, probes: e.resting()}
	e.probing = e.probing || p.probes
	return p
}

// takesAt is when it may take one that it does not take now; zero if that depends on those that it runs.
func (e *endpoint) takesAt(now time.Time) time.Time {
	switch {
	case now.Before(e.restOver):
		return e.restOver
	case !e.resting() && e.limit < e.most:
		return e.changed.Add(moreAfter)
	}
	return time.Time{}
}

// tryMore raises a limit that is reached and that nothing has spoken against for a while.
func (e *endpoint) tryMore(now time.Time) {
	if e.inFlight >= int(e.limit) && e.limit < e.most && now.Sub(e.changed) >= moreAfter {
		e.limit, e.changed = min(e.limit+1, e.most), now
	}
}

// served notes a request that it has begun to answer.
func (e *endpoint) served() {
	e.inARow, e.rests, e.probing = 0, 0, false
	e.proved.Store(true)
	e.limit = min(e.limit+1/e.limit, e.most)
}

// learn takes in the speed of a stream.
func (e *endpoint) learn(speed float64) {
	switch {
	case !(speed > 0):
	case e.speed == 0:
		e.speed = speed
	default:
		e.speed += speedRate * (speed - e.speed)
	}
}

// failed notes a request that has failed.
func (e *endpoint) failed(err error, now time.Time) {
	e.failures++
	e.last = err
	if busy := (*busyError)(nil); errors.As(err, &busy) {
		e.refuse(busy.after, now)
		return
	}
	if isFinal(err) {
		return // the request's fault
	}
	if e.inARow++; e.resting() && !now.Before(e.restOver) {
		rest := min(firstRest<<min(e.rests, 16), longestRest)
		e.rests++
		e.restOver = now.Add(rest/2 + rand.N(rest)) // so that not all clients come back at once
	}
}

// refuse halves the limit, once for all the refusals that belong together, and lets it be no more than what the server has taken.
// It is left alone for as long as it asks to if it has taken none: otherwise there is room for another one when one ends.
func (e *endpoint) refuse(after time.Duration, now time.Time) {
	if now.Sub(e.changed) >= firstRest || e.changed.IsZero() {
		e.limit, e.changed = e.limit/2, now
	}
	others := e.inFlight - 1
	e.limit = max(min(e.limit, float64(others)), 1)
	if over := now.Add(min(after, longestAsked)); others == 0 && over.After(e.restOver) {
		e.restOver = over
	}
}

func (e *endpoint) trouble() string {
	if e.failures == 0 {
		return ""
	}
	text := fmt.Sprintf("%s: %d requests failed; the last: %v", e.url, e.failures, e.last)
	if e.limit < e.most {
		text += fmt.Sprintf("; it takes about %.0f at once", e.limit)
	}
	return text
}
