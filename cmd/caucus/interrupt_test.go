//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// soon is what an interrupted program may take to end on a machine that is busy with other things: budget.Grace and some.
const soon = 30 * time.Second

// interrupted is a program that has been sent SIGINT.
type interrupted struct {
	stdout, stderr bytes.Buffer
	took           time.Duration // from the first signal to its end
	state          *os.ProcessState
}

// interrupt starts caucus, sends it SIGINT after each of the pauses, and waits until it is gone.
func interrupt(t *testing.T, args []string, pauses ...time.Duration) *interrupted {
	t.Helper()
	p := &interrupted{}
	cmd := exec.Command("caucus", args...)
	cmd.Env = ownCache(t)
	cmd.Stdout, cmd.Stderr = &p.stdout, &p.stderr
	stdin, err := cmd.StdinPipe() // open, and silent
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = stdin.Close() }()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var first time.Time
	for _, pause := range pauses {
		time.Sleep(pause)
		if first.IsZero() {
			first = time.Now()
		}
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatalf("it was gone before signal: %v\n%s", err, p.stderr.String())
		}
	}
	giveUp := time.AfterFunc(soon, func() { _ = cmd.Process.Kill() })
	defer giveUp.Stop()
	if err := cmd.Wait(); err != nil && !errors.As(err, new(*exec.ExitError)) {
		t.Fatal(err)
	}
	p.took, p.state = time.Since(first), cmd.ProcessState
	t.Logf("gone %v after SIGINT: %v", p.took.Round(time.Millisecond), p.state)
	return p
}

// signaled reports the signal that ended it.
func (p *interrupted) signaled() syscall.Signal {
	if s := p.state.Sys().(syscall.WaitStatus); s.Signaled() {
		return s.Signal()
	}
	return 0
}

// endless makes a command sample until it is stopped: this policy never has enough.
func endless(command string, args ...string) []string {
	return append([]string{command, "--budget", "1h", "--policy", "uniform", "--samples", "1000000"}, args...)
}

const hardQuestion = "What is -7265.39712 divided by -599?"

// running is when samples are under way, on a busy machine too.
const running = 2 * time.Second

func TestInterruptLandsTheSamplesOfSolve(t *testing.T) {
	t.Parallel() // they mostly wait
	p := interrupt(t, endless("solve", "--json", hardQuestion), running)
	if p.state.ExitCode() == exitNoAnswer {
		t.Skip("the machine is too busy to answer")
	}
	if code := p.state.ExitCode(); code != 0 {
		t.Fatalf("exit code %d: %s", code, p.stderr.String())
	}
	var result solved
	if err := json.Unmarshal(p.stdout.Bytes(), &result); err != nil {
		t.Fatalf("%v in %s", err, p.stdout.String())
	}
	if result.Samples["landed"] == 0 {
		t.Errorf("no sample was landed: %v", result.Samples)
	}
}

func TestInterruptKeepsWhatABatchKnows(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	problems, out := filepath.Join(folder, "problems.jsonl"), filepath.Join(folder, "results.jsonl")
	lines := strings.Repeat(`{"problem": "`+hardQuestion+`"}`+"\n", 3)
	if err := os.WriteFile(problems, []byte(lines), 0o666); err != nil {
		t.Fatal(err)
	}
	p := interrupt(t, endless("batch", "--out", out, "--ledger", filepath.Join(folder, "run.db"), problems), running)
	if code := p.state.ExitCode(); code != 0 && code != exitNoAnswer { // a busy machine may have none yet
		t.Fatalf("exit code %d: %s", code, p.stderr.String())
	}
	if !strings.Contains(p.stderr.String(), "; interrupted\n") {
		t.Errorf("the summary does not say so: %s", p.stderr.String())
	}
	if !strings.Contains(p.stderr.String(), "run.db goes on where it was, in what is left of the window\n") {
		t.Errorf("it does not say how to go on: %s", p.stderr.String())
	}
	results, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(results, []byte("}\n")); n != 3 || !bytes.HasSuffix(results, []byte("}\n")) {
		t.Errorf("%d results of 3, in %q", n, results)
	}
}

func TestASecondInterruptEndsAtOnceAndLeavesNoFile(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	problems := filepath.Join(folder, "problems.jsonl")
	if err := os.WriteFile(problems, []byte(`{"problem": "`+hardQuestion+`"}`), 0o666); err != nil {
		t.Fatal(err)
	}
	// Landing as many takes all of budget.Grace, far longer than the pause between the signals. On a busy machine it may be a
	// third that ends it, or few samples have begun, and it is through before it has heard any.
	const pause = 50 * time.Millisecond
	out := filepath.Join(folder, "results.jsonl")
	var p *interrupted
	for range 5 {
		p = interrupt(t, endless("batch", "--slots", "1024", "--out", out, problems), running, pause, pause, pause, pause)
		if _, err := os.Stat(out); p.signaled() == syscall.SIGINT && errors.Is(err, os.ErrNotExist) {
			break
		}
		if err := os.Remove(out); err != nil { // it was through, and the results are whole
			t.Fatal(err)
		}
	}
	if s := p.signaled(); s != syscall.SIGINT {
		t.Errorf("it ended with %v and was not killed by SIGINT", p.state)
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 1 {
		t.Errorf("it left %v", entries)
	}
}

func TestInterruptEndsTheWaitForInput(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"solve"}, {"batch", "-"}, {"sweep", "-"}} {
		p := interrupt(t, args, running)
		if p.state.ExitCode() != exitFailed || !strings.Contains(p.stderr.String(), "interrupted while reading standard input") {
			t.Errorf("%v: %v: %s", args, p.state, p.stderr.String())
		}
	}
}
