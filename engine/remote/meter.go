package remote

import (
	"sync"
	"time"

	"caucus/engine"
)

// A meter measures all streams together as if they were one batch: a step is the time in which each of them has one more
// token. So a step's rows are the streams that have begun, and budget learns how the servers' speed depends on their number.
// The first token of a stream is no step: it ends the delay.
type meter struct {
	mu      sync.Mutex
	drawn   int
	steps   float64
	rows    int     // tokens drawn in steps
	context float64 // positions, summed over those
	busy    time.Duration
	live    int       // streams that have begun
	since   time.Time // when the first of them did, or busy was last counted
	delay   time.Duration
}

// How fast the delay follows what is measured: it rises quickly, so that landing is rather early than late.
const (
	delayRise = 2
	delayFall = 16
)

// begin counts a stream whose first token came so long after it was asked for.
func (m *meter) begin(now time.Time, delay time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tick(now)
	m.live++
	switch {
	case m.delay == 0:
		m.delay = delay
	case delay > m.delay:
		m.delay += (delay - m.delay) / delayRise
	default:
		m.delay += (delay - m.delay) / delayFall
	}
}

// draw counts tokens of a stream, the last of them at a position of its text. Those that begin it are none of a step.
func (m *meter) draw(tokens, position int, begin bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.drawn += tokens
	if begin {
		return
	}
	m.steps += float64(tokens) / float64(max(m.live, 1))
	m.rows += tokens
	m.context += float64(tokens * position)
}

// end counts a stream that has begun and is over.
func (m *meter) end(now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tick(now)
	m.live--
}

// tick counts the time since it was last called as busy, if there were streams.
func (m *meter) tick(now time.Time) {
	if m.live > 0 {
		m.busy += max(now.Sub(m.since), 0)
	}
	m.since = now
}

func (m *meter) stats() engine.Stats {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tick(time.Now())
	return engine.Stats{
		Steps: int(m.steps), Drawn: m.drawn, Rows: m.rows, Context: int(m.context), Busy: m.busy, Running: m.live, Delay: m.delay,
	}
}
