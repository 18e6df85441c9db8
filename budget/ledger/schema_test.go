package ledger

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"caucus/budget"
)

// writeFixture makes testdata/v1.db anew. Files of that version are out there: it must never be needed again.
var writeFixture = flag.Bool("ledger.fixture", false, "write testdata/v1.db")

// fixture is a copy of a ledger of version 1, as the first caucus with ledgers wrote it.
func fixture(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "v1.db")
	if err := os.WriteFile(path, must[[]byte](t)(os.ReadFile("testdata/v1.db")), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTheFixtureIsOfVersion1(t *testing.T) {
	if *writeFixture {
		if err := errors.Join(os.MkdirAll("testdata", 0o750), os.Remove("testdata/v1.db")); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		writeVersion1(t)
	}
	db, err := connect(fixture(t), tidy)
	if err != nil {
		t.Fatal(err)
	}
	if v := must[int](t)(number(db, "PRAGMA user_version")); v != 1 {
		t.Errorf("it is of version %d", v)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// writeVersion1 makes a small run: two samples of a problem in a session that was killed, the rest in another one. The manual
// queries it.
func writeVersion1(t *testing.T) {
	t.Helper()
	l := opened(t, "testdata/v1.db")
	session := func(s Session, samples ...Sample) *Writer {
		w, _, err := l.Begin(aRun, s, someProblems)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range samples {
			s.Seed = budget.Seed(aRun.Seed, someProblems[s.Problem].ID, s.Index)
			w.Add(s)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		return w
	}
	first := session(aSession(),
		Sample{Problem: 0, Index: 0, Started: 0.5, Ended: 1.5, Status: budget.Finished, Tokens: 20, Answer: "2", Key: "2", Text: "It is 2."},
		Sample{Problem: 0, Index: 1, Started: 0.5, Ended: 1.9, Status: budget.Landed, Tokens: 9, Answer: "3", Key: "3", Text: "So 3?"})
	if err := first.Close("", budget.Profile{}); err != nil { // without a word, like one that was killed
		t.Fatal(err)
	}
	second := session(aSession(),
		Sample{Problem: 0, Index: 1, Started: 0.25, Ended: 3.5, Status: budget.Truncated, Tokens: 64, Text: "So 3? No, it is 2"},
		Sample{Problem: 0, Index: 2, Started: 0.25, Ended: 2.5, Status: budget.Finished, Tokens: 31, Answer: "2.0", Key: "2"},
		Sample{Problem: 0, Index: 3, Started: 1.5, Ended: 2.75, Status: budget.Finished, Tokens: 40, Answer: "4", Key: "4"},
		Sample{Problem: 1, Index: 0, Started: 2.5, Ended: 3.75, Status: budget.Cancelled})
	second.Decide(Decision{At: 2.75, Kind: "decided", Problem: 0, Detail: "2 leads"})
	second.Settle(Result{Problem: 0, Answer: "2", Key: "2", Votes: 3, Abstentions: 1, Counted: 4, Decided: true, Verdict: "leading"})
	if err := errors.Join(second.Close("done", budget.Profile{}), l.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestALedgerOfVersion1CanBeReadAndGoneOnWith(t *testing.T) {
	l := opened(t, fixture(t))
	sound(t, l)
	if n := len(allSamples(t, l)); n != 5 {
		t.Errorf("it has %d samples", n)
	}
	if x := must[[]Landing](t)(l.Landings()); len(x) != 1 || x[0] != (Landing{0, 1, 9, 9, "3", "3"}) {
		t.Errorf("landings are %v", x)
	}
	session(t, l, Sample{Problem: 1, Status: budget.Finished})
}

// later is a migration that the next version might have.
const later = "ALTER TABLE sample ADD COLUMN class INTEGER; UPDATE sample SET class = answer"

func TestMigrationsRunInOrderAndOnce(t *testing.T) {
	db, err := connect(fixture(t), "mode=rw")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for range 2 {
		if err := migrate(db, []string{schema, later}); err != nil {
			t.Fatal(err)
		}
	}
	if v := must[int](t)(number(db, "PRAGMA user_version")); v != 2 {
		t.Errorf("it is of version %d", v)
	}
	if n := must[int](t)(number(db, "SELECT count(class) FROM sample")); n != 3 {
		t.Errorf("%d samples have a class", n)
	}
}

func TestAMigrationThatFailsChangesNothing(t *testing.T) {
	path := fixture(t)
	db, err := connect(path, "mode=rw")
	if err != nil {
		t.Fatal(err)
	}
	wants(t, migrate(db, []string{schema, later, "DROP TABLE nothing"}), "from version 1 to 3", "nothing")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	l := opened(t, path)
	if n := must[int](t)(number(l.db, "SELECT count(*) FROM pragma_table_info('sample') WHERE name = 'class'")); n != 0 {
		t.Error("a part of it has been done")
	}
	session(t, l, page(9))
}

func TestOtherVersionsAreRefused(t *testing.T) {
	path := fixture(t)
	for _, version := range []string{"2", "0"} {
		db, err := connect(path, "mode=rw")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec("PRAGMA user_version = " + version); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if version == "2" {
			_, err = Open(path)
			wants(t, err, path, "version 2", "newer caucus")
		}
		_, err = OpenReader(path)
		wants(t, err, path)
	}
}
