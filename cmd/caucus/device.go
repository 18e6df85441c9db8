package main

import (
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"caucus/kernels"
	"caucus/kernels/cpu"
)

// device is what computes, and how.
type device struct {
	gpu       int // its number; processor for none
	threads   int // of the processor
	precision kernels.Precision
}

// processor stands for no GPU.
const processor = -1

// gpuPrefix begins the name of a GPU.
const gpuPrefix = "cuda:"

// readDevice reads the flags that say how to compute.
func readDevice(c *cli.Context) (device, error) {
	d := device{gpu: processor, threads: c.Int("threads")}
	if d.threads < 0 {
		return d, usagef("--threads %d is negative", d.threads)
	}
	name := c.String("device")
	if number, gpu := strings.CutPrefix(name, gpuPrefix); gpu {
		n, err := strconv.ParseUint(number, 10, 8)
		if err != nil {
			return d, usagef("--device %s: the number of a GPU is missing, as in cuda:0", name)
		}
		d.gpu = int(n)
	} else if name != "cpu" {
		return d, usagef("--device %s: there are cpu and, by number, cuda:0, cuda:1, ...", name)
	}
	var err error
	if d.precision.Weights, err = kernels.ParseFormat(c.String("weights")); err != nil {
		return d, usagef("--weights: %v", err)
	}
	if d.precision.KV, err = kernels.ParseFormat(c.String("kv")); err == nil {
		err = d.precision.Check()
	}
	if err != nil {
		return d, usagef("--kv: %v", err)
	}
	if d.precision.Inputs, err = kernels.ParseFormat(c.String("inputs")); err == nil {
		err = d.precision.Check()
	}
	if err != nil {
		return d, usagef("--inputs: %v", err)
	}
	return d, nil
}

// open makes the device ready.
func (d device) open() (kernels.Ops, error) {
	if d.gpu != processor {
		return openGPU(d.gpu, d.precision)
	}
	return cpu.New(cpu.Options{Threads: d.threads, Precision: d.precision})
}

// memory is how many bytes a model and its samples can have there.
func (d device) memory() (float64, error) {
	if d.gpu != processor {
		return gpuMemory(d.gpu)
	}
	return memoryHere(), nil
}
