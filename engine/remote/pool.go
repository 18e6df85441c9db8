package remote

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"
)

// A pool is the servers of an engine. It hands out places on them, first come, first served: a sample that is tried again does
// not go behind those that were started after it, since votes are counted in that order.
type pool struct {
	slots int

	mu        sync.Mutex
	taken     int // of the slots
	endpoints []*endpoint
	waiting   []waiter    // oldest first
	wake      *time.Timer // set while samples wait and no server takes one now
	closed    bool
}

// A waiter is a sample without a place.
type waiter struct {
	number uint64      // of the samples, as they were started
	turn   chan *place // with room for one
}

func newPool(urls []string, slots int) *pool {
	p := &pool{slots: slots}
	for _, url := range urls {
		p.endpoints = append(p.endpoints, newEndpoint(url, slots))
	}
	p.wake = time.AfterFunc(time.Hour, p.wakeUp)
	p.wake.Stop()
	return p
}

// close lets the timer go. Nobody waits any more.
func (p *pool) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	p.wake.Stop()
}

// place waits for a place on a server, for the sample of a number. Give it back with leave.
func (p *pool) place(ctx context.Context, number uint64) (*place, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	p.mu.Lock()
	turn := make(chan *place, 1)
	i, _ := slices.BinarySearchFunc(p.waiting, number, func(w waiter, n uint64) int { return cmp.Compare(w.number, n) })
	p.waiting = slices.Insert(p.waiting, i, waiter{number, turn})
	p.serve()
	p.mu.Unlock()
	select {
	case at := <-turn:
		return at, nil
	case <-ctx.Done():
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if i := slices.Index(p.waiting, waiter{number, turn}); i >= 0 {
		p.waiting = slices.Delete(p.waiting, i, i+1)
		return nil, ctx.Err()
	}
	p.free(<-turn) // it came just now
	p.serve()
	return nil, ctx.Err()
}

// elsewhere takes a further place on another server, if one has room that nobody waits for; nil if none has. Give one of both
// back with leave.
func (p *pool) elsewhere(than *place) *place {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.waiting) > 0 {
		return nil
	}
	e := p.best(time.Now(), than.endpoint)
	if e == nil {
		return nil
	}
	at := e.take()
	at.extra = true
	return at
}

// leave gives a place back. speed is what the sample had, in tokens a second; 0 if that was not measured.
func (p *pool) leave(at *place, speed float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.free(at)
	at.learn(speed)
	p.serve()
}

// free takes a place back.
func (p *pool) free(at *place) {
	at.inFlight--
	if at.probes {
		at.probing = false
	}
	if !at.extra {
		p.taken--
	}
}

// served notes that a server has begun to answer a request.
func (p *pool) served(at *place) {
	p.mu.Lock()
	defer p.mu.Unlock()
	at.served()
	p.serve()
}

// failed notes that a request has failed.
func (p *pool) failed(at *place, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	at.failed(err, time.Now())
}

// serve gives places to those that wait, as long as there are any.
func (p *pool) serve() {
	now := time.Now()
	for len(p.waiting) > 0 && p.taken < p.slots {
		e := p.best(now, nil)
		if e == nil {
			p.sleep(now)
			return
		}
		p.taken++
		p.waiting[0].turn <- e.take()
		p.waiting = p.waiting[1:]
	}
}

// best is the server with the fewest samples for its speed, of those that have room, without one; nil if there is none.
func (p *pool) best(now time.Time, without *endpoint) *endpoint {
	speed := p.meanSpeed()
	var best *endpoint
	least := 0.0
	for _, e := range p.endpoints {
		if e == without || !e.takes(now) {
			continue
		}
		s := e.speed
		if s == 0 {
			s = speed
		}
		if load := float64(e.inFlight+1) / s; best == nil || load < least {
			best, least = e, load
		}
	}
	return best
}

// meanSpeed is what a server is taken for whose speed is not known.
func (p *pool) meanSpeed() float64 {
	sum, n := 0.0, 0.0
	for _, e := range p.endpoints {
		if e.speed > 0 {
			sum, n = sum+e.speed, n+1
		}
	}
	if n == 0 {
		return 1
	}
	return sum / n
}

// sleep sets the timer to when a server may take a sample without that one leaves.
func (p *pool) sleep(now time.Time) {
	var next time.Time
	for _, e := range p.endpoints {
		if at := e.takesAt(now); !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	if !next.IsZero() && !p.closed {
		p.wake.Reset(max(next.Sub(now), time.Millisecond))
	}
}

func (p *pool) wakeUp() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	if len(p.waiting) > 0 {
		now := time.Now()
		for _, e := range p.endpoints {
			e.tryMore(now)
		}
	}
	p.serve()
}

func (p *pool) troubles() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []string
	for _, e := range p.endpoints {
		if text := e.trouble(); text != "" {
			all = append(all, text)
		}
	}
	return all
}
