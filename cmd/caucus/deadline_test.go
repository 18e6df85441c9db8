package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"runtime"
	"slices"
	"testing"
	"time"

	"caucus/problems/gen"
)

var (
	deadlineRuns = flag.Int("deadline.runs", 2, "windows that TestDeadline opens")
	deadlineSeed = flag.Uint64("deadline.seed", 1, "decides the windows and questions of TestDeadline")
	// The contract is 50 ms. A test that runs among others must bear with machines that do too much at once.
	deadlineSlack = flag.Duration("deadline.slack", time.Second, "what an answer may take beyond its window and one step")
)

// landingSteps is how many steps a window must have for all samples to be landed: budget.Run lands within 32 steps, and in
// the second half of the window at the earliest. As many again are for steps that grow slower meanwhile.
const landingSteps = 128

// windowSpent is one run of solve as a process.
type windowSpent struct {
	budget  time.Duration
	loaded  bool          // other processes kept all processors busy
	elapsed time.Duration // from the process's start to its answer, or to its end without one
	solved
}

// late is how long after the window's end and one step the answer was there.
func (w windowSpent) late() time.Duration { return w.elapsed - w.budget - w.step() }

func (w windowSpent) step() time.Duration { return time.Duration(w.Step * float64(time.Second)) }

// TestDeadline runs solve in random windows, on hard questions, with all processors busy in every second window. Its
// clock starts before the process does, so that what the machine takes to start one counts as well.
//
//	go test ./cmd/caucus -run TestDeadline -v -deadline.runs 300 -deadline.slack 50ms
func TestDeadline(t *testing.T) {
	if testing.Short() {
		t.Skip("takes time")
	}
	random := rand.New(rand.NewPCG(*deadlineSeed, 0))
	questions := hardQuestions(t, *deadlineRuns)
	var spent []windowSpent
	for i, question := range questions {
		budget := 200*time.Millisecond + time.Duration(random.Int64N(int64(2800*time.Millisecond)))
		w := spendWindow(t, question, budget.Round(time.Millisecond), i%2 == 1)
		spent = append(spent, w)
		if w.late() > *deadlineSlack {
			t.Errorf("%v: over by %v beyond a step of %v", w, w.late()-*deadlineSlack, w.step())
		}
		// Where the machine stood still until it was time to land, no sample had begun, and there was nothing to land.
		if n := w.Samples["cancelled"]; n > 0 && !w.Decided && w.Drawn > 0 && w.budget > landingSteps*w.step() {
			t.Errorf("%v: %d samples were thrown away at the deadline", w, n)
		}
	}
	logWindows(t, spent)
}

// hardQuestions are questions that take many tokens and split the votes.
func hardQuestions(t *testing.T, n int) []string {
	families, err := familiesNamed([]string{"arithmetic__mul", "arithmetic__div", "algebra__linear_2d", "numbers__gcd"})
	if err != nil {
		t.Fatal(err)
	}
	var questions []string
	for item := range gen.Stream(families, *deadlineSeed, 1) {
		if questions = append(questions, item.Problem); len(questions) == n {
			break
		}
	}
	return questions
}

// spendWindow runs solve once, with a policy that never has enough.
func spendWindow(t *testing.T, question string, budget time.Duration, loaded bool) windowSpent {
	t.Helper()
	if loaded {
		defer keepBusy(t)()
	}
	w := windowSpent{budget: budget, loaded: loaded}
	cmd := exec.Command("caucus", "solve", "--json", "--policy", "uniform", "--samples", "100000", "--temperature", "1.5",
		"--budget", budget.String(), "--", question)
	cmd.Env = ownCache(t)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	out, _ := bufio.NewReader(stdout).ReadBytes('\n') // nothing, if there is no answer
	w.elapsed = time.Since(start)
	if err := cmd.Wait(); err != nil && !errors.As(err, new(*exec.ExitError)) {
		t.Fatal(err)
	}
	if code := cmd.ProcessState.ExitCode(); code != 0 && code != exitNoAnswer {
		t.Fatalf("%v: exit code %d", w, code)
	}
	if len(out) > 0 {
		if err := json.Unmarshal(out, &w.solved); err != nil {
			t.Fatalf("%v: %v in %s", w, err, out)
		}
	}
	return w
}

// keepBusy gives every processor something else to do until stop is called.
func keepBusy(t *testing.T) (stop func()) {
	t.Helper()
	var busy []*exec.Cmd
	for range runtime.NumCPU() {
		cmd := exec.Command("spin")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		busy = append(busy, cmd)
	}
	return func() {
		for _, cmd := range busy {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
	}
}

func (w windowSpent) String() string {
	return fmt.Sprintf("window of %v (loaded: %v), answer after %v, samples %v", w.budget, w.loaded,
		w.elapsed.Round(time.Millisecond), w.Samples)
}

// logWindows prints what TestDeadline measured.
func logWindows(t *testing.T, spent []windowSpent) {
	for _, loaded := range []bool{false, true} {
		var late, steps []time.Duration
		count := make(map[string]int)
		decided, silent := 0, 0
		for _, w := range spent {
			if w.loaded != loaded {
				continue
			}
			late, steps = append(late, w.elapsed-w.budget), append(steps, w.step())
			if w.Answer == "" {
				silent++
			}
			if w.Decided {
				decided++
				continue
			}
			for status, n := range w.Samples {
				count[status] += n
			}
		}
		if len(late) == 0 {
			continue
		}
		t.Logf("loaded: %v: %d windows, %d without an answer, %d decided early; samples of the others: %v", loaded, len(late),
			silent, decided, count)
		t.Logf("  answer after the window's end: %s", quantiles(late))
		t.Logf("  step: %s", quantiles(steps))
	}
}

func quantiles(d []time.Duration) string {
	slices.Sort(d)
	at := func(q float64) time.Duration { return d[int(q*float64(len(d)-1))].Round(10 * time.Microsecond) }
	return fmt.Sprintf("median %v, 90%% %v, 99%% %v, most %v", at(0.5), at(0.9), at(0.99), at(1))
}
