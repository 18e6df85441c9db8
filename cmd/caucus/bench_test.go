package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"caucus/engine/model"
	"caucus/kernels"
)

func bench(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(context.Background(), append([]string{"caucus", "bench"}, args...), strings.NewReader(""), &out, &errs)
	return code, out.String(), errs.String()
}

func benchJSON(t *testing.T, args ...string) (report benchReport) {
	t.Helper()
	code, out, errs := bench(t, append(args, "--json")...)
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatal(err)
	}
	return report
}

// near allows for rounding.
func near(got, want float64) bool { return math.Abs(got-want) <= 1e-9*math.Abs(want) }

func TestBenchMeasuresEveryBatchAtEveryContext(t *testing.T) {
	// The sequences cross a page's end after three steps.
	report := benchJSON(t, "--batch", "1,3", "--context", "61,2", "--seconds", "0.03", "--threads", "1",
		"--weights", "bf16", "--kv", "bf16")
	if report.Parameters == 0 || report.Weights != "bf16" || report.KV != "bf16" || len(report.Rows) != 4 {
		t.Fatalf("report %+v", report)
	}
	for i, want := range []cell{{1, 2}, {3, 2}, {1, 61}, {3, 61}} {
		r := report.Rows[i]
		if r.cell != want {
			t.Errorf("row %d is of %v, want %v", i, r.cell, want)
		}
		if r.GFLOPS <= 0 || r.GBPS <= 0 || !near(r.TokensPerSecond, 1e3*float64(r.Batch)/r.StepMilliseconds) {
			t.Errorf("%v: %+v", want, r)
		}
		if first := want.Batch == 1; first != (r.PrefillTokensPerSecond > 0) {
			t.Errorf("%v: its prompt was read at %v tokens/s; the first of each context has one", want, r.PrefillTokensPerSecond)
		}
		if report.PeakGFLOPS > 0 && !near(r.BoundRatio, r.TokensPerSecond/r.BoundTokensPerSecond) {
			t.Errorf("%v at the peak of %v GFLOP/s: %+v", want, report.PeakGFLOPS, r)
		}
		if r.Profile != nil {
			t.Errorf("%v has a profile, which nobody asked for", want)
		}
	}
}

func TestBenchProfilesAStep(t *testing.T) {
	report := benchJSON(t, "--model", "random:jamba-1m", "--batch", "2", "--context", "9", "--seconds", "0.02", "--profile")
	shares := report.Rows[0].Profile
	sum := 0.0
	for operation, share := range shares {
		if !slices.Contains(operations, operation) {
			t.Errorf("the profile has %q, which its table lacks", operation)
		}
		sum += share
	}
	if !near(sum, 1) || len(shares) != len(operations) {
		t.Errorf("the shares of %v add up to %v", shares, sum)
	}
	for _, operation := range operations {
		if shares[operation] <= 0 {
			t.Errorf("%s takes %v of a step", operation, shares[operation])
		}
	}
}

func TestBenchShowsTables(t *testing.T) {
	code, out, errs := bench(t, "--batch", "2", "--context", "1", "--seconds", "0.02", "--profile", "--weights", "f32")
	if code != 0 || strings.Count(out, "\n") != 7 {
		t.Fatalf("exit code %d, table\n%s\nsays %q", code, out, errs)
	}
	for _, want := range []string{"tokens/s", "of bound", "attention", "sampling"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing in\n%s", want, out)
		}
	}
	if !strings.Contains(errs, "in f32, keys and values in f32") {
		t.Errorf("says %q, not how numbers are stored", errs)
	}
}

func TestBenchRefusesImpossibleSizes(t *testing.T) {
	for _, test := range []struct{ flag, value, complaint string }{
		{"--batch", "0", "--batch 0"}, {"--batch", "8,5000", "--batch 5000"}, {"--context", "0", "--context 0"},
		{"--context", "1,2000000", "--context 2000000"}, {"--seconds", "0", "--seconds 0"},
		{"--seconds", "NaN", "--seconds NaN"}, {"--json", "file", "no arguments"}, {"--weights", "f8", "--weights"},
		{"--model", "random:gpt", "jamba-1m"},
	} {
		if code, _, errs := bench(t, test.flag, test.value); code != exitUsage || !strings.Contains(errs, test.complaint) {
			t.Errorf("bench %s %s: exit code %d, says %q", test.flag, test.value, code, errs)
		}
	}
}

