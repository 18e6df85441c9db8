package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/urfave/cli/v2"

	"caucus/budget"
	"caucus/problems"
)

func manyProblems(n int) []problems.Problem {
	list := make([]problems.Problem, n)
	for i := range list {
		list[i] = problems.Problem{ID: fmt.Sprint(i + 1), Text: fmt.Sprintf("What is %d+%d?", i, i), Answer: fmt.Sprint(2 * i)}
	}
	return list
}

func TestTheWindowKeepsTimeForItsResults(t *testing.T) {
	c := cli.NewContext(newApp(time.Now(), nil, nil, nil), flag.NewFlagSet("batch", flag.ContinueOnError), nil)
	end := time.Now().Add(time.Hour)
	for _, name := range []string{"", "results.parquet"} {
		kept := func(n int) time.Duration {
			o := &observers{c: c, list: manyProblems(n), out: results{path: name}}
			w, err := spending{window: budget.Window{Start: time.Now(), End: end}, list: o.list, watch: o}.toSample()
			if err != nil {
				t.Fatal(err)
			}
			return end.Sub(w.End)
		}
		few, many := kept(1), kept(100000)
		if few > time.Second || many < 20*time.Millisecond || many < 2*few {
			t.Errorf("%q: %v are kept for one result, %v for 100000", name, few, many)
		}
	}
	o := &observers{c: c, list: manyProblems(100000)}
	begin := time.Now()
	_, err := spending{window: budget.Window{Start: begin, End: begin.Add(10 * time.Millisecond)}, list: o.list, watch: o}.toSample()
	var coded cli.ExitCoder
	if !errors.As(err, &coded) || coded.ExitCode() != exitNoAnswer {
		t.Errorf("where there is no time for them, the error is %v", err)
	}
}

// TestDeadlineOfManyProblems is TestDeadline with a file so large that to read it and to write its results takes long.
func TestDeadlineOfManyProblems(t *testing.T) {
	if testing.Short() {
		t.Skip("takes time")
	}
	folder := t.TempDir()
	path := filepath.Join(folder, "problems.jsonl")
	var lines bytes.Buffer
	for _, p := range manyProblems(100000) {
		fmt.Fprintf(&lines, "{\"problem\": %q, \"answer\": %q}\n", p.Text, p.Answer)
	}
	if err := os.WriteFile(path, lines.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, flags := range [][]string{
		{"--budget", "100ms"}, {"--budget", "3s"}, {"--budget", "3s", "--ledger", filepath.Join(folder, "run.db")},
	} {
		cmd := exec.Command("caucus", append(append([]string{"batch", "--out", filepath.Join(folder, "out.jsonl")}, flags...), path)...)
		cmd.Env = ownCache(t)
		begin := time.Now()
		said, err := cmd.CombinedOutput()
		took := time.Since(begin)
		if err != nil && cmd.ProcessState.ExitCode() != exitNoAnswer {
			t.Fatalf("%v: %v\n%s", flags, err, said)
		}
		window, err := time.ParseDuration(flags[1])
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%v: %v", flags, took.Round(time.Millisecond))
		if late := took - window; late > *deadlineSlack {
			t.Errorf("%v: %v late\n%s", flags, late, said)
		}
	}
}
