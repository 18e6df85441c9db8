package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sourcegraph/conc/iter"
	"github.com/urfave/cli/v2"

	"caucus/kernels"
	"caucus/kernels/cpu"
)

// device is what computes, and how: the processor, or GPUs that each have a copy of the model and a part of the samples.
type device struct {
	gpus      []int // their numbers; none for the processor
	threads   int   // of the processor
	precision kernels.Precision
}

// gpuPrefix begins the name of a GPU.
const gpuPrefix = "cuda:"

// readDevice reads the flags that say how to compute.
func readDevice(c *cli.Context) (device, error) {
	d := device{threads: c.Int("threads")}
	if d.threads < 0 || d.threads > cpu.MaxThreads {
		return d, usagef("--threads %d is not between 1 and %d, or 0 for one a processor", d.threads, cpu.MaxThreads)
	}
	var err error
	if d.gpus, err = parseDevices(c.String("device")); err != nil {
		return d, usagef("--device %s: %v", c.String("device"), err)
	}
	if n := c.Int("slots"); n > 0 && n < d.count() { // it is 0 for commands without that flag
		return d, usagef("--slots %d leaves some of %d devices without a sample", n, d.count())
	}
	return d, d.readPrecision(c)
}

// readPrecision reads the flags of formats. What they leave open is bf16 on a GPU, for its tensor cores.
func (d *device) readPrecision(c *cli.Context) error {
	p := &d.precision
	for _, flag := range []struct {
		name string
		to   *kernels.Format
	}{{"weights", &p.Weights}, {"kv", &p.KV}, {"inputs", &p.Inputs}} {
		if len(d.gpus) > 0 && !c.IsSet(flag.name) {
			if err := c.Set(flag.name, kernels.BF16.String()); err != nil {
				return err
			}
		}
		format, err := kernels.ParseFormat(c.String(flag.name))
		if err == nil {
			*flag.to = format
			err = p.Check()
		}
		if err != nil {
			return usagef("--%s: %v", flag.name, err)
		}
	}
	return nil
}

// parseDevices returns the numbers of the GPUs of a list, or none for the processor.
func parseDevices(list string) ([]int, error) {
	if list == "cpu" {
		return nil, nil
	}
	var gpus []int
	for name := range strings.SplitSeq(list, ",") {
		number, gpu := strings.CutPrefix(name, gpuPrefix)
		n, err := strconv.ParseUint(number, 10, 8)
		switch {
		case name == "cpu":
			return nil, errors.New("cpu stands alone: it rounds otherwise than a GPU, and samples would depend on where they are drawn")
		case !gpu:
			return nil, errors.New("there are cpu and, by number, cuda:0, cuda:1, ...; several of these as in cuda:0,cuda:1")
		case err != nil:
			return nil, errors.New("the number of a GPU is missing, as in cuda:0")
		case slices.Contains(gpus, int(n)):
			return nil, fmt.Errorf("cuda:%d is there twice", n)
		}
		gpus = append(gpus, int(n))
	}
	return gpus, nil
}

// count is how many engines run.
func (d device) count() int { return max(len(d.gpus), 1) }

// share is how many of the samples that run at once are on the i-th device. The first has the most.
func (d device) share(slots, i int) int {
	n := d.count()
	return (slots + n - 1 - i) / n
}

// onEach says, behind a size, that it is taken on every one of several devices.
func (d device) onEach() string {
	if d.count() == 1 {
		return ""
	}
	return fmt.Sprintf(" on each of %d devices", d.count())
}

// open makes ready what computes, an Ops a device.
func (d device) open() ([]kernels.Ops, error) {
	if len(d.gpus) == 0 {
		ops, err := cpu.New(cpu.Options{Threads: d.threads, Precision: d.precision})
		return []kernels.Ops{ops}, err
	}
	all, err := iter.MapErr(d.gpus, func(gpu *int) (kernels.Ops, error) { return openGPU(*gpu, d.precision) })
	if err != nil {
		closeAll(all)
		return nil, err
	}
	return all, nil
}

// closeAll closes those that were opened.
func closeAll(all []kernels.Ops) {
	for _, ops := range all {
		if ops != nil {
			ops.Close()
		}
	}
}

// namesOf says which devices these are.
func namesOf(all []kernels.Ops) string {
	var names []string
	for _, ops := range all {
		names = append(names, ops.Name())
	}
	return strings.Join(names, " + ")
}

// memory is how many bytes a model and its samples may take, on the device that has least.
func (d device) memory() (float64, error) {
	if len(d.gpus) > 0 {
		bytes, err := gpuMemory(d.gpus)
		return gpuShare * bytes, err
	}
	return processorShare * memoryHere(), nil
}
