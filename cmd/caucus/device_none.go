//go:build !cuda

package main

import (
	"errors"

	"caucus/kernels"
)

var errNoCUDA = errors.New("this program was built without its part for GPUs; kernels/cuda/build.sh builds it with that")

func openGPU(int, kernels.Precision) (kernels.Ops, error) { return nil, errNoCUDA }

func gpuMemory([]int) (float64, error) { return 0, errNoCUDA }
