//go:build unix

package main

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"caucus/budget/ledger"
	"caucus/problems"
	"caucus/problems/gen"
)

var kills = flag.Int("kills", 2, "batches that TestAKilledBatchIsResumedWithoutLoss kills")

// batchRun is a run of batch on a file of problems.
type batchRun struct {
	env   []string
	flags []string // without --ledger
	file  string
}

func (b batchRun) command(db, budget string, out, errs *bytes.Buffer) *exec.Cmd {
	cmd := exec.Command("caucus", slices.Concat([]string{"batch", "--ledger", db, "--budget", budget}, b.flags, []string{b.file})...)
	cmd.Env, cmd.Stdout, cmd.Stderr = b.env, out, errs
	return cmd
}

// whole runs to the end and returns the votes of every problem.
func (b batchRun) whole(t *testing.T, db string) map[string]problems.Votes {
	t.Helper()
	var out, errs bytes.Buffer
	if err := b.command(db, "5m", &out, &errs).Run(); err != nil {
		t.Fatalf("%v: %s", err, errs.String())
	}
	votes := make(map[string]problems.Votes)
	for _, r := range resultsIn(t, out.Bytes()) {
		votes[r.ID] = r.Votes
	}
	return votes
}

// resultsIn are the whole lines of an output.
func resultsIn(t *testing.T, out []byte) []problems.Result {
	t.Helper()
	var all []problems.Result
	for line := range bytes.Lines(out) {
		if !bytes.HasSuffix(line, []byte("\n")) {
			break // it was killed here
		}
		var r problems.Result
		if err := json.Unmarshal(line, &r); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		all = append(all, r)
	}
	return all
}

// samplesIn are the finished samples of a ledger with their texts, after a look at its integrity.
func samplesIn(t *testing.T, path string) map[string]string {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // it was only read
	var verdict string
	if err := db.QueryRow("PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
		t.Fatalf("integrity check: %q, %v", verdict, err)
	}
	rows, err := db.Query("SELECT problem, idx, printf('%s %d %s %s', seed, tokens, answer, text) FROM samples WHERE status IN ('finished', 'truncated')")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close() //nolint:errcheck // Err tells
	samples := make(map[string]string)
	for rows.Next() {
		var problem, what string
		var index int
		if err := rows.Scan(&problem, &index, &what); err != nil {
			t.Fatal(err)
		}
		id := fmt.Sprintf("%s/%d", problem, index)
		if _, twice := samples[id]; twice {
			t.Errorf("sample %s is there twice", id)
		}
		samples[id] = what
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return samples
}

// fiftyProblems writes a file of them.
func fiftyProblems(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "problems.jsonl")
	var lines bytes.Buffer
	n := 0
	for item := range gen.Stream(gen.Families(), 7, 0.5) {
		n++
		fmt.Fprintf(&lines, "{\"id\": \"p%d\", \"problem\": %q}\n", n, item.Problem)
		if n == 50 {
			break
		}
	}
	if err := os.WriteFile(path, lines.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestAKilledBatchIsResumedWithoutLoss kills batches with SIGKILL at random moments, some of them twice, and resumes them. Half
// of them had a short window, in which they landed samples, gave some up, or were through before they could be killed. In
// the end the votes and every sample are those of a batch that nothing disturbed, and what was in the ledger stayed there.
//
//	go test ./cmd/caucus -run TestAKilledBatch -v -kills 100
func TestAKilledBatchIsResumedWithoutLoss(t *testing.T) {
	if testing.Short() {
		t.Skip("takes time")
	}
	file, env := fiftyProblems(t), ownCache(t)
	random := rand.New(rand.NewPCG(1, 1))
	for _, args := range [][]string{
		{"--policy", "uniform", "--samples", "6"}, {"--policy", "first-to-3", "--samples", "8", "--stream"},
	} {
		run := batchRun{env, args, file}
		folder := t.TempDir()
		begin := time.Now()
		votes := run.whole(t, filepath.Join(folder, "whole.db"))
		took := time.Since(begin)
		samples := samplesIn(t, filepath.Join(folder, "whole.db"))
		if len(votes) != 50 || len(samples) < 50 {
			t.Fatalf("%v: %d problems with %d samples", args, len(votes), len(samples))
		}
		var found []int
		for i := range *kills / 2 {
			db := filepath.Join(folder, fmt.Sprintf("%d.db", i))
			for range 1 + random.IntN(2) {
				budget := "5m"
				if random.IntN(2) == 0 {
					budget = (took / 4).String()
				}
				found = append(found, killOnce(t, run, db, budget, time.Duration(random.Int64N(int64(took)))))
			}
			if again := run.whole(t, db); !reflect.DeepEqual(again, votes) {
				t.Errorf("%v: the votes are %v, want %v", args, again, votes)
			}
			compareSamples(t, samplesIn(t, db), samples, args[1] == "uniform")
		}
		t.Logf("%v: %d samples in all; killed with %v of them in the ledger", args, len(samples), found)
	}
}

// killOnce runs a batch with a window for so long. It returns how many samples its ledger has then.
func killOnce(t *testing.T, run batchRun, db, budget string, after time.Duration) int {
	t.Helper()
	before := samplesLeft(t, db)
	var out, errs bytes.Buffer
	cmd := run.command(db, budget, &out, &errs)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(after)
	_ = cmd.Process.Kill() // it may have ended by itself
	_ = cmd.Wait()
	now := samplesLeft(t, db)
	for id, what := range before {
		if now[id] != what {
			t.Errorf("sample %s was %q and is %q", id, what, now[id])
		}
	}
	return len(now)
}

// samplesLeft are the samples in the ledger of a batch that was killed, which may have none, or not even have been made.
func samplesLeft(t *testing.T, db string) map[string]string {
	t.Helper()
	if info, err := os.Stat(db); err != nil || info.Size() == 0 {
		return nil
	}
	l, err := ledger.OpenReader(db)
	if err != nil && strings.Contains(err.Error(), "empty") {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return samplesIn(t, db)
}

// compareSamples wants every sample to be that of the undisturbed run. A policy that stops early may have begun others.
func compareSamples(t *testing.T, got, want map[string]string, all bool) {
	t.Helper()
	if all && len(got) != len(want) {
		t.Errorf("%d samples, want %d", len(got), len(want))
	}
	for id, what := range want {
		if g, ok := got[id]; ok && g != what || all && !ok {
			t.Errorf("sample %s is %q, want %q", id, g, what)
		}
	}
}
