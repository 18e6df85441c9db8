//go:build cuda

package main

import (
	"strings"
	"testing"

	"caucus/kernels"
	"caucus/kernels/cuda"
)

// TestSeveralGPUsDrawTheSamplesOfOne, or emulated ones: CUDASIM_DEVICES=2 makes two.
func TestSeveralGPUsDrawTheSamplesOfOne(t *testing.T) {
	if gpus, err := cuda.Devices(); err != nil || len(gpus) < 2 {
		t.Skip("there are no two GPUs")
	}
	testSeveralDevices(t, 2, 2, 12, func(t *testing.T, n int) []kernels.Ops {
		t.Helper()
		all, err := device{gpus: []int{1, 0}[2-n:]}.open() // alone it is cuda:0
		if err != nil {
			t.Fatal(err)
		}
		return all
	})
}

func TestGPUsThatShareSamplesAreOfOneKind(t *testing.T) {
	gpus := []cuda.DeviceInfo{
		{Number: 0, Name: "NVIDIA H200", Capability: 90, Memory: 9 << 30}, {Number: 1, Name: "NVIDIA H200", Capability: 90, Memory: 8 << 30},
		{Number: 2, Name: "NVIDIA L4", Capability: 89, Memory: 5 << 30},
	}
	if least, err := leastMemory(gpus, []int{0, 1}); err != nil || least != 8<<30 {
		t.Errorf("two of a kind: got %v, %v", least, err)
	}
	if least, err := leastMemory(gpus, []int{2}); err != nil || least != 5<<30 {
		t.Errorf("one alone: got %v, %v", least, err)
	}
	for complaint, numbers := range map[string][]int{
		"cuda:1 is NVIDIA H200 and cuda:2 NVIDIA L4": {1, 2}, "the last GPU here is cuda:2": {0, 3},
	} {
		if _, err := leastMemory(gpus, numbers); err == nil || !strings.Contains(err.Error(), complaint) {
			t.Errorf("%v: got %v, want an error with %q", numbers, err, complaint)
		}
	}
}
