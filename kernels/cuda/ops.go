//go:build cuda

package cuda

import (
	"errors"
	"fmt"

	"caucus/kernels"
)

// Options chooses where an Ops computes. The zero value is the default.
type Options struct {
	// Device is the number of the GPU, as the driver counts.
	Device int
	// Precision says how weights, keys and values are stored.
	Precision kernels.Precision
}

// New returns an Ops on a GPU. Close it to give back the memory.
func New(opts Options) (kernels.Ops, error) {
	if err := opts.Precision.Check(); err != nil {
		return nil, fmt.Errorf("starting cuda kernels: %w", err)
	}
	d, err := openDevice(opts.Device)
	if err != nil {
		return nil, fmt.Errorf("starting cuda kernels: %w", err)
	}
	o := &ops{device: d, precision: opts.Precision.WithDefaults(), ropes: map[kernels.Rope]*ropeTable{},
		mixtures: map[*kernels.Expert]*mixture{}}
	o.memory.live = map[pointer]bool{}
	if o.kernels, err = d.load(); err == nil {
		o.stream, err = d.newStream()
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("starting cuda kernels: %w", err), d.close())
	}
	o.growParams(leastWords)
	return o, nil
}

// ops is an Ops on one device.
type ops struct {
	device    *device
	stream    *stream
	kernels   [functionCount]*kernel
	precision kernels.Precision
	memory    allocator
	list      list
	params    params
	spans     spanList
	ropes     map[kernels.Rope]*ropeTable
	mixtures  map[*kernels.Expert]*mixture

	bytes, scales scratch // of quantized rows
	untiled       scratch // rows of a matrix that is being read
	operands      []operand
	splits        scratch // of attention
	partial       scratch // sums of shares of products,
	counters      scratch // and how many of them are there
	parts, cuts   scratch // of rows of logits
	sampled       scratch // results of draws, and where the host finds them:
	drawn         *pinned[uint32]
	routing       struct{ chosen, weights, room, act, made scratch }
}

// Name says which GPU it is, and for which CUDA its driver is.
func (o *ops) Name() string {
	d := o.device.info
	return fmt.Sprintf("cuda:%d, %s, driver for CUDA %d.%d", d.Number, d.Name, d.Driver/1000, d.Driver%1000/10)
}

func (o *ops) Precision() kernels.Precision { return o.precision }

// Close frees all memory. A device that has failed, which was a panic then, keeps it until the process ends.
func (o *ops) Close() {
	if o.stream.wait() != nil {
		return
	}
	o.dropGraphs()
	ok(o.params.host.free())
	if o.drawn != nil {
		ok(o.drawn.free())
	}
	for p := range o.memory.live {
		ok(o.device.free(p))
	}
	ok(o.stream.close())
	ok(o.device.close())
}
