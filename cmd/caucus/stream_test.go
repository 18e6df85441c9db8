package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"caucus/budget"
	"caucus/problems"
)

// lineWriter calls a function for every write, which is a line.
type lineWriter func(line []byte) error

func (w lineWriter) Write(p []byte) (int, error) {
	if err := w(p); err != nil {
		return 0, err
	}
	return len(p), nil
}

// runHere is caucus in this process, with a cache of its own.
func runHere(t *testing.T, ctx context.Context, stdin string, stdout io.Writer, args ...string) (code int, stderr string) {
	t.Helper()
	folder := t.TempDir()
	t.Setenv("HOME", folder)
	t.Setenv("XDG_CACHE_HOME", folder)
	var errs bytes.Buffer
	done := make(chan int, 1)
	go func() { done <- run(ctx, append([]string{"caucus"}, args...), strings.NewReader(stdin), stdout, &errs) }()
	select {
	case code = <-done:
		return code, errs.String()
	case <-time.After(2 * time.Minute):
		t.Fatalf("%v has not ended", args)
		return 0, ""
	}
}

// sums are easy problems.
func sums(n int) string {
	var lines strings.Builder
	for i := range n {
		fmt.Fprintf(&lines, `{"problem": "What is %d + %d?"}`+"\n", i%9+1, i/9+1)
	}
	return lines.String()
}

// TestAStreamWritesResultsBeforeTheEnd interrupts a batch as soon as the first of its results is there.
func TestAStreamWritesResultsBeforeTheEnd(t *testing.T) {
	const n = 80 // for which there is no time before the interrupt takes effect
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	var ids []string
	out := lineWriter(func(line []byte) error {
		interrupt()
		var r problems.Result
		err := json.Unmarshal(line, &r)
		ids = append(ids, r.ID)
		return err
	})
	code, stderr := runHere(t, ctx, sums(n), out, "batch", "--stream", "--budget", "1h", "--policy", "uniform", "--samples", "16", "-")
	if code != 0 || !strings.Contains(stderr, "; interrupted\n") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	if len(ids) != n {
		t.Fatalf("%d results of %d", len(ids), n)
	}
	for i, id := range ids {
		if id != fmt.Sprint(i+1) {
			t.Fatalf("result %d is that of problem %s", i+1, id)
		}
	}
}

func TestABrokenOutputIsAnErrorAndNoHang(t *testing.T) {
	for _, x := range []struct {
		args        []string
		good        int // writes
		brokenAfter string
	}{{[]string{"batch", "--stream", "-"}, 1, "2"}, {[]string{"batch", "-"}, 0, "4"}} { // without --stream they go out together
		writes := 0
		out := lineWriter(func([]byte) error {
			if writes++; writes > x.good {
				return errors.New("the reader is gone")
			}
			return nil
		})
		code, stderr := runHere(t, t.Context(), sums(4), out, x.args...)
		if code != exitFailed || !strings.Contains(stderr, `problem "`+x.brokenAfter+`": the reader is gone`) || writes != x.good+1 {
			t.Errorf("%v: exit code %d after %d writes: %s", x.args, code, writes, stderr)
		}
	}
}

// TestObserversThatPanicDoNotHang: their panic is what close returns.
func TestObserversThatPanicDoNotHang(t *testing.T) {
	o := &observers{done: make(chan error, 1)}
	o.Ended(budget.Record{})
	o.Decided(budget.Decision{})
	o.Settled(0, budget.Result{})
	o.Done(errors.New("a panic"))
	if err := errors.Join(<-o.done, o.end(nil, nil)); err == nil || err.Error() != "a panic" {
		t.Errorf("got %v", err)
	}
}

func TestInterruptEndsASimulation(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	var out bytes.Buffer
	code, stderr := runHere(t, ctx, "", &out, "simulate", "--runs", "100000", "--policies", "voi")
	if code != exitFailed || stderr != "caucus: play voi in 5s: interrupted\n" || out.Len() > 0 {
		t.Errorf("exit code %d: %s%s", code, stderr, out.String())
	}
}

// TestAReplayComesToWhatItsBatchCameTo: where all samples are drawn, policies have nothing to choose, and only the answer of
// a tie depends on the order.
func TestAReplayComesToWhatItsBatchCameTo(t *testing.T) {
	recording := filepath.Join(t.TempDir(), "run.db")
	var out bytes.Buffer
	code, stderr := runHere(t, t.Context(), "", &out, "batch", "--budget", "2m", "--policy", "uniform", "--samples", "5", "--ledger", recording, "../../problems/examples.jsonl")
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	n, least, most := 0.0, 0.0, 0.0
	for line := range strings.Lines(out.String()) {
		var r problems.Result
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		tied := len(r.Votes) > 1 && r.Votes[0].Count == r.Votes[1].Count
		if n++; tied || *r.Correct {
			most++
		}
		if !tied && *r.Correct {
			least++
		}
	}
	out.Reset()
	code, stderr = runHere(t, t.Context(), "", &out, "replay", "--json", recording)
	var row sweptRow
	if err := json.Unmarshal(out.Bytes(), &row); code != 0 || err != nil {
		t.Fatalf("exit code %d, %v: %s", code, err, stderr)
	}
	const rounding = 1e-9
	if n != 12 || math.Abs(row.Samples-5) > rounding || row.Right < least/n-rounding || row.Right > most/n+rounding {
		t.Errorf("%+v: want %v to %v of %v", row, least, most, n)
	}
}
