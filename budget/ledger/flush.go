package ledger

import (
	"fmt"
	"os"
	"slices"
	"time"
)

// work commits what was added, now and then.
func (w *Writer) work() {
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	for {
		select {
		case <-w.stop:
			return
		case <-tick.C:
		case <-w.full:
		}
		_ = w.commit() // is kept, as is the batch
	}
}

// commit makes durable what was added until now. If it fails, all of that stays to be tried again.
func (w *Writer) commit() error {
	w.disk.Lock()
	defer w.disk.Unlock()
	b := w.take()
	err := w.write(b)
	w.mu.Lock()
	defer w.mu.Unlock()
	if err != nil {
		if w.failed == nil {
			w.failed = explain("write", w.ledger.path, err)
		}
		w.pending = b.then(w.pending)
		return err
	}
	w.recorded += len(b.samples)
	w.spare = b.emptied()
	return nil
}

func (w *Writer) take() batch {
	w.mu.Lock()
	defer w.mu.Unlock()
	b := w.pending
	w.pending, w.spare = w.spare, batch{}
	return b
}

// write is one transaction. Even an empty batch tells how much of the window is spent.
func (w *Writer) write(b batch) error {
	if err := w.ledger.present(); err != nil {
		return err
	}
	return w.insert.all(b, time.Since(w.opened), w.end)
}

// present reports an error if a file is no longer where it was: what is written then goes to one without a name.
func (l *Ledger) present() error {
	for name, then := range l.files {
		if now, err := os.Stat(name); err != nil || !os.SameFile(now, then) {
			return fmt.Errorf("%s was deleted or replaced since it was opened, and what it held is gone; begin another ledger", name)
		}
	}
	return nil
}

// then is both, to be tried again: not before so much more has come, or a tick.
func (b batch) then(later batch) batch {
	return batch{
		samples: append(b.samples, later.samples...), landings: append(b.landings, later.landings...),
		decisions: append(b.decisions, later.decisions...), results: append(b.results, later.results...), bytes: later.bytes,
	}
}

// emptied keeps the room and lets go of the texts.
func (b batch) emptied() batch {
	clear(b.samples)
	clear(b.landings)
	clear(b.decisions)
	clear(b.results)
	return batch{samples: b.samples[:0], landings: b.landings[:0], decisions: b.decisions[:0], results: b.results[:0]}
}

// missing says what the batch holds.
func (b batch) missing() string {
	others := len(b.landings) + len(b.decisions) + len(b.results)
	return fmt.Sprintf("%d samples and %d landings, decisions and results are", len(b.samples), others)
}

// launchOrder lists the samples by problem and index: neighbours in the file are written together, which halves the cost.
// Of two that are the same the earlier one comes first.
func (b batch) launchOrder() []int {
	order := make([]int, len(b.samples))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int {
		x, y := &b.samples[i], &b.samples[j]
		if x.Problem != y.Problem {
			return x.Problem - y.Problem
		}
		if x.Index != y.Index {
			return x.Index - y.Index
		}
		return i - j
	})
	return order
}
