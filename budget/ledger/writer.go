package ledger

import (
	"database/sql"
	"encoding/json"
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
	Enrolling time.Duration // that it took to enter the problems; as many results take about as long

	ledger  *Ledger
	session int
	opened  time.Time
	full    chan struct{} // asks for a commit
	stop    chan struct{}
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
	profile string // in JSON
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
	w.add(func(b *batch) {
		b.samples = append(b.samples, s)
		b.bytes += len(s.Text)
	})
}

// AddLanding records what a sample answered when it was landed. A later one after as many tokens takes its place.
func (w *Writer) AddLanding(l Landing) {
	w.add(func(b *batch) { b.landings = append(b.landings, l) })
}

// Decide records a decision.
func (w *Writer) Decide(d Decision) {
	w.add(func(b *batch) { b.decisions = append(b.decisions, d) })
}

// Settle records the answer to a problem. A later one of this session takes its place.
func (w *Writer) Settle(r Result) {
	w.add(func(b *batch) { b.results = append(b.results, r) })
}

func (w *Writer) add(to func(*batch)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		panic("ledger: something is added to a Writer that has been closed")
	}
	to(&w.pending)
	if w.pending.bytes >= flushAt {
		select {
		case w.full <- struct{}{}:
		default: // it has been told
		}
	}
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
	w.shut()
	profile, err := json.Marshal(p)
	if err != nil {
		profile, err = []byte("{}"), fmt.Errorf("the profile of the session: %w", err) // which is no reason to lose samples
	}
	w.end = &ending{end, string(profile)}
	if failed := w.commit(); failed != nil {
		err = fmt.Errorf("%s not in it: %w", w.pending.missing(), failed)
	}
	w.insert.close()
	if err != nil {
		return explain("close", w.ledger.path, err)
	}
	return nil
}

func (w *Writer) shut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
}
