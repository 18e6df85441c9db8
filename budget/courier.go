package budget

import (
	"sync"

	"github.com/sourcegraph/conc/panics"
)

// A courier makes calls in order on a goroutine of its own, so that a call that hangs cannot hold up who asked for it.
// The queue is unbounded: do never waits.
type courier struct {
	failed chan error // receives the panic of a call, with its stack; no call is made after it

	mu     sync.Mutex
	more   *sync.Cond
	calls  []func()
	closed bool
}

func newCourier() *courier {
	c := &courier{failed: make(chan error, 1)}
	c.more = sync.NewCond(&c.mu)
	go c.work()
	return c
}

func (c *courier) do(call func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls = append(c.calls, call)
	c.more.Signal()
}

// close lets the courier go once its calls are made. It does not wait for that.
func (c *courier) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	c.more.Signal()
}

func (c *courier) work() {
	for {
		call, ok := c.next()
		if !ok {
			return
		}
		if r := panics.Try(call); r != nil {
			c.failed <- r.AsError()
			return
		}
	}
}

// next waits for a call; ok is false when there will be none.
func (c *courier) next() (call func(), ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(c.calls) == 0 && !c.closed {
		c.more.Wait()
	}
	if len(c.calls) == 0 {
		return nil, false
	}
	call, c.calls = c.calls[0], c.calls[1:]
	return call, true
}