// small is a model for what has no need of speed.
func small(t *testing.T, ops kernels.Ops) *model.Model {
	t.Helper()
	cfg, weights, err := model.Random("jamba-1m")
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.Load(weights, cfg, ops)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestBenchLeavesOutWhatMemoryDoesNotHold(t *testing.T) {
	m := small(t, kernels.NewReference())
	batches, contexts := []int{64, 1}, []int{4096, 128, 128}
	all := planBench(m, batches, contexts, math.Inf(1))
	if want := []cell{{64, 128}, {1, 128}, {64, 4096}, {1, 4096}}; !slices.Equal(all.cells, want) || all.leftOut != nil {
		t.Errorf("with memory without end the plan is %+v, want %v", all, want)
	}
	needed := m.Memory(all.capacity)
	if p := planBench(m, batches, contexts, needed+1); len(p.cells) != 4 {
		t.Errorf("with just enough memory the plan is %+v", p)
	}
	p := planBench(m, batches, contexts, needed-1)
	if want := []leftOut{{cell{64, 4096}, needed}}; !slices.Equal(p.leftOut, want) || len(p.cells) != 3 {
		t.Errorf("with a byte too little the plan is %+v, want %v left out", p, want)
	}
	if m.Memory(p.capacity) >= needed {
		t.Error("room was made for what is left out")
	}
	if p := planBench(m, batches, contexts, 1e6); p.cells != nil || len(p.leftOut) != 4 {
		t.Errorf("with less memory than the model the plan is %+v", p)
	}
	if bytes := memoryHere(); bytes < 1<<20 {
		t.Errorf("there are %v bytes of memory here", bytes)
	}
}

func TestBenchReadsKeysAndValuesOfEverySequence(t *testing.T) {
	plan := planBench(small(t, kernels.NewReference()), []int{3}, []int{5, 40}, math.Inf(1))
	d := newDecoder(small(t, kernels.NewReference()), plan.capacity)
	for _, c := range plan.cells {
		if err := d.read(context.Background(), &d.prompt, c.Context); err != nil {
			t.Fatal(err)
		}
		d.begin(c.Batch)
		used := plan.capacity.Pages - d.state.FreePages()
		if want := 4 * model.PagesFor(c.Context); used != want {
			t.Errorf("%v: the prompt and its forks have %d pages, want %d", c, used, want)
		}
		for range stretch { // the plan has room for them
			d.step()
		}
		d.end()
	}
	if used := plan.capacity.Pages - d.state.FreePages(); used != model.PagesFor(40) {
		t.Errorf("%d pages are in use in the end, besides those of the prompt", used-model.PagesFor(40))
	}
}

// faulty changes what the last row draws.
type faulty struct {
	kernels.Ops
	drawn kernels.Sampled
}

func (f *faulty) Sample(out []kernels.Sampled, logits kernels.View, n int, how []kernels.Sampling) {
	f.Ops.Sample(out, logits, n, how)
	out[len(out)-1] = f.drawn
}

func TestBenchTimesNoNonsense(t *testing.T) {
	for _, test := range []struct {
		drawn     kernels.Sampled
		complaint string
	}{
		{kernels.Sampled{Token: 511, LogProb: -9}, "row 1 draws"},
		{kernels.Sampled{LogProb: float32(math.NaN())}, "row 1 are not finite"},
	} {
		m := small(t, &faulty{kernels.NewReference(), test.drawn})
		c := cell{2, 1}
		_, err := newDecoder(m, c.enlarge(model.Capacity{})).measure(context.Background(), c, time.Millisecond, false)
		if err == nil || !strings.Contains(err.Error(), test.complaint) {
			t.Errorf("where %+v is drawn, the error is %v", test.drawn, err)
		}
	}
}

func TestBenchEndsWhenInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var out, errs bytes.Buffer
	code := run(ctx, []string{"caucus", "bench"}, strings.NewReader(""), &out, &errs)
	if code != exitFailed || !strings.Contains(errs.String(), "interrupted") {
		t.Errorf("exit code %d, says %q", code, errs.String())
	}
}

