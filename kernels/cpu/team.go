package cpu

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// task is an operation that can be cut into parts of about equal work, which run in any order and at the same time.
type task interface {
	run(part, parts int)
}

// team runs tasks on the calling goroutine and its workers. Parts are claimed, not assigned: when the operating system
// has taken a worker's core away, the caller does that worker's part as well instead of waiting for it.
type team struct {
	board atomic.Uint64 // what can be claimed: a count of tasks, the next part and the number of parts
	task  task          // belongs to the board; not replaced before all of its parts are done

	// On a line of their own: the caller looks at done while workers that wait look at the board.
	_      [cacheLine]byte
	done   atomic.Int32 // parts of the task that are done
	_      [cacheLine]byte
	closed atomic.Bool

	workers []*worker
	stopped sync.WaitGroup
}

// worker is what the caller must know of a goroutine to wake it.
type worker struct {
	parked atomic.Bool
	wake   chan struct{}
}

// The board's fields, from the lowest bit: 16 bits of parts, 16 bits of the next part, 32 bits of tasks.
const (
	onePart = 1 << 16
	oneTask = 1 << 32
)

func newTeam(threads int) *team {
	t := &team{workers: make([]*worker, threads-1)}
	for i := range t.workers {
		t.workers[i] = &worker{wake: make(chan struct{}, 1)}
		t.stopped.Go(func() { t.work(t.workers[i]) })
	}
	return t
}

// run does all parts of a task and returns when they are done.
func (t *team) run(job task, parts int) {
	if parts <= 1 {
		job.run(0, 1)
		return
	}
	t.task = job
	t.done.Store(0)
	t.board.Store(t.board.Load()&^(oneTask-1) + oneTask + uint64(parts))
	t.wakeAll()
	for t.claim() {
	}
	for w := (waiter{}); int(t.done.Load()) < parts; {
		w.wait()
	}
}

// claim does one part of the task on the board, if there is one to be had.
func (t *team) claim() bool {
	for {
		board := t.board.Load()
		next, parts := int(board>>16&0xffff), int(board&0xffff)
		if next >= parts {
			return false
		}
		if t.board.CompareAndSwap(board, board+onePart) {
			t.task.run(next, parts)
			t.done.Add(1)
			return true
		}
	}
}

// work claims parts until the team is closed.
func (t *team) work(w *worker) {
	idle := waiter{}
	for !t.closed.Load() {
		switch {
		case t.claim():
			idle = waiter{}
		case idle.wait() > parkAfter:
			t.park(w)
			idle = waiter{}
		}
	}
}

// park sleeps until run or close wakes the worker. It looks at the board once more after it has said that it sleeps,
// because a task that came before would not wake it.
func (t *team) park(w *worker) {
	w.parked.Store(true)
	board := t.board.Load()
	if (board>>16&0xffff < board&0xffff || t.closed.Load()) && w.parked.CompareAndSwap(true, false) {
		return
	}
	<-w.wake
}

func (t *team) wakeAll() {
	for _, w := range t.workers {
		if w.parked.Load() && w.parked.CompareAndSwap(true, false) {
			w.wake <- struct{}{}
		}
	}
}

func (t *team) close() {
	t.closed.Store(true)
	t.wakeAll()
	t.stopped.Wait()
}

// A waiting thread keeps its core for spinFor, since a task or a result is mostly near, then offers it to others
// between looks, and a worker parks after parkAfter.
const (
	spinFor   = 50 * time.Microsecond
	parkAfter = time.Millisecond
)

// waiter is one wait: how often it has looked, and since when.
type waiter struct {
	looks int
	since time.Time
	spent time.Duration
}

// wait passes a moment and returns how long the wait has lasted. It reads the clock only now and then, as that takes
// longer than a look.
func (w *waiter) wait() time.Duration {
	const looksPerReading = 32
	if w.spent > spinFor {
		runtime.Gosched()
		yieldThread()
	} else {
		pause()
	}
	if w.looks++; w.looks%looksPerReading == 1 {
		if w.since.IsZero() {
			w.since = time.Now()
		}
		w.spent = time.Since(w.since)
	}
	return w.spent
}
