package ledger

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// A lock keeps a second writer off a ledger. It is on a file of its own: closing any other descriptor of the database would
// drop SQLite's own locks. The system frees it when its process dies.
type lock struct{ file *flock.Flock }

func acquire(path string) (*lock, error) {
	name := path + "-lock"
	for {
		file := flock.New(name)
		locked, err := file.TryLock()
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil, fmt.Errorf("open ledger %s: there is no folder %s; make it first", path, filepath.Dir(path))
		case err != nil:
			return nil, fmt.Errorf("open ledger %s: its folder cannot be written, name a file in another: %w", path, err)
		case !locked:
			return nil, fmt.Errorf("open ledger %s: it is in use by another caucus; wait for it, or name another file", path)
		}
		if current(file) {
			return &lock{file}, nil
		}
		_ = file.Close() // its owner has removed it since it was opened: what is locked there now is another file
	}
}

// current reports whether the file that is locked is the one that others will find.
func current(file *flock.Flock) bool {
	found, err := os.Stat(file.Path())
	if err != nil {
		return false
	}
	locked, err := file.Stat()
	return err == nil && os.SameFile(found, locked)
}

// release removes the file while it is still locked, or it could be the next owner's. Windows keeps it, which does no harm.
func (l *lock) release() {
	_ = os.Remove(l.file.Path())
	_ = l.file.Close()
}
