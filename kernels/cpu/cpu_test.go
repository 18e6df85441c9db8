package cpu

import (
	"fmt"
	"strings"
	"testing"

	"caucus/kernels"
	"caucus/kernels/kerneltest"
)

// withThreads returns a constructor for one instruction set, which cuts even the smallest operation into parts.
func withThreads(inst *instructions, threads int) func(kernels.Precision) kernels.Ops {
	return func(p kernels.Precision) kernels.Ops {
		o := newOps(Options{Threads: threads, Precision: p}, inst)
		o.partCost = 1
		return o
	}
}

func TestConformance(t *testing.T) {
	for _, inst := range instructionSets() {
		for _, threads := range []int{3, 1} {
			if testing.Short() && threads == 1 {
				continue // the race detector has nothing to find, and is slow
			}
			t.Run(fmt.Sprintf("%s on %d threads", inst.name, threads), func(t *testing.T) {
				kerneltest.Run(t, withThreads(inst, threads))
			})
		}
	}
}

func TestResultsDoNotDependOnThreads(t *testing.T) {
	if testing.Short() {
		t.Skip("the conformance tests run on threads too")
	}
	for _, inst := range instructionSets() {
		for _, threads := range []int{2, 7} {
			t.Run(fmt.Sprintf("%s on %d threads", inst.name, threads), func(t *testing.T) {
				kerneltest.Same(t, withThreads(inst, 1), withThreads(inst, threads))
			})
		}
	}
}

func TestNewSaysWhatItRuns(t *testing.T) {
	for threads, want := range map[int]string{1: ", 1 thread", 3: ", 3 threads"} {
		ops, err := New(Options{Threads: threads})
		if err != nil {
			t.Fatal(err)
		}
		if name := ops.Name(); name != "cpu/"+bestInstructions().name+want {
			t.Errorf("%d threads are called %q", threads, name)
		}
		ops.Close()
	}
}

func TestNewRefusesImpossibleThreads(t *testing.T) {
	for _, threads := range []int{-1, MaxThreads + 1} {
		if _, err := New(Options{Threads: threads}); err == nil || !strings.Contains(err.Error(), fmt.Sprint(threads)) {
			t.Errorf("%d threads: error %v", threads, err)
		}
	}
}

func TestPeaksAreMeasuredWhereThereIsAKernel(t *testing.T) {
	for name, peak := range map[string]float64{
		"GFLOP/s": PeakFMA(1), "GB/s from cache": PeakRead(1, 2), "GB/s from memory": PeakRead(64<<20, 1),
	} {
		if (peak > 0) != (bestInstructions().fmaRounds != nil) || peak > 1e5 {
			t.Errorf("%v %s with %s instructions", peak, name, bestInstructions().name)
		}
	}
}
