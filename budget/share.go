package budget

import "time"

// A fairClock measures time as every running sample has a part of it: in a batch of n samples, a second is an n-th of a
// second for each. So the times of problems that share a batch add up to the time that passes.
type fairClock struct {
	at   time.Time
	each float64 // seconds that a sample has had that runs from the first
}

// advance moves the clock on to now; until then so many samples ran.
func (c *fairClock) advance(now time.Time, live int) {
	if live > 0 {
		c.each += now.Sub(c.at).Seconds() / float64(live)
	}
	c.at = now
}

// A share is the time that a problem was promised, and what it has had of it.
type share struct {
	own, spent float64 // seconds
	running    int     // samples
	since      float64 // clock.each when that number changed
}

// run says how many samples run from now on.
func (s *share) run(c *fairClock, samples int) {
	s.spent += float64(s.running) * (c.each - s.since)
	s.running, s.since = samples, c.each
}

// left is the time that it may yet take, 0 or more.
func (s *share) left(c *fairClock) float64 {
	return max(s.own-s.spent-float64(s.running)*(c.each-s.since), 0)
}

// passes is how long it takes on the wall until so much of it has passed, in a batch of live samples.
func (s *share) passes(seconds float64, live int) float64 {
	if s.running == 0 {
		return seconds
	}
	return seconds * float64(live) / float64(s.running)
}
