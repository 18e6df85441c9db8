package ledger

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"caucus/budget"
)

// wants reports an error that does not say all of this.
func wants(t *testing.T, err error, words ...string) {
	t.Helper()
	for _, w := range words {
		if err == nil || !strings.Contains(err.Error(), w) {
			t.Errorf("the error is %v, want %q", err, w)
		}
	}
}

// limit is the most pages that the writer may use.
func limit(t *testing.T, w *Writer, pages int) {
	t.Helper()
	w.disk.Lock()
	defer w.disk.Unlock()
	if _, err := w.insert.conn.ExecContext(context.Background(), fmt.Sprint("PRAGMA max_page_count = ", pages)); err != nil {
		t.Fatal(err)
	}
}

// sound wants a file without damage.
func sound(t *testing.T, l *Ledger) {
	t.Helper()
	var verdict string
	if err := l.db.QueryRow("PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
		t.Errorf("the file is %s: %v", verdict, err)
	}
}

func page(i int) Sample {
	return Sample{Index: i, Status: budget.Finished, Answer: fmt.Sprint(i), Text: strings.Repeat("x", 4096)}
}

func TestWhatDidNotFitIsTriedAgain(t *testing.T) {
	l := fresh(t)
	w := begun(t, l)
	w.Add(page(0))
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	limit(t, w, 1)
	for i := 1; i < 100; i++ {
		w.Add(page(i))
	}
	w.Decide(Decision{Problem: -1})
	err := w.Flush()
	wants(t, err, "write ledger", l.path, "free some")
	if w.Recorded() != 1 || w.Err() == nil || w.Err().Error() != err.Error() {
		t.Errorf("%d are recorded, and the error was %v", w.Recorded(), w.Err())
	}
	w.Add(page(100))
	limit(t, w, 1<<20)
	for begin := time.Now(); w.Recorded() < 101; time.Sleep(10 * time.Millisecond) {
		if time.Since(begin) > 20*time.Second {
			t.Fatal("it is not tried again")
		}
	}
	if err := w.Close("done", budget.Profile{}); err != nil {
		t.Error(err)
	}
	if n := len(allSamples(t, l)); n != 101 || texts(t, l) != 101 {
		t.Errorf("there are %d samples and %d texts", n, texts(t, l))
	}
	if d := must[[]Decision](t)(l.Decisions(0)); len(d) != 1 {
		t.Errorf("decisions are %v", d)
	}
	for _, s := range allSamples(t, l) {
		if s.Answer != fmt.Sprint(s.Index) {
			t.Errorf("sample %d answers %s", s.Index, s.Answer)
		}
	}
}

func TestCloseSaysWhatIsMissing(t *testing.T) {
	l := fresh(t)
	w := begun(t, l)
	w.Add(page(0))
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	limit(t, w, 1)
	for i := 1; i <= 30; i++ {
		w.Add(page(i))
	}
	w.Settle(Result{})
	wants(t, w.Close("done", budget.Profile{}), l.path, "30 samples and 1 landings, decisions and results are not in it", "free some")
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l = opened(t, l.path)
	sound(t, l)
	if n := len(allSamples(t, l)); n != 1 {
		t.Errorf("there are %d samples", n)
	}
	if s := must[[]Session](t)(l.Sessions())[0]; s.Ended != "" {
		t.Errorf("the session ended: %s", s.Ended)
	}
	session(t, l, page(1))
}

func TestADeletedFileIsNoticed(t *testing.T) {
	for _, end := range []string{"", "-wal"} {
		l := fresh(t)
		w := begun(t, l)
		if err := os.Remove(l.path + end); err != nil {
			t.Skip("this system keeps open files:", err)
		}
		w.Add(page(0))
		wants(t, w.Flush(), l.path+end+" was deleted or replaced", "begin another ledger")
		wants(t, w.Close("done", budget.Profile{}), "1 samples and 0 landings")
	}
}

// A shell that forgets to commit holds up the ledger, but not the run.
func TestALockedFileIsTriedAgain(t *testing.T) {
	l := fresh(t)
	w := begun(t, l)
	other, err := connect(l.path, "mode=rw")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close() }()
	other.SetMaxOpenConns(1) // so that the transaction is ended where it was begun
	if _, err := other.Exec("BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	w.Add(page(0))
	begin := time.Now()
	w.Add(page(1))
	if took := time.Since(begin); took > time.Second {
		t.Errorf("to add a sample took %v", took)
	}
	wants(t, w.Flush(), "another program holds it locked")
	if _, err := other.Exec("ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	if err := w.Close("done", budget.Profile{}); err != nil || w.Recorded() != 2 {
		t.Error(w.Recorded(), err)
	}
}

