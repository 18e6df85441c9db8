package main

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"caucus/budget"
	"caucus/engine"
	"caucus/engine/model"
	"caucus/engine/sampling"
	"caucus/kernels"
	"caucus/kernels/cpu"
	"caucus/problems"
)

func TestDevicesAreReadByNumber(t *testing.T) {
	for list, want := range map[string][]int{"cpu": nil, "cuda:0": {0}, "cuda:1,cuda:0": {1, 0}, "cuda:255,cuda:07": {255, 7}} {
		if got, err := parseDevices(list); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: got %v, %v, want %v", list, got, err, want)
		}
	}
	for list, complaint := range map[string]string{
		"": "there are cpu and", "gpu": "there are cpu and", ",": "there are cpu and", "cuda:0, cuda:1": "there are cpu and",
		"cuda:": "the number of a GPU is missing", "cuda:-1": "the number", "cuda:256": "the number", "cuda:0,cuda:x": "the number",
		"cuda:0,cuda:0": "twice", "cuda:3,cuda:1,cuda:01": "cuda:1 is there twice", "cpu,cpu": "alone", "cuda:0,cpu": "alone",
	} {
		if got, err := parseDevices(list); err == nil || !strings.Contains(err.Error(), complaint) {
			t.Errorf("%q: got %v, %v, want an error with %q", list, got, err, complaint)
		}
	}
}

func TestSlotsAreSharedByDevices(t *testing.T) {
	for n := 1; n <= 5; n++ {
		d := device{gpus: make([]int, n)}
		for slots := n; slots < 4*n; slots++ {
			sum, least, most := 0, math.MaxInt, 0
			for i := range n {
				part := d.share(slots, i)
				sum, least, most = sum+part, min(least, part), max(most, part)
			}
			if sum != slots || most-least > 1 || most != d.share(slots, 0) {
				t.Errorf("%d slots of %d devices: %d to %d, together %d", slots, n, least, most, sum)
			}
		}
	}
}

// embeddedOn opens the embedded model on devices.
func embeddedOn(t *testing.T, devices []kernels.Ops) *openedModel {
	t.Helper()
	o, err := openFiles("")
	if err != nil {
		t.Fatal(err)
	}
	m, err := o.load(devices, device{gpus: make([]int, len(devices))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.close)
	return m
}

// processors are devices of one thread each.
func processors(t *testing.T, n int) (all []kernels.Ops) {
	t.Helper()
	for range n {
		ops, err := cpu.New(cpu.Options{Threads: 1})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, ops)
	}
	return all
}

// spendOn spends a window on three problems with five slots.
func spendOn(t *testing.T, m *openedModel, window time.Duration, samples, tokens int) (budget.Report, *sampling.Sampler) {
	t.Helper()
	fleet, err := m.start(5, func(slots int) engine.Options {
		return engine.Options{Slots: slots, MaxTokens: tokens, Landing: m.Landing, LandTokens: m.landing}
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(fleet.Close)
	prompts, err := m.openPrompts(fleet, []problems.Problem{
		{Text: "What is 3*(17 - 5)/4?"}, {Text: "What is 12 - 5?"}, {Text: "Solve 3*x + 7 = 19 for x."},
	})
	if err != nil {
		t.Fatal(err)
	}
	s := sampling.New(fleet, m.Params, prompts, true)
	t.Cleanup(s.Close)
	policy, err := budget.ParsePolicy("uniform", samples)
	if err != nil {
		t.Fatal(err)
	}
	report, err := budget.Run(t.Context(), budget.Open(window), []string{"a", "b", "c"}, s, policy, budget.Options{LandTokens: m.landing})
	if err != nil {
		t.Fatal(err)
	}
	return report, s
}

// testSeveralDevices compares the samples of one device with those of several.
func testSeveralDevices(t *testing.T, most, samples, tokens int, open func(*testing.T, int) []kernels.Ops) {
	drawn := func(devices int) (all []string) {
		report, s := spendOn(t, embeddedOn(t, open(t, devices)), time.Minute, samples, tokens)
		if s.Slots() != 5 {
			t.Errorf("%d devices have %d slots together, want 5", devices, s.Slots())
		}
		for i, r := range report.Results {
			for j, o := range r.Samples {
				all = append(all, fmt.Sprintf("sample %d of %d, %s, %d tokens, %v, %v: %s", j, i, o.Status, o.Tokens, o.LogProb, o.Entropy,
					s.Text(budget.ID{Problem: i, Index: j})))
			}
		}
		return all
	}
	want := drawn(1)
	if len(want) != 3*samples {
		t.Errorf("%d samples were drawn, want %d", len(want), 3*samples)
	}
	for devices := 2; devices <= most; devices++ {
		for i, got := range drawn(devices) {
			if got != want[i] {
				t.Errorf("on %d devices:\n%s\non one:\n%s", devices, got, want[i])
			}
		}
	}
}

func TestSeveralDevicesDrawTheSamplesOfOne(t *testing.T) {
	testSeveralDevices(t, 3, 6, 200, processors)
}

// slow is a device that takes 20 ms a step.
type slow struct{ kernels.Ops }

func (s slow) Sample(out []kernels.Sampled, logits kernels.View, n int, how []kernels.Sampling) {
	time.Sleep(20 * time.Millisecond)
	s.Ops.Sample(out, logits, n, how)
}

// TestSamplesOfSeveralDevicesLandInTime: a window that is too short for most samples ends with landings, and none after it.
func TestSamplesOfSeveralDevicesLandInTime(t *testing.T) {
	const window = time.Second
	devices := processors(t, 2)
	for i, ops := range devices {
		devices[i] = slow{ops}
	}
	report, s := spendOn(t, embeddedOn(t, devices), window, 5000, 200)
	landed := 0
	for _, r := range report.Results {
		landed += r.Count(budget.Landed)
	}
	if late := report.Seconds - window.Seconds(); late > deadlineSlack.Seconds() {
		t.Errorf("the report came %.3f s late", late)
	}
	if stats := s.Stats(); stats.Drawn > 0 && landed == 0 {
		t.Errorf("no sample has landed of %+v", stats)
	}
}

func TestStepsOfAllDevicesAreMeasuredAtOnce(t *testing.T) {
	m := &openedModel{models: []*model.Model{small(t, kernels.NewReference()), small(t, kernels.NewReference())}}
	c := cell{Batch: 2, Context: 64}
	step, err := measureAtOnce(t.Context(), newDecoders(m, c.enlarge(model.Capacity{})), c, time.Millisecond)
	if err != nil || !(step > 0 && step < 10) {
		t.Errorf("a step takes %v s, %v", step, err)
	}
}
