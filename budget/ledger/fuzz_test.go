package ledger

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"caucus/budget"
)

// FuzzDamagedFiles changes bytes of a ledger, two for the place and one for what is there then, and cuts it off. To read it
// and to go on with it may fail, and nothing worse.
func FuzzDamagedFiles(f *testing.F) {
	whole, err := os.ReadFile("testdata/v1.db")
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte{}, uint16(len(whole)))
	f.Add([]byte{0, 18, 9}, uint16(len(whole)))
	f.Add([]byte{0, 100, 2, 16, 3, 255, 32, 1, 0}, uint16(len(whole)))
	f.Add([]byte{}, uint16(5000))
	f.Fuzz(func(t *testing.T, changes []byte, length uint16) {
		data := append([]byte(nil), whole[:min(int(length), len(whole))]...)
		for ; len(changes) >= 3 && len(data) > 0; changes = changes[3:] {
			data[int(binary.BigEndian.Uint16(changes))%len(data)] = changes[2]
		}
		path := filepath.Join(t.TempDir(), "run.db")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if l, err := OpenReader(path); err == nil {
			readAll(l)
			_ = l.Close()
		}
		if l, err := Open(path); err == nil {
			if w, _, err := l.Begin(aRun, aSession(), someProblems); err == nil {
				w.Add(Sample{Index: 1, Status: budget.Finished, Answer: "5", Text: "five"})
				w.Settle(Result{})
				_ = w.Close("done", budget.Profile{})
			}
			readAll(l)
			_ = l.Close()
		}
	})
}

// readAll reads what can be read.
func readAll(l *Ledger) {
	_, _, _ = l.Run()
	_, _ = l.Problems()
	_, _ = l.Sessions()
	_, _ = l.Landings()
	_, _ = l.Decisions(0)
	_, _ = l.LastResults()
	for s, err := range l.Samples() {
		if err == nil {
			_, _ = l.Text(s.Problem, s.Index)
		}
	}
}
