package ledger

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	sqlite3 "modernc.org/sqlite/lib"
)

// The ways to open a file that is only read, by parameters of SQLite.
const (
	// readOnly does not touch the database itself. It makes a -wal and a -shm file if there are none, and leaves them.
	readOnly = "mode=ro"
	// tidy can write, and so take those files away at the end, but is not let.
	tidy = "mode=rw&_pragma=query_only(1)"
	// immutable needs no other file. It passes over a -wal, so it is for when there is none, and nobody can make one.
	immutable = "mode=ro&immutable=1"
	// alone keeps in memory what would be in the -shm file, and locks nothing. SQLite has it on Unix only.
	alone = "mode=ro&vfs=unix-none&_pragma=locking_mode(exclusive)"
)

// OpenReader opens a ledger to read it: also while a run writes it, after a crash, and where nothing can be written.
func OpenReader(path string) (*Ledger, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open ledger: %w", err)
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, fmt.Errorf("open ledger: %w", err)
	case !info.Mode().IsRegular() || info.Size() == 0:
		return nil, fmt.Errorf("open ledger %s: it is a folder, a device or empty; name the file of a run", path)
	}
	way, err := wayToRead(path)
	if err != nil {
		return nil, explain("open", path, err)
	}
	db, err := connect(path, way)
	if err != nil {
		return nil, explain("open", path, err)
	}
	l := &Ledger{path: path, db: db}
	if err := l.sameVersion(); err != nil {
		_ = db.Close() // the first error says more
		return nil, explain("open", path, err)
	}
	return l, nil
}

// wayToRead looks for one of the ways that works. It does not open another program's database for writing.
func wayToRead(path string) (string, error) {
	err := probe(path, readOnly)
	if err == nil {
		if probe(path, tidy) == nil {
			return tidy, nil
		}
		return readOnly, nil
	}
	if c := code(err); c != sqlite3.SQLITE_CANTOPEN && c != sqlite3.SQLITE_READONLY {
		return "", err
	}
	way := immutable
	if wal, err := os.Stat(path + "-wal"); err == nil && wal.Size() > 0 {
		way = alone
	}
	return way, probe(path, way)
}

// sameVersion wants the schema that the queries are written for.
func (l *Ledger) sameVersion() error {
	version, err := number(l.db, "PRAGMA user_version")
	switch {
	case err != nil:
		return err
	case version > len(migrations):
		return newer(version)
	case version == 0:
		return errors.New("it is an empty database; name the file of a run")
	case version < len(migrations):
		return fmt.Errorf("its schema is version %d, older than %d; run caucus on it once to renew it", version, len(migrations))
	}
	return nil
}
