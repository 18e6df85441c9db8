// Package ledger is the durable record of a run: its problems, every sample with its text, what was decided, and the
// answers, in one SQLite file that outlives the process.
//
//	l, err := ledger.Open("run.db")
//	w, positions, err := l.Begin(run, session, problems)
//	w.Add(sample)                    // never waits for the disk
//	err = w.Close("done", profile)
//	err = l.Close()
//
// and for whoever wants to look at it, also while it is written:
//
//	l, err := ledger.OpenReader("run.db")
//	for sample, err := range l.Samples() { ... }
//
// Rules:
//
//   - What was added is safe from a crash and from a power cut within a second: it is committed every 0.4 s, and at once by
//     Flush and Close.
//   - A ledger holds one run: one seed, one model with its sampling parameters. A sample is a function of those, its
//     problem's text and its index, so it is drawn once. One that finished or was truncated is never replaced; one that was
//     landed, cancelled or failed is replaced when a later session runs it again, and its landed answer is kept among the
//     landings.
//   - Problems, sessions and samples are named by their positions, from 0: Sample.Problem is one in Problems(), and
//     Sample.Session one in Sessions().
//   - One process writes a ledger at a time; any number read it meanwhile, the sqlite3 shell among them.
//   - Nothing is dropped silently: what could not be written stays in memory and is tried again, and Writer.Close says how
//     many samples are not in the file.
//   - After a clean Close the ledger is a single file. Until then it has files beside it that end in -wal, -shm and -lock;
//     the first is part of it.
//
// docs/ledger.md tells how to query a ledger with SQL; schema.sql has the tables.
package ledger

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// A Ledger is an open file. Its methods are safe for concurrent use.
type Ledger struct {
	path   string
	db     *sql.DB
	lock   *lock                  // nil for a reader
	files  map[string]fs.FileInfo // that a writer began with, by path
	writer *Writer                // the last one
}

// Open opens a ledger for writing, or creates it. A second process that tries is refused.
func Open(path string) (*Ledger, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open ledger: %w", err)
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("open ledger %s: it is a folder or a device; name a file", path)
	}
	lock, err := acquire(path)
	if err != nil {
		return nil, err
	}
	l := &Ledger{path: path, lock: lock}
	if err := l.openWriter(); err != nil {
		lock.release()
		return nil, explain("open", path, err)
	}
	return l, nil
}

// openWriter looks at the file before it touches it.
func (l *Ledger) openWriter() error {
	err := probe(l.path, readOnly)
	if brokenOff(err) && inTheMaking(l.path) {
		err = probe(l.path, "mode=rw")
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	db, err := connect(l.path, "mode=rwc&_pragma=synchronous(full)")
	if err != nil {
		return err
	}
	if err := migrate(db, migrations); err != nil {
		_ = db.Close() // the first error says more
		return err
	}
	l.db = db
	return nil
}

// Close closes the file. A Writer must have been closed before.
func (l *Ledger) Close() error {
	err := l.db.Close()
	if l.lock != nil {
		l.lock.release()
	}
	if err != nil {
		return explain("close", l.path, err)
	}
	return nil
}

// Discard closes a ledger that holds no run and removes it, while nobody else can have it.
func (l *Ledger) Discard() error {
	err := errors.Join(l.db.Close(), os.Remove(l.path))
	l.lock.release()
	if err != nil {
		return explain("discard", l.path, err)
	}
	return nil
}

// connect makes connections with these parameters of SQLite and its driver. None is opened yet.
func connect(path, parameters string) (*sql.DB, error) {
	slashed := filepath.ToSlash(path)
	if !strings.HasPrefix(slashed, "/") {
		slashed = "/" + slashed // a drive of Windows
	}
	uri := url.URL{Scheme: "file", OmitHost: true, Path: slashed, RawQuery: parameters + "&_pragma=busy_timeout(2000)"}
	return sql.Open("sqlite", uri.String())
}
