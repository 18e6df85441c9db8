package ledger

import (
	"database/sql"
	"fmt"
	"slices"
	"sync"
	"time"

	"caucus/budget"
)

const (
	flushEvery = 400 * time.Millisecond // so that with a slow disk it is still within a second
	flushAt    = 4 << 20                // bytes of texts that are not waited with
)

// A Writer records a session. Its methods are safe for concurrent use, and all but Flush and Close only append to a buffer.
type Writer struct {
	ledger  *Ledger
	session int
	opened  time.Time
	stop    chan struct{}
	full    chan struct{}
	stopped sync.WaitGroup

	disk   sync.Mutex // is held while a batch is written
	insert *inserter
	end    *ending // of the session, with the last batch

	mu       sync.Mutex // is never held for long
	pending  batch
	spare    batch // empty, with room
	recorded int
	failed   error // the first one
	closed   bool
}

// A batch is what is added between two commits.
type batch struct {
	samples   []Sample
	landings  []Landing
	decisions []Decision
	results   []Result
	bytes     int // of the samples' texts
}

// An ending is what is known of a session at its end.
type ending struct {
	word    string
	profile budget.Profile
}

func newWriter(l *Ledger, conn *sql.Conn, session int, s Session) (*Writer, error) {
	insert, err := newInserter(conn, session)
	if err != nil {
		return nil, err
	}
	w := &Writer{
		ledger: l, session: session, opened: s.Opened, insert: insert,
		stop: make(chan struct{}), full: make(chan struct{}, 1),
	}
	w.stopped.Go(w.work)
	return w, nil
}

// open reports whether the session goes on.
func (w *Writer) open() bool {
	if w == nil {
		return false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return !w.closed
}

// Session is the session's position in Sessions().
func (w *Writer) Session() int { return w.session }

// Add records a sample that has ended, as one of this session.
func (w *Writer) Add(s Sample) {
	if !slices.Contains(statuses, s.Status) {
		panic(fmt.Sprintf("ledger: a sample is added that is %q; it has not ended", s.Status))
	}
	s.Session = w.session
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pending.samples = append(w.pending.samples, s)
	if w.pending.bytes += len(s.Text); w.pending.bytes >= flushAt {
		select {
		case w.full <- struct{}{}:
		default: // it knows
		}
	}
}

// AddLanding records what a sample answered when it was landed. A later one after as many tokens takes its place.
func (w *Writer) AddLanding(l Landing) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pending.landings = append(w.pending.landings, l)
}

// Decide records a decision.
func (w *Writer) Decide(d Decision) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pending.decisions = append(w.pending.decisions, d)
}

// Settle records the answer to a problem. A later one of this session takes its place.
func (w *Writer) Settle(r Result) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pending.results = append(w.pending.results, r)
}

// Recorded is the number of added samples that are durable.
func (w *Writer) Recorded() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.recorded
}

// Err is the first failure to write. What it was about is tried again, so that nothing need be missing.
func (w *Writer) Err() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.failed
}

// Flush returns when all that was added before is durable.
func (w *Writer) Flush() error {
	if err := w.commit(); err != nil {
		return explain("write", w.ledger.path, err)
	}
	return nil
}

// Close ends the session as the word says, with what is known of the sampler now. The error tells how many samples are not in
// the ledger.
func (w *Writer) Close(end string, p budget.Profile) error {
	close(w.stop)
	w.stopped.Wait()
	w.end = &ending{end, p}
	err := w.commit()
	w.insert.close()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	if err == nil {
		return nil
	}
	return explain("close", w.ledger.path, fmt.Errorf("%s not in it: %w", w.pending.missing(), err))
}
