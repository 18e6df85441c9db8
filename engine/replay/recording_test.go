package replay

import (
	"errors"
	"iter"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"caucus/budget"
	"caucus/budget/ledger"
)

// ledgerOf goes through samples as a ledger does.
func ledgerOf(samples ...ledger.Sample) iter.Seq2[ledger.Sample, error] {
	return func(yield func(ledger.Sample, error) bool) {
		for _, s := range samples {
			if !yield(s, nil) {
				return
			}
		}
	}
}

// finished is a sample that ended by itself.
func finished(problem, index int, answer string, tokens int) ledger.Sample {
	return ledger.Sample{Problem: problem, Index: index, Status: budget.Finished, Answer: answer, Tokens: tokens,
		LogProb: -0.25, TailLogProb: -0.5, Entropy: 0.75}
}

func halves(ids ...string) []ledger.Problem {
	var problems []ledger.Problem
	for _, id := range ids {
		problems = append(problems, ledger.Problem{ID: id, Text: "What is half of 1?", Reference: "1/2", PromptTokens: 7})
	}
	return problems
}

// readingOf is the reading of an answer as a recording has it.
func readingOf(answer string) budget.Reading {
	if answer == "" {
		return budget.Reading{}
	}
	return budget.ReadBare(answer)
}

func TestARecordingHasTheSamplesThatEndedByThemselves(t *testing.T) {
	problems := append(halves("a", "only landed", "b"), ledger.Problem{ID: "no reference", Text: "?"})
	truncated := finished(2, 0, "", 100)
	truncated.Status = budget.Truncated
	landed, cancelled := finished(1, 0, "7", 20), finished(0, 1, "", 0)
	landed.Status, cancelled.Status = budget.Landed, budget.Cancelled
	rec, err := newRecording(problems, nil, ledgerOf(finished(0, 0, "3", 9), cancelled, finished(0, 2, "0.5", 5), landed, truncated,
		finished(2, 4, `\frac{1}{2}`, 30), finished(3, 0, "1", 4)), nil)
	if err != nil {
		t.Fatal(err)
	}
	if ids := rec.IDs(); !slices.Equal(ids, []string{"a", "b"}) || rec.LeftOut() != 2 || rec.Samples(0) != 2 || rec.Samples(1) != 2 ||
		rec.Prompt(1) != 7 || rec.Problems()[1].ID != "b" {
		t.Errorf("problems %q of %+v, %d left out", ids, rec, rec.LeftOut())
	}
	for _, want := range []struct {
		problem, index int
		status         budget.Status
		answer         string
		tokens         int
	}{
		{0, 0, budget.Finished, "3", 9}, {0, 1, budget.Finished, "0.5", 5}, {0, 2, budget.Finished, "3", 9},
		{1, 0, budget.Truncated, "", 100}, {1, 1, budget.Finished, `\frac{1}{2}`, 30},
	} {
		got := rec.Draw(want.problem, want.index, 99)
		if got.Status != want.status || got.Tokens != want.tokens || !reflect.DeepEqual(got.Answer, readingOf(want.answer)) ||
			got.LogProb != -0.25 || got.TailLogProb != -0.5 || got.Entropy != 0.75 {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
	for answer, right := range map[string]bool{"0.5": true, "3": false, "": false, `\frac{1}{2}`: false} {
		if rec.Right(0, answer) != right {
			t.Errorf("%q is right: %v", answer, !right)
		}
	}
}

func TestALedgerWithoutAnythingToPlayIsAnError(t *testing.T) {
	if _, err := newRecording(halves("a"), nil, ledgerOf(), nil); !errors.Is(err, ErrNothing) {
		t.Errorf("without samples: %v", err)
	}
	broken := errors.New("broken")
	failing := func(yield func(ledger.Sample, error) bool) { yield(ledger.Sample{}, broken) }
	if _, err := newRecording(halves("a"), nil, failing, nil); !errors.Is(err, broken) {
		t.Errorf("a ledger that breaks: %v", err)
	}
}

func TestReadLedgerReadsWhatWasWritten(t *testing.T) {
	l, err := ledger.Open(filepath.Join(t.TempDir(), "run.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // the test is over
	w, _, err := l.Begin(ledger.Run{Model: "m"}, ledger.Session{Opened: time.Now(), Budget: time.Second}, halves("a"))
	if err != nil {
		t.Fatal(err)
	}
	w.Add(finished(0, 0, "1/2", 10))
	w.AddLanding(ledger.Landing{Problem: 0, Index: 0, Drawn: 4, Tokens: 9, Answer: "2"})
	if err := w.Close("done", budget.Profile{}); err != nil {
		t.Fatal(err)
	}
	rec, err := ReadLedger(l, nil)
	if err != nil {
		t.Fatal(err)
	}
	landed := rec.Land(0, rec.Draw(0, 0, 0), 5, 1)
	if rec.Samples(0) != 1 || !rec.Lands() || landed.Status != budget.Landed || landed.Answer.Text() != "2" || landed.Tokens != 10 {
		t.Errorf("%+v landed as %+v", rec, landed)
	}
}

func TestCountsAreOfClassesOfAnswers(t *testing.T) {
	silent := finished(0, 9, "", 3)
	rec, err := newRecording(halves("a"), nil, ledgerOf(finished(0, 0, "3", 9), finished(0, 1, "1/2", 9), finished(0, 2, "0.5", 9),
		finished(0, 3, `\frac12`, 9), finished(0, 4, "3.0", 9), finished(0, 5, "x", 9), silent), nil)
	if err != nil {
		t.Fatal(err)
	}
	if c := rec.Counts(0); c.Right != 3 || !slices.Equal(c.Wrong, []int{2, 1}) || c.None != 1 || c.Samples() != 7 {
		t.Errorf("%+v", c)
	}
}
