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

// gpuMemory is the size of the smallest memory of GPUs.
func gpuMemory(numbers []int) (float64, error) {
	gpus, err := cuda.Devices()
	if err != nil {
		return 0, err
	}
	return leastMemory(gpus, numbers)
}

// leastMemory wants GPUs to be there, and to be of one kind: another might round otherwise, and a sample would depend on where
// it is drawn.
func leastMemory(gpus []cuda.DeviceInfo, numbers []int) (float64, error) {
	least := int64(0)
	for i, number := range numbers {
		if number >= len(gpus) {
			return 0, fmt.Errorf("--device cuda:%d: the last GPU here is cuda:%d", number, len(gpus)-1)
		}
		first, gpu := gpus[numbers[0]], gpus[number]
		if gpu.Name != first.Name || gpu.Capability != first.Capability {
			return 0, fmt.Errorf("cuda:%d is %s and cuda:%d %s; samples can be shared only by GPUs of one kind", first.Number, first.Name,
				gpu.Number, gpu.Name)
		}
		if i == 0 || gpu.Memory < least {
			least = gpu.Memory
		}
	}
	return float64(least), nil
}
