package main

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
)

func bench(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(context.Background(), append([]string{"caucus", "bench"}, args...), strings.NewReader(""), &out, &errs)
	return code, out.String(), errs.String()
}

func TestBenchMeasuresEveryBatch(t *testing.T) {
	// The sequences cross a page's end after three steps, so that the pages that forks share are copied and added to.
	code, out, errs := bench(t, "--batch", "1,3", "--context", "61", "--seconds", "0.05", "--threads", "1", "--json")
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	var report benchReport
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatal(err)
	}
	if len(report.Decode) != 2 || report.Context != 61 || report.Parameters == 0 {
		t.Fatalf("report %+v", report)
	}
	for i, batch := range []int{1, 3} {
		d := report.Decode[i]
		rate := 1e3 * float64(batch) / d.StepMilliseconds
		if d.Batch != batch || d.ProductGFLOPS <= 0 || d.TokensPerSecond < 0.99*rate || d.TokensPerSecond > 1.01*rate {
			t.Errorf("batch %d: %+v", batch, d)
		}
		if report.PeakGFLOPS > 0 && d.BoundTokensPerSecond <= 0 {
			t.Errorf("batch %d has no bound, though the peak is %v GFLOP/s", batch, report.PeakGFLOPS)
		}
	}
}

func TestBenchShowsATable(t *testing.T) {
	code, out, errs := bench(t, "--batch", "2", "--context", "1", "--seconds", "0.02")
	if code != 0 || !strings.Contains(out, "tokens/s") || strings.Count(out, "\n") != 3 {
		t.Errorf("exit code %d, table\n%s\nsays %q", code, out, errs)
	}
}

func TestBenchRefusesImpossibleSizes(t *testing.T) {
	for _, test := range []struct{ flag, value, complaint string }{
		{"--batch", "0", "--batch 0"}, {"--batch", "8,5000", "--batch 5000"}, {"--context", "0", "--context 0"},
		{"--seconds", "0", "--seconds 0"}, {"--seconds", "NaN", "--seconds NaN"}, {"--json", "file", "no arguments"},
	} {
		if code, _, errs := bench(t, test.flag, test.value); code != exitUsage || !strings.Contains(errs, test.complaint) {
			t.Errorf("bench %s %s: exit code %d, says %q", test.flag, test.value, code, errs)
		}
	}
}
