package main

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"caucus/answer"
	"caucus/budget"
	"caucus/budget/ledger"
)

var sweepSamples = flag.Int("sweep.samples", 20_000, "samples in the ledger of TestASweepOfManySamples")

// manySamples writes a ledger of samples that are made up, as many of each problem as there are problems.
func manySamples(t *testing.T, path string, samples int) {
	t.Helper()
	side := 1
	for (side+1)*(side+1) <= samples {
		side++
	}
	l, err := ledger.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	list := make([]ledger.Problem, side)
	for i := range list {
		list[i] = ledger.Problem{ID: fmt.Sprint(i), Text: "?", Reference: "0", PromptTokens: 50}
	}
	w, _, err := l.Begin(ledger.Run{Model: "made up", Settings: map[string]string{}},
		ledger.Session{Opened: time.Now(), Budget: time.Minute, Policy: "uniform", Slots: 64}, list)
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 1))
	for p := range side {
		hard := random.Float64() * 12
		for i := range side {
			given := fmt.Sprint(int(random.ExpFloat64() * hard))
			w.Add(ledger.Sample{Problem: p, Index: i, Status: budget.Finished, Tokens: 20 + random.IntN(200), Answer: given,
				Key: answer.KeyOf(answer.Bare(given)), LogProb: -0.2, TailLogProb: -0.1, Entropy: 0.3, Text: strings.Repeat("step ", 60)})
		}
	}
	if err := w.Close("done", budget.Profile{StepTime: plainStepTime}); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestASweepOfManySamples logs how long the whole command takes.
//
//	go test ./cmd/caucus -run TestASweepOfMany -v -sweep.samples 1000000
func TestASweepOfManySamples(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run.db")
	manySamples(t, path, *sweepSamples)
	start := time.Now()
	var out bytes.Buffer
	code, stderr := runHere(t, t.Context(), "", &out, "sweep", "--budgets", "1s,2s,5s,10s,30s", "--policies", "uniform,asc,voi", path)
	if code != 0 || strings.Count(out.String(), "asc") != 5 {
		t.Fatalf("exit code %d: %s%s", code, stderr, out.String())
	}
	t.Logf("%d samples: %v\n%s", *sweepSamples, time.Since(start).Round(time.Millisecond), out.String())
}

func TestNoPointsAreMinusZero(t *testing.T) {
	for share, want := range map[float64]string{-0.0004: "+0.0", 0: "+0.0", 0.0004: "+0.0", -0.0006: "-0.1", 0.1234: "+12.3"} {
		if got := fmt.Sprintf("%+.1f", points(share)); got != want {
			t.Errorf("%v: %s points, want %s", share, got, want)
		}
	}
}
