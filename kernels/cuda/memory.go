//go:build cuda

package cuda

import (
	"fmt"
	"unsafe"

	"gorgonia.org/cu"
)

// memory returns how many bytes of the GPU are free, and how many there are.
func (d *device) memory() (free, total int64, err error) {
	err = d.inContext(func() (err error) {
		free, total, err = cu.MemInfo()
		return err
	})
	if err != nil {
		return 0, 0, d.failed("cuMemGetInfo", err)
	}
	return free, total, nil
}

// pointer is an address in the GPU's memory.
type pointer = cu.DevicePtr

// alloc returns so many bytes of the GPU, at least 1, with anything in them. It is refused with the numbers if they are not there.
func (d *device) alloc(bytes int64) (pointer, error) {
	free, total, err := d.memory()
	if err != nil {
		return 0, err
	}
	if bytes > free {
		return 0, fmt.Errorf("cuda:%d has %d MiB free of %d, and %d more are needed: fewer samples at once or a shorter context need less",
			d.info.Number, free>>20, total>>20, (bytes+1<<20-1)>>20)
	}
	var p pointer
	err = d.inContext(func() (err error) {
		p, err = cu.MemAlloc(bytes)
		return err
	})
	if err != nil {
		return 0, d.failed(fmt.Sprintf("cuMemAlloc of %d bytes", bytes), err)
	}
	return p, nil
}

// free gives memory back, and waits for all work of the GPU.
func (d *device) free(p pointer) error {
	if err := d.inContext(func() error { return cu.MemFree(p) }); err != nil {
		return d.failed("cuMemFree", err)
	}
	return nil
}

// pinned is host memory that the GPU reads and writes by itself: what an asynchronous copy must have on its one side.
type pinned[T any] struct {
	device *device
	all    []T
}

// newPinned returns n values, which are not zeroed. T must have no pointers.
func newPinned[T any](d *device, n int) (*pinned[T], error) {
	var zero T
	p, err := d.hostAlloc(int64(n) * int64(unsafe.Sizeof(zero)))
	if err != nil {
		return nil, err
	}
	return &pinned[T]{d, unsafe.Slice((*T)(p), n)}, nil
}

func (p *pinned[T]) free() error {
	first := unsafe.Pointer(unsafe.SliceData(p.all))
	p.all = nil
	if err := p.device.inContext(func() error { return cu.MemFreeHost(first) }); err != nil {
		return p.device.failed("cuMemFreeHost", err)
	}
	return nil
}

// upload begins to copy n values from at to the GPU; they must stay as they are until the stream has come there.
func (p *pinned[T]) upload(s *stream, to pointer, at, n int) error {
	part := p.all[at : at+n]
	return s.copyIn(to, unsafe.Pointer(unsafe.SliceData(part)), bytesOf(part))
}

// download begins to copy n values from the GPU; they are there once the stream has been waited for.
func (p *pinned[T]) download(s *stream, from pointer, at, n int) error {
	part := p.all[at : at+n]
	return s.copyOut(unsafe.Pointer(unsafe.SliceData(part)), from, bytesOf(part))
}

func bytesOf[T any](v []T) int64 {
	var zero T
	return int64(len(v)) * int64(unsafe.Sizeof(zero))
}
