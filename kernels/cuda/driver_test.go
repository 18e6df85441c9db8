//go:build cuda

package cuda

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// testDevice opens the first GPU, or the emulated one.
func testDevice(t testing.TB) (*device, *stream) {
	t.Helper()
	if _, err := Devices(); err != nil {
		t.Skipf("%v; README.md tells of the emulated one", err)
	}
	return testDeviceAt(t, 0)
}

func testDeviceAt(t testing.TB, number int) (*device, *stream) {
	t.Helper()
	d, err := openDevice(number)
	must(t, err)
	s, err := d.newStream()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.close(); err != nil {
			t.Error(err)
		}
		if err := d.close(); err != nil {
			t.Error(err)
		}
	})
	return d, s
}

func emulated(d *device) bool { return d.info.Name == "cudasim" }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func testAlloc(t testing.TB, d *device, bytes int64) pointer {
	t.Helper()
	p, err := d.alloc(bytes)
	must(t, err)
	t.Cleanup(func() {
		if err := d.free(p); err != nil {
			t.Error(err)
		}
	})
	return p
}

func testPinned(t testing.TB, d *device, n int) *pinned[float32] {
	t.Helper()
	p, err := newPinned[float32](d, n)
	must(t, err)
	t.Cleanup(func() {
		if err := p.free(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// normalizing is a graph that takes rows from in, and leaves them, normalized, in out.
type normalizing struct {
	rows, n int
	w       []float32
	in, out *pinned[float32]
	graph   *graph
}

func newNormalizing(t testing.TB, d *device, s *stream, rows, n int) normalizing {
	t.Helper()
	z := normalizing{rows: rows, n: n, w: make([]float32, n), in: testPinned(t, d, rows*n), out: testPinned(t, d, rows*n)}
	for i := range z.w {
		z.w[i] = rand.Float32()
	}
	size := int64(4 * rows * n)
	x, y, w := testAlloc(t, d, size), testAlloc(t, d, size), testAlloc(t, d, int64(4*n))
	must(t, write(s, w, z.w))
	k, err := d.kernel("rmsnorm", 4*n)
	must(t, err)
	z.graph, err = s.capture("normalizing", func() error {
		if err := z.in.upload(s, x, 0, rows*n); err != nil {
			return err
		}
		err := s.launch(k, dim{x: rows}, dim{x: 256}, 4*n, pointerArg(x), pointerArg(w), pointerArg(y), intArg(n), floatArg(1e-5))
		if err != nil {
			return err
		}
		return z.out.download(s, y, 0, rows*n)
	})
	must(t, err)
	t.Cleanup(func() { must(t, z.graph.close()) })
	return z
}

func (z normalizing) check(t testing.TB) {
	t.Helper()
	for r := range z.rows {
		row := z.in.all[r*z.n : (r+1)*z.n]
		var squares float64
		for _, v := range row {
			squares += float64(v) * float64(v)
		}
		scale := 1 / math.Sqrt(squares/float64(z.n)+1e-5)
		for i, v := range row {
			want, got := float64(v)*scale*float64(z.w[i]), float64(z.out.all[r*z.n+i])
			if !(math.Abs(got-want) <= 1e-5) {
				t.Fatalf("row %d, column %d: %v, want %v", r, i, got, want)
			}
		}
	}
}

func TestACapturedGraphIsReplayed(t *testing.T) {
	d, s := testDevice(t)
	for _, n := range []int{1, 31, 32, 257, 13000} { // the last has more shared memory than a kernel gets unasked
		z := newNormalizing(t, d, s, 5, n)
		if z.graph.nodes != 3 {
			t.Errorf("the graph has %d nodes, want 3", z.graph.nodes)
		}
		for range 3 {
			for i := range z.in.all {
				z.in.all[i], z.out.all[i] = rand.Float32()*2-1, 7
			}
			must(t, s.replay(z.graph))
			if emulated(d) && z.out.all[0] != 7 {
				t.Fatal("the emulation works before it is waited for")
			}
			must(t, s.wait())
			z.check(t)
		}
	}
}

func TestDevicesWorkSideBySide(t *testing.T) {
	testDevice(t)
	infos, err := Devices()
	must(t, err)
	for _, info := range infos {
		t.Run(fmt.Sprintf("cuda:%d %s", info.Number, info.Name), func(t *testing.T) {
			t.Parallel()
			d, s := testDeviceAt(t, info.Number)
			z := newNormalizing(t, d, s, 5, 64)
			for i := range z.in.all {
				z.in.all[i] = rand.Float32()
			}
			must(t, s.replay(z.graph))
			must(t, s.wait())
			z.check(t)
		})
	}
}

func TestAReplayedStepAllocatesNothing(t *testing.T) {
	d, s := testDevice(t)
	z := newNormalizing(t, d, s, 2, 64)
	k, err := d.kernel("rmsnorm", 256)
	must(t, err)
	p := testAlloc(t, d, 256)
	must(t, s.fill(p, 0, 64))
	if n := testing.AllocsPerRun(20, func() {
		_ = s.launch(k, dim{x: 1}, dim{x: 32}, 256, pointerArg(p), pointerArg(p), pointerArg(p), intArg(64), floatArg(1e-5))
		_ = s.replay(z.graph)
		_ = z.in.upload(s, p, 0, 64)
		_ = s.wait()
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestErrorsNameTheCallAndTheKernel(t *testing.T) {
	d, s := testDevice(t)
	_, err := d.kernel("absent", 0)
	wantError(t, err, "cuda:0", "cuModuleGetFunction", "absent")
	k, err := d.kernel("rmsnorm", 0)
	must(t, err)
	wantError(t, s.launch(k, dim{x: 1}, dim{x: 2048}, 0, 0, 0, 0, 0, 0), "cuLaunchKernel", "rmsnorm", "2048", "INVALID")
	_, err = d.kernel("rmsnorm", 1<<20)
	wantError(t, err, "cuFuncSetAttribute", "rmsnorm", "1048576")
	_, total, err := d.memory()
	must(t, err)
	_, err = d.alloc(total + 1)
	wantError(t, err, "cuda:0", "MiB free of")
	_, err = openDevice(1000)
	wantError(t, err, "cuda:1000")
	_, err = s.capture("waiting", func() error { return s.wait() })
	wantError(t, err, "capture waiting", "cuStreamSynchronize")
}

func wantError(t *testing.T, err error, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%v: %q is missing", err, part)
		}
	}
}

func TestALaunchWithOtherArgumentsPanics(t *testing.T) {
	d, s := testDevice(t)
	k, err := d.kernel("rmsnorm", 0)
	must(t, err)
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	_ = s.launch(k, dim{}, dim{x: 32}, 0, 1, 2)
}

func TestMemoryIsWrittenCopiedAndRead(t *testing.T) {
	d, s := testDevice(t)
	a, b := testAlloc(t, d, 12), testAlloc(t, d, 12)
	must(t, write(s, a, []int32{1, -2, 3}))
	must(t, s.fill(b, 9, 3))
	must(t, s.copyWithin(b+4, a+4, 8))
	got := make([]int32, 3)
	must(t, read(s, got, b))
	if got[0] != 9 || got[1] != -2 || got[2] != 3 {
		t.Errorf("%v, want [9 -2 3]", got)
	}
	must(t, write(s, a, []int32{}))
}

func TestEventsTellTheTimeBetweenThem(t *testing.T) {
	d, s := testDevice(t)
	from, err := d.newEvent()
	must(t, err)
	to, err := d.newEvent()
	must(t, err)
	z := newNormalizing(t, d, s, 2, 64)
	must(t, s.record(from))
	must(t, s.replay(z.graph))
	must(t, s.record(to))
	must(t, s.wait())
	ms, err := from.milliseconds(to)
	must(t, err)
	if ms <= 0 || ms > 1e4 {
		t.Errorf("%v ms", ms)
	}
	must(t, from.close())
	must(t, to.close())
}
