package remote

import (
	"context"
	"slices"
	"sync"
	"time"
)

// A fleet is the servers of an engine. It hands out places on them, first come, first served.
type fleet struct {
	mu        sync.Mutex
	endpoints []*endpoint
	waiting   []chan *endpoint // each with room for one, oldest first
	wake      *time.Timer      // set while samples wait and no server takes one now
	closed    bool
}

func newFleet(urls []string, slots int) *fleet {
	f := &fleet{}
	for _, url := range urls {
		f.endpoints = append(f.endpoints, newEndpoint(url, slots))
	}
	f.wake = time.AfterFunc(time.Hour, f.wakeUp)
	f.wake.Stop()
	return f
}

// close lets the timer go. Nobody waits any more.
func (f *fleet) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	f.wake.Stop()
}

// place waits for a place on a server. Give it back with leave.
func (f *fleet) place(ctx context.Context) (*endpoint, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	f.mu.Lock()
	turn := make(chan *endpoint, 1)
	f.waiting = append(f.waiting, turn)
	f.serve()
	f.mu.Unlock()
	select {
	case e := <-turn:
		return e, nil
	case <-ctx.Done():
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if i := slices.Index(f.waiting, turn); i >= 0 {
		f.waiting = slices.Delete(f.waiting, i, i+1)
		return nil, ctx.Err()
	}
	(<-turn).inFlight-- // it came just now
	f.serve()
	return nil, ctx.Err()
}

// leave gives a place back. speed is what the sample had, in tokens a second; 0 if that was not measured.
func (f *fleet) leave(e *endpoint, speed float64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	e.inFlight--
	e.probing = false
	e.learn(speed)
	f.serve()
}

// served notes that a server has begun to answer a request.
func (f *fleet) served(e *endpoint) {
	f.mu.Lock()
	defer f.mu.Unlock()
	e.served()
	f.serve()
}

// failed notes that a request has failed.
func (f *fleet) failed(e *endpoint, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	e.failed(err, time.Now())
}

// serve gives places to those that wait, as long as there are any.
func (f *fleet) serve() {
	now := time.Now()
	for len(f.waiting) > 0 {
		e := f.best(now)
		if e == nil {
			f.sleep(now)
			return
		}
		e.take()
		f.waiting[0] <- e
		f.waiting = f.waiting[1:]
	}
}

// best is the server with the fewest samples for its speed, of those that have room, or nil.
func (f *fleet) best(now time.Time) *endpoint {
	speed := f.meanSpeed()
	var best *endpoint
	least := 0.0
	for _, e := range f.endpoints {
		if !e.takes(now) {
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
func (f *fleet) meanSpeed() float64 {
	sum, n := 0.0, 0.0
	for _, e := range f.endpoints {
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
func (f *fleet) sleep(now time.Time) {
	var next time.Time
	for _, e := range f.endpoints {
		if at := e.takesAt(now); !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	if !next.IsZero() && !f.closed {
		f.wake.Reset(max(next.Sub(now), time.Millisecond))
	}
}

func (f *fleet) wakeUp() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return
	}
	if len(f.waiting) > 0 {
		now := time.Now()
		for _, e := range f.endpoints {
			e.tryMore(now)
		}
	}
	f.serve()
}

func (f *fleet) troubles() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all []string
	for _, e := range f.endpoints {
		if text := e.trouble(); text != "" {
			all = append(all, text)
		}
	}
	return all
}
