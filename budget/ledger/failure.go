package ledger

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// explain says what was being done to which ledger, and what to do about it.
func explain(doing, path string, err error) error {
	if advice := adviceFor(err); advice != "" {
		return fmt.Errorf("%s ledger %s: %s: %w", doing, path, advice, err)
	}
	return fmt.Errorf("%s ledger %s: %w", doing, path, err)
}

func adviceFor(err error) string {
	switch code(err) {
	case sqlite3.SQLITE_FULL:
		return "there is no space left, free some"
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM:
		return "it cannot be written, allow it or name another file"
	case sqlite3.SQLITE_CANTOPEN:
		return "it cannot be opened, see whether it is there and yours"
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return "another program holds it locked, such as a sqlite3 shell in a transaction; end that"
	case sqlite3.SQLITE_NOTADB:
		return "it is no SQLite database, name another file"
	case sqlite3.SQLITE_CORRUPT:
		return "it is damaged, save what is left with the .recover command of the sqlite3 shell"
	case sqlite3.SQLITE_IOERR:
		return "the disk does not work, see whether it is still there"
	default:
		return ""
	}
}

// brokenOff reports that a process was killed while it wrote, as a ledger's tables before there is a log: SQLite has to undo
// that before the file can be read.
func brokenOff(err error) bool {
	var failure *sqlite.Error
	return errors.As(err, &failure) && failure.Code() == sqlite3.SQLITE_READONLY_ROLLBACK
}

// inTheMaking reports whether what lies in a file's journal, to be undone, began with an empty database, as a ledger does.
// Those of other programs are theirs to mend. (https://sqlite.org/fileformat2.html, section 3: bytes 16 to 19 are its pages.)
func inTheMaking(path string) bool {
	journal, err := os.Open(path + "-journal")
	if err != nil {
		return false
	}
	defer func() { _ = journal.Close() }() // it was only read
	header := make([]byte, 20)
	_, err = io.ReadFull(journal, header)
	return err == nil && binary.BigEndian.Uint32(header[16:]) == 0
}

// code is SQLite's primary result code; 0 if the error is not SQLite's.
func code(err error) int {
	var failure *sqlite.Error
	if !errors.As(err, &failure) {
		return 0
	}
	return failure.Code() & 0xff
}
