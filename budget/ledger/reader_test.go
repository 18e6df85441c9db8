package ledger

import (
	"os"
	"path/filepath"
	"testing"

	"caucus/budget"
)

func reader(t *testing.T, path string) *Ledger {
	t.Helper()
	l, err := OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func files(t *testing.T, folder string) int {
	t.Helper()
	return len(must[[]os.DirEntry](t)(os.ReadDir(folder)))
}

func TestAReaderSeesWhatIsWrittenMeanwhile(t *testing.T) {
	l := fresh(t)
	w := begun(t, l)
	r := reader(t, l.path)
	for i := range 3 {
		w.Add(page(i))
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		for s, err := range r.Samples() {
			if err != nil {
				t.Fatal(err)
			}
			w.Add(page(100 + s.Index)) // a writer does not wait for readers
			if err := w.Flush(); err != nil {
				t.Fatal(err)
			}
			if _, err := r.Text(s.Problem, s.Index); err != nil {
				t.Error(err)
			}
			if s.Index > i {
				break
			}
		}
	}
	if n := len(allSamples(t, r)); n < 6 {
		t.Errorf("it sees %d samples", n)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	w.Add(page(1000))
	if err := w.Close("done", budget.Profile{}); err != nil {
		t.Error(err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if n := files(t, filepath.Dir(l.path)); n != 1 {
		t.Errorf("there are %d files", n)
	}
}

func TestAReaderChangesNothing(t *testing.T) {
	path := fixture(t)
	before := must[[]byte](t)(os.ReadFile(path))
	r := reader(t, path)
	if _, err := r.db.Exec("DELETE FROM sample"); err == nil {
		t.Error("it can write")
	}
	if n := len(allSamples(t, r)); n != 5 {
		t.Errorf("it sees %d samples", n)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if after := must[[]byte](t)(os.ReadFile(path)); string(after) != string(before) || files(t, filepath.Dir(path)) != 1 {
		t.Errorf("the file has changed, or one of %d was left", files(t, filepath.Dir(path)))
	}
}

func TestAReaderSeesWhatACrashLeft(t *testing.T) {
	l, path := fresh(t), filepath.Join(t.TempDir(), "copy.db")
	w := begun(t, l)
	w.Add(page(0))
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	for _, end := range []string{"", "-wal"} {
		if err := os.WriteFile(path+end, must[[]byte](t)(os.ReadFile(l.path+end)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close("done", budget.Profile{}); err != nil {
		t.Fatal(err)
	}
	r := reader(t, path)
	if n := len(allSamples(t, r)); n != 1 {
		t.Errorf("it sees %d samples", n)
	}
	if err := r.Close(); err != nil || files(t, filepath.Dir(path)) != 1 {
		t.Errorf("there are %d files: %v", files(t, filepath.Dir(path)), err)
	}
}
