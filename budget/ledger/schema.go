package ledger

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"os"
)

// applicationID marks a database as a ledger, at byte 68 of the file: "CAUC".
const applicationID = 0x43415543

const smallestPage = 512 // bytes

//go:embed schema.sql
var schema string

// migrations make a ledger of version i one of version i+1, which SQLite keeps as user_version. They are only ever added to:
// what is in a file was written by them.
var migrations = []string{schema}

// migrate brings a database up to the last version, all at once or not at all.
func migrate(db *sql.DB, migrations []string) (err error) {
	ctx := context.Background()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	version, err := number(conn, "PRAGMA user_version")
	if err != nil {
		return err
	}
	if version > len(migrations) {
		return newer(version)
	}
	if _, err := conn.ExecContext(ctx, "PRAGMA journal_mode = wal"); err != nil { // first, as it makes the rest cheap
		return err
	}
	if version < len(migrations) {
		if err := apply(conn, migrations, version); err != nil {
			return fmt.Errorf("from version %d to %d of its schema: %w", version, len(migrations), err)
		}
	}
	return nil
}

func newer(version int) error {
	return fmt.Errorf("its schema is version %d, newer than this caucus; use a newer caucus", version)
}

func apply(conn *sql.Conn, migrations []string, version int) error {
	return transact(conn, func() error {
		for _, m := range migrations[version:] {
			if _, err := conn.ExecContext(context.Background(), m); err != nil {
				return err
			}
		}
		mark := fmt.Sprintf("PRAGMA user_version = %d; PRAGMA application_id = %d", len(migrations), applicationID)
		_, err := conn.ExecContext(context.Background(), mark)
		return err
	})
}

// transact does all of it or nothing.
func transact(conn *sql.Conn, do func() error) error {
	ctx := context.Background()
	if _, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	err := do()
	if err == nil {
		_, err = conn.ExecContext(ctx, "COMMIT")
	}
	if err != nil {
		_, _ = conn.ExecContext(ctx, "ROLLBACK") // SQLite may have done so itself
	}
	return err
}

// probe looks with these parameters whether the file is a ledger, or an empty database, and changes nothing in it.
func probe(path, parameters string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if info.Size() > 0 && info.Size() < smallestPage {
		return errors.New("it is no SQLite database; name another file") // SQLite would take it for an empty one
	}
	db, err := connect(path, parameters)
	if err != nil {
		return err
	}
	err = identify(db)
	return errors.Join(err, db.Close())
}

func identify(db *sql.DB) error {
	var n [3]int
	for i, query := range []string{
		"PRAGMA application_id", "PRAGMA user_version", "SELECT count(*) FROM sqlite_schema",
	} {
		var err error
		if n[i], err = number(db, query); err != nil {
			return err
		}
	}
	if n[0] != applicationID && n != [3]int{} {
		return errors.New("it is another program's database; name another file")
	}
	return nil
}

// number is what a query answers that has one row with one number.
func number(q querier, query string, args ...any) (n int, err error) {
	err = q.QueryRowContext(context.Background(), query, args...).Scan(&n)
	return n, err
}

// A querier is a database, a connection or a transaction.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}