func TestTheBoundIsTheLongerOfArithmeticAndMemory(t *testing.T) {
	measured := 0
	here := &machine{gflops: 100, gops: 200, reads: map[int]float64{}, read: func(bytes int) float64 {
		measured++
		return 10
	}}
	for _, test := range []struct {
		cost model.Cost
		want float64
	}{
		{model.Cost{Products: 1e9, Int8Products: 4e9, Other: 2e9, Bytes: 1e6}, 0.05},
		{model.Cost{Products: 1e9, Bytes: 2e9}, 0.2},
		{model.Cost{Products: 1e9, Bytes: 4e9}, 0.4}, // no cache holds either
	} {
		if got := here.bound(test.cost); !near(got, test.want) {
			t.Errorf("the bound of %+v is %v s, want %v", test.cost, got, test.want)
		}
	}
	if measured != 2 {
		t.Errorf("reading was measured %d times, want once for the small size and once for the large", measured)
	}
	if got := measureMachine(kernels.NewReference()).bound(model.Cost{Products: 1}); got != 0 {
		t.Errorf("without kernels to measure with, the bound is %v", got)
	}
	here.gops = 0
	if got := here.bound(model.Cost{Products: 1e9, Int8Products: 4e9, Bytes: 1e6}); !near(got, 0.01) {
		t.Errorf("where the rate of bytes is unknown, the bound is %v s, want 0.01 of the rest", got)
	}
}

// listing is an Ops with a list of launches, one for each mark, which take a millisecond each.
type listing struct {
	kernels.Ops
	marks  []string
	slower float64 // seconds of all together, beyond their sum
}

func (l *listing) Mark(operation string) {
	if operation != "" {
		l.marks = append(l.marks, operation)
	}
}

func (l *listing) LaunchTimes() (launches []kernels.LaunchTime, together float64) {
	for _, operation := range append(l.marks, "") {
		launches = append(launches, kernels.LaunchTime{Operation: operation, Kernel: "k", Launches: 1, Seconds: 1e-3})
	}
	return launches, 1e-3*float64(len(launches)) + l.slower
}

func TestBenchProfilesLaunches(t *testing.T) {
	ops := &listing{Ops: kernels.NewReference(), slower: 1}
	c := cell{2, 1}
	row, err := newDecoder(small(t, ops), c.enlarge(model.Capacity{})).measure(context.Background(), c, time.Millisecond, true)
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for operation, share := range row.Profile {
		if operation != gaps && !slices.Contains(operations, operation) {
			t.Errorf("the profile has %q, which its table lacks", operation)
		}
		sum += share
	}
	total := 1 + 1e-3*float64(len(row.Launches))
	if !near(sum, 1) || !near(row.Profile[gaps], 1/total) || row.Profile["attention"] <= 0 || row.Profile[rest] <= 0 {
		t.Errorf("the shares are %v, and add up to %v", row.Profile, sum)
	}
	mlp := slices.IndexFunc(row.Launches, func(l launchTime) bool { return l.Operation == "mlp" })
	row.Launches[mlp].Milliseconds += 1000
	row.traffic(func(yield func(model.Role, model.Cost) bool) {
		_ = yield(model.Inner, model.Cost{Bytes: 1e9}) && yield(model.Inner, model.Cost{Bytes: 2e9})
	})
	mlps := 0
	for _, l := range row.Launches {
		if l.Operation == "mlp" {
			mlps++
		}
	}
	if got, want := row.Launches[mlp].OperationGBPS, 3/(1+1e-3*float64(mlps)); !near(got, want) {
		t.Errorf("the MLPs go through %v GB/s, want %v", got, want)
	}
	var text bytes.Buffer
	report := benchReport{Rows: []benchRow{row}}
	for _, show := range []func(io.Writer) error{report.profileTable, report.launchTable} {
		if err := show(&text); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{gaps, "attention", "1.0000"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("%q is missing in\n%s", want, text.String())
		}
	}
}

func TestTheRestOfAStepIsWhatItsLaunchesDoNotTake(t *testing.T) {
	launches := []kernels.LaunchTime{{Operation: "mlp", Kernel: "a", Launches: 2, Seconds: 2}, {Kernel: "b", Launches: 1, Seconds: 1}}
	for _, test := range []struct{ together, step, mlp, gaps, rest float64 }{
		{4, 8, 0.25, 0.125, 0.625},
		{4, 3, 0.5, 0.25, 0.25}, // a step that was faster than its launches later
	} {
		var row benchRow
		row.share(launches, test.together, test.step)
		if p := row.Profile; !near(p["mlp"], test.mlp) || !near(p[gaps], test.gaps) || !near(p[rest], test.rest) {
			t.Errorf("launches of %v s in a step of %v s have the shares %v", test.together, test.step, p)
		}
	}
}
