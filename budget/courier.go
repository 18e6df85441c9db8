package budget

import (
	"sync"

	"github.com/sourcegraph/conc/panics"
)

// A courier makes calls in order on a goroutine of its own, so that a call that hangs cannot hold up who asked for it.
// The queue is unbounded: do never waits.
type courier struct {
	failed chan error // receives the panic of a call, with its stack; no call is made after it, but for the last

	mu    sync.Mutex
	more  *sync.Cond
	calls []func()
	last  func(error) // set when the courier is closed
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

// close lets the courier go once its calls are made, and last of all this one, which is told of a panic and is made in
// any case. It does not wait for that.
func (c *courier) close(last func(error)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last = last
	c.more.Signal()
}

func (c *courier) work() {
	var failed error
	for {
		call, ok := c.next()
		if !ok {
			break
		}
		if failed != nil {
			continue
		}
		if r := panics.Try(call); r != nil {
			failed = r.AsError()
			c.failed <- failed
		}
	}
	c.last(failed)
}

// next waits for a call; ok is false when there will be none.
func (c *courier) next() (call func(), ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(c.calls) == 0 && c.last == nil {
		c.more.Wait()
	}
	if len(c.calls) == 0 {
		return nil, false
	}
	call, c.calls = c.calls[0], c.calls[1:]
	return call, true
}
