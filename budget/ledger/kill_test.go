package ledger

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"caucus/budget"
)

var kills = flag.Int("ledger.kills", 5, "times that a process is killed while it writes a ledger")

// victimOf names the ledger that a copy of the test's program writes until it is killed.
const victimOf = "CAUCUS_LEDGER_VICTIM"

func TestMain(m *testing.M) {
	if path := os.Getenv(victimOf); path != "" {
		if err := victim(path); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// victim writes samples as fast as it can, the next ones of every problem, and tells how many are recorded in all.
func victim(path string) error {
	l, err := Open(path)
	if err != nil {
		return err
	}
	before := 0
	for _, err := range l.Samples() {
		if err != nil {
			return err
		}
		before++
	}
	w, _, err := l.Begin(aRun, aSession(), someProblems)
	if err != nil {
		return err
	}
	for n := before; ; {
		for range 1 + rand.IntN(100) {
			w.Add(numbered(n))
			n++
		}
		if err := w.Flush(); err != nil {
			return err
		}
		fmt.Println(before + w.Recorded())
	}
}

// numbered is the n-th sample of a victim.
func numbered(n int) Sample {
	return Sample{
		Problem: n % 3, Index: n / 3, Seed: uint64(n), Status: budget.Finished, Answer: fmt.Sprint(n % 10), Text: fmt.Sprint("text ", n),
	}
}

// killed runs a victim for so long, kills it, and returns how many samples it said were recorded.
func killed(t *testing.T, path string, after time.Duration) int {
	t.Helper()
	c := exec.Command(must[string](t)(os.Executable()))
	c.Env = append(os.Environ(), victimOf+"="+path)
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(after, func() { _ = c.Process.Kill() })
	recorded := lastNumber(out)
	if err := c.Wait(); c.ProcessState.Exited() {
		t.Fatal("it was not the kill that ended it:", err)
	}
	return recorded
}

// lastNumber is that of the last whole line.
func lastNumber(r io.Reader) int {
	lines, last := bufio.NewReader(r), 0
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return last
		}
		_, _ = fmt.Sscan(line, &last)
	}
}

func TestAKilledProcessLosesNothingThatWasRecorded(t *testing.T) {
	path, recorded, sessions := filepath.Join(t.TempDir(), "run.db"), 0, 0
	for range *kills {
		recorded = max(recorded, killed(t, path, time.Duration(20+rand.IntN(480))*time.Millisecond))
		l := opened(t, path)
		sound(t, l)
		samples := allSamples(t, l)
		if len(samples) < recorded {
			t.Fatalf("%d samples are there, and %d were recorded", len(samples), recorded)
		}
		wantNumbered(t, l, samples)
		w := begun(t, l) // as whoever goes on does
		w.Add(numbered(len(samples)))
		if err := w.Close("done", budget.Profile{}); err != nil {
			t.Fatal(err)
		}
		recorded = len(samples) + 1
		all := must[[]Session](t)(l.Sessions())
		if last := all[len(all)-1]; len(all) <= sessions || last.Ended != "done" {
			t.Errorf("%d sessions after %d, and the last is %+v", len(all), sessions, last)
		}
		sessions = len(all)
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d kills, %d sessions, %d samples", *kills, sessions, recorded)
}

// wantNumbered wants the first samples of victims, each once, with its text.
func wantNumbered(t *testing.T, l *Ledger, samples []Sample) {
	t.Helper()
	seen := make([]bool, len(samples))
	for _, s := range samples {
		n := int(s.Seed)
		want := numbered(n)
		if n >= len(seen) || seen[n] || s.Problem != want.Problem || s.Index != want.Index || s.Answer != want.Answer {
			t.Fatalf("of %d samples, %d is %+v", len(samples), n, s)
		}
		seen[n] = true
	}
	for range min(10, len(samples)) {
		want := numbered(rand.IntN(len(samples)))
		if text, err := l.Text(want.Problem, want.Index); err != nil || text != want.Text {
			t.Fatalf("the text is %q, want %q: %v", text, want.Text, err)
		}
	}
	if n := texts(t, l); n != len(samples) {
		t.Errorf("%d samples have %d texts", len(samples), n)
	}
}
