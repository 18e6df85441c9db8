//go:build cuda

package cuda

import (
	"fmt"
	"runtime"
	"sync"
	"time"

	"caucus/kernels"
)

// ok panics with a failure of the device, which an Ops cannot return.
func ok(err error) {
	if err != nil {
		panic(err)
	}
}

// memory is a piece of the device's. It is freed when nothing refers to it any more.
type memory struct{ at pointer }

func (m *memory) arg() uint64 { return pointerArg(m.at) }

// allocator keeps account of what is allocated.
type allocator struct {
	live map[pointer]bool

	mu   sync.Mutex
	dead []pointer // nothing refers to them; the device may still
}

// alloc returns memory of arbitrary contents.
func (o *ops) alloc(bytes int) *memory {
	if bytes == 0 {
		return &memory{}
	}
	p, err := o.device.alloc(int64(bytes))
	if err != nil {
		runtime.GC()                      // finds what nothing refers to,
		time.Sleep(10 * time.Millisecond) // and hands it to bury
		o.reclaim()
		p, err = o.device.alloc(int64(bytes))
	}
	ok(err)
	m := &memory{p}
	o.memory.live[p] = true
	runtime.AddCleanup(m, o.memory.bury, p)
	return m
}

func (a *allocator) bury(p pointer) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.dead = append(a.dead, p)
}

// reclaim frees what nothing refers to, unless the list may.
func (o *ops) reclaim() {
	if len(o.list.launches) > 0 {
		return
	}
	a := &o.memory
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, p := range a.dead {
		delete(a.live, p)
		ok(o.device.free(p))
	}
	a.dead = a.dead[:0]
}

// buffer is a kernels.Buffer.
type buffer struct {
	*memory
	n int
}

func (b *buffer) Len() int { return b.n }

// zeros is n bytes of zeros, a multiple of 4.
func (o *ops) zeros(n int) *memory {
	o.flush() // so that dead memory can be freed
	m := o.alloc(n)
	if n > 0 {
		ok(o.stream.fill(m.at, 0, blocks(n, 4)))
	}
	return m
}

func (o *ops) NewBuffer(n int) kernels.Buffer {
	b := &buffer{o.zeros(4 * n), n}
	o.forgetOperands(b.at) // of memory that was there before
	return b
}

func (o *ops) Upload(dst kernels.Buffer, off int, src []float32) {
	to := part(dst, off, len(src))
	o.flush()
	o.forgetOperands(dst.(*buffer).at)
	ok(write(o.stream, to, src))
}

func (o *ops) Download(dst []float32, src kernels.Buffer, off int) {
	from := part(src, off, len(dst))
	o.flush()
	ok(read(o.stream, dst, from))
}

// part is where n values of a buffer lie.
func part(b kernels.Buffer, off, n int) pointer {
	if off < 0 || off+n > b.Len() {
		panic(fmt.Sprintf("kernels: %d values from %d on are not in a buffer of %d", n, off, b.Len()))
	}
	return b.(*buffer).at + pointer(4*off)
}

// copied is numbers of the host on the device. T must have no pointers.
func copied[T any](o *ops, values []T) *memory {
	m := o.alloc(int(bytesOf(values)))
	ok(write(o.stream, m.at, values))
	return m
}

// at and stride are the arguments for a view.
func at(v kernels.View) uint64     { return pointerArg(v.Buf.(*buffer).at + pointer(4*v.Off)) }
func stride(v kernels.View) uint64 { return intArg(v.Stride) }

// scratch is memory of at least so many bytes that operations use one after the other.
type scratch struct {
	*memory
	bytes int
}

func (o *ops) fit(s *scratch, bytes int) uint64 {
	if s.bytes < bytes {
		*s = scratch{o.alloc(2 * bytes), 2 * bytes}
	}
	return s.arg()
}
