package main

import (
	"fmt"
	"strings"
	"testing"

	"caucus/engine"
	"caucus/engine/model"
	"caucus/kernels"
)

// TestTheSlotsThatWouldFitDo: and one more would not. Prompts take memory too, however few slots there are.
func TestTheSlotsThatWouldFitDo(t *testing.T) {
	cfg, weights, err := model.Random("granite-3b")
	if err != nil {
		t.Fatal(err)
	}
	plan, err := model.Plan(weights, cfg, kernels.Precision{})
	if err != nil {
		t.Fatal(err)
	}
	need := func(slots int) float64 {
		o := engine.Options{Slots: slots, Prompts: 16, MaxTokens: 1024, KVTokens: slots * 2048}
		capacity, err := o.Capacity()
		if err != nil {
			t.Fatal(err)
		}
		return plan.Memory(capacity)
	}
	one := device{}
	check := func(slots int, have float64) error { return one.checkSlots(plan, "it", slots, need, have) }
	for _, gib := range []float64{9.5, 10, 12} {
		have := gib * (1 << 30)
		err := check(4000, have)
		if err == nil {
			t.Fatalf("4000 slots are taken to fit %v GiB", gib)
		}
		_, advice, _ := strings.Cut(err.Error(), "; --slots ")
		var fit int
		if _, err := fmt.Sscan(advice, &fit); err != nil {
			t.Fatalf("%v GiB: no number of slots in %q", gib, advice)
		}
		if few, many := check(fit, have), check(fit+1, have); few != nil || many == nil {
			t.Errorf("%v GiB: %d slots: %v; one more: %v", gib, fit, few, many)
		}
		err = device{gpus: []int{0, 1, 2}}.checkSlots(plan, "it", 4*fit, need, have)
		if want := fmt.Sprintf("on each of 3 devices, and may take %v GiB of memory; --slots %d would fit", gib, 3*fit); err == nil ||
			!strings.HasSuffix(err.Error(), want) {
			t.Errorf("three devices of %v GiB: got %v, want %q", gib, err, want)
		}
	}
	if err := check(1, 7<<30); err == nil || !strings.Contains(err.Error(), "no memory for a sample") {
		t.Errorf("got %v", err)
	}
}