func TestWhatIsNoLedgerIsLeftAlone(t *testing.T) {
	folder := t.TempDir()
	foreign := func(name, journal string) string {
		path := filepath.Join(folder, name)
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range []string{"PRAGMA journal_mode = " + journal, "CREATE TABLE t (x)", "INSERT INTO t VALUES (1)"} {
			if _, err := db.Exec(s); err != nil {
				t.Fatal(err)
			}
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		return path
	}
	text := filepath.Join(folder, "text")
	if err := os.WriteFile(text, []byte(strings.Repeat("no database\n", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	short := filepath.Join(folder, "short")
	if err := os.WriteFile(short, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		text: "no SQLite database", short: "no SQLite database",
		foreign("one.db", "delete"): "another program's database", foreign("two.db", "wal"): "another program's database",
	} {
		before := must[[]byte](t)(os.ReadFile(path))
		_, err := Open(path)
		wants(t, err, "open ledger "+path, want, "name another file")
		_, err = OpenReader(path)
		wants(t, err, "open ledger "+path, want)
		if after := must[[]byte](t)(os.ReadFile(path)); string(after) != string(before) {
			t.Errorf("%s has changed", path)
		}
	}
}

func TestOpeningWhatCannotBeOpenedSaysWhy(t *testing.T) {
	folder := t.TempDir()
	empty := filepath.Join(folder, "empty")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Open(folder)
	wants(t, err, folder, "it is a folder", "name a file")
	_, err = Open(filepath.Join(folder, "none", "run.db"))
	wants(t, err, "run.db", "there is no folder "+filepath.Join(folder, "none"))
	_, err = OpenReader(folder)
	wants(t, err, folder, "it is a folder")
	_, err = OpenReader(filepath.Join(folder, "none.db"))
	wants(t, err, "none.db", "open ledger")
	_, err = OpenReader(empty)
	wants(t, err, empty, "empty")
	if _, err := os.Stat(filepath.Join(folder, "none.db")); err == nil {
		t.Error("a reader has made a file")
	}
	l := opened(t, empty)
	session(t, l, Sample{Status: budget.Finished})
}

func TestADiscardedLedgerLeavesNothing(t *testing.T) {
	folder := t.TempDir()
	l := must[*Ledger](t)(Open(filepath.Join(folder, "run.db")))
	if err := l.Discard(); err != nil {
		t.Fatal(err)
	}
	if left := must[[]os.DirEntry](t)(os.ReadDir(folder)); len(left) > 0 {
		t.Errorf("it left %v", left)
	}
}

// many are rows that do not fit into the cache.
const many = " WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) SELECT hex(randomblob(500)) FROM n"

// halfWritten is a database as a process leaves it that is killed in its last statement: SQLite's journal of that lies beside it.
func halfWritten(t *testing.T, statements ...string) (path string) {
	t.Helper()
	making, path := filepath.Join(t.TempDir(), "run.db"), filepath.Join(t.TempDir(), "run.db")
	db := must[*sql.DB](t)(connect(making, "mode=rwc&_pragma=cache_size(1)"))
	t.Cleanup(func() { _ = db.Close() }) // it is given up
	db.SetMaxOpenConns(1)
	for _, statement := range statements {
		must[sql.Result](t)(db.Exec(statement))
	}
	for _, suffix := range []string{"", "-journal"} {
		if err := os.WriteFile(path+suffix, must[[]byte](t)(os.ReadFile(making+suffix)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := probe(path, readOnly); !brokenOff(err) {
		t.Fatalf("to read it is no such error, but %v", err)
	}
	return path
}

// TestAnotherProgramsDatabaseIsLeftAsItIs also where its program was killed and has it to mend.
func TestAnotherProgramsDatabaseIsLeftAsItIs(t *testing.T) {
	path := halfWritten(t, "CREATE TABLE theirs (x)", "BEGIN", "INSERT INTO theirs"+many)
	before := must[[]byte](t)(os.ReadFile(path))
	if l, err := Open(path); err == nil {
		t.Error("it is opened", l.Close())
	}
	if after := must[[]byte](t)(os.ReadFile(path)); !bytes.Equal(before, after) {
		t.Error("it is changed")
	}
}

func TestALedgerThatWasBrokenOffInTheMakingIsMadeAnew(t *testing.T) {
	path := halfWritten(t, "BEGIN", schema, "INSERT INTO text (body)"+many)
	l := must[*Ledger](t)(Open(path))
	if _, begun, err := l.Run(); begun || err != nil {
		t.Errorf("it holds a run: %v, %v", begun, err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}
