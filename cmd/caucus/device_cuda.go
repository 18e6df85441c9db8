//go:build cuda

package main

import (
	"fmt"

	"caucus/kernels"
	"caucus/kernels/cuda"
)

func openGPU(number int, p kernels.Precision) (kernels.Ops, error) {
	return cuda.New(cuda.Options{Device: number, Precision: p})
}

// gpuMemory is the size of a GPU's memory.
func gpuMemory(number int) (float64, error) {
	gpus, err := cuda.Devices()
	if err != nil {
		return 0, err
	}
	if number >= len(gpus) {
		return 0, fmt.Errorf("--device cuda:%d: the last GPU here is cuda:%d", number, len(gpus)-1)
	}
	return float64(gpus[number].Memory), nil
}
