//go:build cuda

package cuda

import (
	_ "embed"
	"fmt"
	"runtime"
	"strings"
	"sync"

	"gorgonia.org/cu"
)

// The kernels, for all GPUs from compute capability oldest on, and for hopper alone.
//
//go:embed kernels.ptx
var portablePTX string

//go:embed hopper.ptx
var hopperPTX string

// hopperCode is hopperPTX for the machine, with a line about its origin at the end: a driver that sees PTX first takes seconds to
// compile it, of a window that is already open.
//
//go:embed hopper.elf
var hopperCode string

const (
	oldest = 80
	hopper = 90
)

func (d *device) hopper() bool { return d.info.Capability == hopper }

// code is what the driver loads, and ptx what it is made of.
func (d *device) code() string {
	if d.hopper() {
		return hopperCode
	}
	return portablePTX
}

func (d *device) ptx() string {
	if d.hopper() {
		return hopperPTX
	}
	return portablePTX
}

// device is a GPU with the kernels loaded. Its methods may be called by any goroutine, from any thread: each of them makes
// the GPU's context that of its thread.
type device struct {
	info    DeviceInfo
	cu      cu.Device
	context cu.CUContext
	module  cu.Module

	mu      sync.Mutex
	kernels map[string]*kernel
	entries map[string]entry
}

// openDevice makes ready a GPU, which close returns.
func openDevice(number int) (*device, error) {
	infos, err := Devices()
	if err != nil {
		return nil, fmt.Errorf("open cuda:%d: %w", number, err)
	}
	if number < 0 || number >= len(infos) {
		return nil, fmt.Errorf("open cuda:%d: this machine has %d, the first of them cuda:0", number, len(infos))
	}
	d := &device{info: infos[number], kernels: map[string]*kernel{}}
	if d.info.Capability < oldest {
		return nil, fmt.Errorf("open cuda:%d: %s has compute capability %d.%d, and the kernels need %d.%d", number, d.info.Name,
			d.info.Capability/10, d.info.Capability%10, oldest/10, oldest%10)
	}
	d.entries = entriesOf(d.ptx())
	if d.cu, err = cu.GetDevice(number); err != nil {
		return nil, d.failed("cuDeviceGet", err)
	}
	if d.context, err = d.cu.RetainPrimaryCtx(); err != nil {
		return nil, d.failed("cuDevicePrimaryCtxRetain", err)
	}
	err = d.inContext(func() (err error) {
		d.module, err = cu.LoadData(d.code())
		return err
	})
	if err != nil {
		_ = d.cu.ReleasePrimaryCtx()
		return nil, d.failed("cuModuleLoadData", err)
	}
	return d, nil
}

// close unloads the kernels. Streams, graphs and memory are to be given back before.
func (d *device) close() error {
	if err := d.inContext(d.module.Unload); err != nil {
		return d.failed("cuModuleUnload", err)
	}
	if err := d.cu.ReleasePrimaryCtx(); err != nil {
		return d.failed("cuDevicePrimaryCtxRelease", err)
	}
	return nil
}

// inContext calls cu on a thread whose context is the GPU's. It is for what is not done in every step; the calls of
// driver_cgo.go set the context themselves.
func (d *device) inContext(call func() error) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := cu.SetCurrentContext(d.context); err != nil {
		return err
	}
	return call()
}

// failed is the error of a driver's call.
func (d *device) failed(call string, err error) error {
	return fmt.Errorf("cuda:%d: %s: %w", d.info.Number, call, err)
}

// kernel returns a kernel that can be launched with up to so many bytes of dynamic shared memory.
func (d *device) kernel(name string, shared int) (*kernel, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	k := d.kernels[name]
	if k == nil {
		k = &kernel{device: d, name: name, entry: d.entries[name]}
		err := d.inContext(func() (err error) {
			k.function, err = d.module.Function(name)
			return err
		})
		if err != nil {
			return nil, d.failed("cuModuleGetFunction of "+name, err)
		}
		d.kernels[name] = k
	}
	if shared > k.shared {
		if err := k.allowShared(shared); err != nil {
			return nil, err
		}
		k.shared = shared
	}
	return k, nil
}

// kernel is a loaded kernel.
type kernel struct {
	device   *device
	name     string
	function cu.Function
	shared   int // bytes of dynamic shared memory that were asked for
	entry
}

// entry is what PTX says of a kernel.
type entry struct {
	parameters int
	early      bool // it may begin before what is ahead of it in a stream has ended, since it waits for that itself
}

// entriesOf reads PTX.
func entriesOf(ptx string) map[string]entry {
	entries := map[string]entry{}
	for _, text := range strings.Split(ptx, "\n.visible .entry ")[1:] {
		name, _, _ := strings.Cut(text, "(")
		head, _, _ := strings.Cut(text, "\n{")
		entries[name] = entry{strings.Count(head, ".param "), strings.Contains(text, "griddepcontrol.wait")}
	}
	return entries
}
