//go:build cuda

package cuda

// What gorgonia.org/cu lacks, on its handles: capture and graphs, pinned memory, a limit of shared memory, and a launch that
// allocates nothing and takes arguments of 4 bytes (cu reads 8 of each). These calls are made in every step. So each of
// them sets the thread's context, which costs some 20 ns, and is one call into C.

/*
#include <cuda.h>

// Set by lazycuda: why there is no driver.
extern char lazycuda_why[] __attribute__((weak));

static const char *whyMissing(void) { return lazycuda_why ? lazycuda_why : ""; }

#define IN_CONTEXT(call)                         \
	CUresult status = cuCtxSetCurrent(context);  \
	return status != CUDA_SUCCESS ? status : (call)

enum { maxParameters = 40 };

// Each argument has 8 bytes, of which the driver reads as many as the parameter has: the lower ones.
static CUresult launch(CUcontext context, CUstream stream, CUfunction f, const unsigned *grid, const unsigned *block, unsigned shared,
		int early, int cluster, const unsigned long long *args, int n) {
	void *addresses[maxParameters];
	for (int i = 0; i < n; i++) addresses[i] = (void *)&args[i];
	if (early || cluster > 1) {
		CUlaunchAttribute how[2];
		CUlaunchConfig launch = {grid[0], grid[1], grid[2], block[0], block[1], block[2], shared, stream, how, 0};
		if (early)
			how[launch.numAttrs++] = (CUlaunchAttribute){.id = CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_STREAM_SERIALIZATION,
				.value.programmaticStreamSerializationAllowed = 1};
		if (cluster > 1)
			how[launch.numAttrs++] = (CUlaunchAttribute){.id = CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION, .value.clusterDim = {1, cluster, 1}};
		IN_CONTEXT(cuLaunchKernelEx(&launch, f, addresses, NULL));
	}
	IN_CONTEXT(cuLaunchKernel(f, grid[0], grid[1], grid[2], block[0], block[1], block[2], shared, stream, addresses, NULL));
}
static CUresult launchGraph(CUcontext context, CUstream stream, CUgraphExec graph) { IN_CONTEXT(cuGraphLaunch(graph, stream)); }
static CUresult wait(CUcontext context, CUstream stream) { IN_CONTEXT(cuStreamSynchronize(stream)); }
static CUresult copyIn(CUcontext context, CUstream stream, CUdeviceptr to, const void *from, size_t n) {
	IN_CONTEXT(cuMemcpyHtoDAsync(to, from, n, stream));
}
static CUresult copyOut(CUcontext context, CUstream stream, void *to, CUdeviceptr from, size_t n) {
	IN_CONTEXT(cuMemcpyDtoHAsync(to, from, n, stream));
}
static CUresult writeIn(CUcontext context, CUstream stream, CUdeviceptr to, const void *from, size_t n) {
	CUresult copied = copyIn(context, stream, to, from, n);
	return copied != CUDA_SUCCESS ? copied : cuStreamSynchronize(stream);
}
static CUresult readOut(CUcontext context, CUstream stream, void *to, CUdeviceptr from, size_t n) {
	CUresult copied = copyOut(context, stream, to, from, n);
	return copied != CUDA_SUCCESS ? copied : cuStreamSynchronize(stream);
}
static CUresult copyWithin(CUcontext context, CUstream stream, CUdeviceptr to, CUdeviceptr from, size_t n) {
	IN_CONTEXT(cuMemcpyDtoDAsync(to, from, n, stream));
}
static CUresult beginCapture(CUcontext context, CUstream stream) {
	IN_CONTEXT(cuStreamBeginCapture(stream, CU_STREAM_CAPTURE_MODE_THREAD_LOCAL));
}
static CUresult endCapture(CUcontext context, CUstream stream, CUgraph *graph) { IN_CONTEXT(cuStreamEndCapture(stream, graph)); }
static CUresult instantiate(CUcontext context, CUgraphExec *to, CUgraph graph) {
	IN_CONTEXT(cuGraphInstantiateWithFlags(to, graph, 0));
}
static CUresult destroyGraph(CUcontext context, CUgraphExec graph) { IN_CONTEXT(cuGraphExecDestroy(graph)); }
static CUresult hostAlloc(CUcontext context, void **to, size_t n) { IN_CONTEXT(cuMemHostAlloc(to, n, CU_MEMHOSTALLOC_PORTABLE)); }
static CUresult allowShared(CUcontext context, CUfunction f, int bytes) {
	IN_CONTEXT(cuFuncSetAttribute(f, CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, bytes));
}

#cgo noescape launch
#cgo nocallback launch
#cgo noescape copyIn
#cgo nocallback copyIn
#cgo noescape copyOut
#cgo nocallback copyOut
*/
import "C"

import (
	"fmt"
	"math"
	"runtime"
	"unsafe"

	"gorgonia.org/cu"
)

const (
	maxSharedMemoryOptIn = cu.DeviceAttribute(C.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN)
	maxParameters        = C.maxParameters
)

// status is an error of the driver that carries its own words.
type status C.CUresult

func (s status) Error() string {
	var name, text *C.char
	if C.cuGetErrorName(C.CUresult(s), &name) != C.CUDA_SUCCESS || name == nil {
		return fmt.Sprintf("error %d", int(s))
	}
	if C.cuGetErrorString(C.CUresult(s), &text) != C.CUDA_SUCCESS || text == nil {
		return C.GoString(name)
	}
	return C.GoString(name) + ": " + C.GoString(text)
}

// missingDriver says why there is no GPU.
func missingDriver() string {
	if why := C.GoString(C.whyMissing()); why != "" {
		return why
	}
	return "the driver has none"
}

// cu keeps some of its handles to itself; each of these structs has one, and nothing else.
func (d *device) c() C.CUcontext  { return *(*C.CUcontext)(unsafe.Pointer(&d.context)) }
func (s *stream) c() C.CUstream   { return *(*C.CUstream)(unsafe.Pointer(&s.cu)) }
func (k *kernel) c() C.CUfunction { return *(*C.CUfunction)(unsafe.Pointer(&k.function)) }

func init() {
	const handle = unsafe.Sizeof(uintptr(0))
	if unsafe.Sizeof(cu.CUContext{}) != handle || unsafe.Sizeof(cu.Stream{}) != handle || unsafe.Sizeof(cu.Function{}) != handle {
		panic("cuda: gorgonia.org/cu is not the version that this package was written for")
	}
}

// dim is the size of a grid or of a block; a zero stands for 1.
type dim struct{ x, y, z int }

func (d dim) c() [3]C.uint {
	return [3]C.uint{C.uint(max(d.x, 1)), C.uint(max(d.y, 1)), C.uint(max(d.z, 1))}
}

// The arguments of a launch have 8 bytes each, whatever the parameter has.
func intArg(v int) uint64         { return uint64(int64(v)) }
func floatArg(v float32) uint64   { return uint64(math.Float32bits(v)) }
func pointerArg(p pointer) uint64 { return uint64(p) }

// launch puts a kernel into the stream, with so many bytes of dynamic shared memory. It allocates nothing.
func (s *stream) launch(k *kernel, grid, block dim, shared int, args ...uint64) error {
	return s.launchCluster(k, 1, grid, block, shared, args...)
}

// launchCluster is launch for blocks of which so many, neighbours along y, run at once.
func (s *stream) launchCluster(k *kernel, cluster int, grid, block dim, shared int, args ...uint64) error {
	if len(args) != k.parameters || len(args) > maxParameters {
		panic(fmt.Sprintf("cuda: %s takes %d arguments, not %d", k.name, k.parameters, len(args)))
	}
	g, b := grid.c(), block.c()
	r := C.launch(s.device.c(), s.c(), k.c(), &g[0], &b[0], C.uint(shared), C.int(flag(k.early)), C.int(cluster),
		(*C.ulonglong)(unsafe.SliceData(args)), C.int(len(args)))
	if r != C.CUDA_SUCCESS {
		return s.launchFailed(k, grid, block, shared, r)
	}
	s.last = k.name
	return nil
}

func (s *stream) launchFailed(k *kernel, grid, block dim, shared int, r C.CUresult) error {
	return s.failed(fmt.Sprintf("cuLaunchKernel of %s, grid %v, block %v, %d bytes of shared memory", k.name, grid, block, shared), status(r))
}

// allowShared raises the kernel's limit of dynamic shared memory.
func (k *kernel) allowShared(bytes int) error {
	if r := C.allowShared(k.device.c(), k.c(), C.int(bytes)); r != C.CUDA_SUCCESS {
		return k.device.failed(fmt.Sprintf("cuFuncSetAttribute of %s, %d bytes of shared memory", k.name, bytes), status(r))
	}
	return nil
}

// wait returns when the GPU has done all that was put into the stream.
func (s *stream) wait() error {
	if r := C.wait(s.device.c(), s.c()); r != C.CUDA_SUCCESS {
		return s.failed("cuStreamSynchronize", status(r))
	}
	return nil
}

// copyIn begins a copy from pinned memory to the GPU.
func (s *stream) copyIn(to pointer, from unsafe.Pointer, bytes int64) error {
	if r := C.copyIn(s.device.c(), s.c(), C.CUdeviceptr(to), from, C.size_t(bytes)); r != C.CUDA_SUCCESS {
		return s.failed(fmt.Sprintf("cuMemcpyHtoDAsync of %d bytes", bytes), status(r))
	}
	return nil
}

// copyOut begins a copy to pinned memory.
func (s *stream) copyOut(to unsafe.Pointer, from pointer, bytes int64) error {
	if r := C.copyOut(s.device.c(), s.c(), to, C.CUdeviceptr(from), C.size_t(bytes)); r != C.CUDA_SUCCESS {
		return s.failed(fmt.Sprintf("cuMemcpyDtoHAsync of %d bytes", bytes), status(r))
	}
	return nil
}

// write copies any values to the GPU, after what is in the stream, and waits. T must have no pointers.
func write[T any](s *stream, to pointer, from []T) error {
	bytes := bytesOf(from)
	if bytes == 0 {
		return nil
	}
	if r := C.writeIn(s.device.c(), s.c(), C.CUdeviceptr(to), unsafe.Pointer(&from[0]), C.size_t(bytes)); r != C.CUDA_SUCCESS {
		return s.failed(fmt.Sprintf("write %d bytes: cuMemcpyHtoDAsync or cuStreamSynchronize", bytes), status(r))
	}
	return nil
}

// read copies values from the GPU, after what is in the stream, and waits. T must have no pointers.
func read[T any](s *stream, to []T, from pointer) error {
	bytes := bytesOf(to)
	if bytes == 0 {
		return nil
	}
	if r := C.readOut(s.device.c(), s.c(), unsafe.Pointer(&to[0]), C.CUdeviceptr(from), C.size_t(bytes)); r != C.CUDA_SUCCESS {
		return s.failed(fmt.Sprintf("read %d bytes: cuMemcpyDtoHAsync or cuStreamSynchronize", bytes), status(r))
	}
	return nil
}

// copyWithin begins a copy from one place of the GPU to another, which do not overlap.
func (s *stream) copyWithin(to, from pointer, bytes int64) error {
	if r := C.copyWithin(s.device.c(), s.c(), C.CUdeviceptr(to), C.CUdeviceptr(from), C.size_t(bytes)); r != C.CUDA_SUCCESS {
		return s.failed(fmt.Sprintf("cuMemcpyDtoDAsync of %d bytes", bytes), status(r))
	}
	return nil
}

// hostAlloc returns pinned memory.
func (d *device) hostAlloc(bytes int64) (unsafe.Pointer, error) {
	var p unsafe.Pointer
	if r := C.hostAlloc(d.c(), &p, C.size_t(bytes)); r != C.CUDA_SUCCESS {
		return nil, d.failed(fmt.Sprintf("cuMemHostAlloc of %d bytes", bytes), status(r))
	}
	return p, nil
}

// graph is a sequence of launches and copies that one call starts again and again.
type graph struct {
	device *device
	name   string
	exec   C.CUgraphExec
	nodes  int
}

// capture makes a graph of what record puts into the stream, which is not run. record must not wait, allocate or free.
func (s *stream) capture(name string, record func() error) (*graph, error) {
	runtime.LockOSThread() // which the driver asks for, and in return notices forbidden calls of this thread alone
	defer runtime.UnlockOSThread()
	if r := C.beginCapture(s.device.c(), s.c()); r != C.CUDA_SUCCESS {
		return nil, s.failed("cuStreamBeginCapture of "+name, status(r))
	}
	recorded := record()
	var captured C.CUgraph
	r := C.endCapture(s.device.c(), s.c(), &captured)
	if recorded != nil {
		if r == C.CUDA_SUCCESS {
			C.cuGraphDestroy(captured)
		}
		return nil, fmt.Errorf("capture %s: %w", name, recorded)
	}
	if r != C.CUDA_SUCCESS {
		return nil, s.failed("cuStreamEndCapture of "+name, status(r))
	}
	defer C.cuGraphDestroy(captured)
	g := &graph{device: s.device, name: name}
	var nodes C.size_t
	if r := C.cuGraphGetNodes(captured, nil, &nodes); r != C.CUDA_SUCCESS {
		return nil, s.failed("cuGraphGetNodes of "+name, status(r))
	}
	g.nodes = int(nodes)
	if r := C.instantiate(s.device.c(), &g.exec, captured); r != C.CUDA_SUCCESS {
		return nil, s.failed("cuGraphInstantiate of "+name, status(r))
	}
	return g, nil
}

// replay puts the graph into the stream. It allocates nothing.
func (s *stream) replay(g *graph) error {
	if r := C.launchGraph(s.device.c(), s.c(), g.exec); r != C.CUDA_SUCCESS {
		return s.failed("cuGraphLaunch of "+g.name, status(r))
	}
	s.last = g.name
	return nil
}

func (g *graph) close() error {
	if r := C.destroyGraph(g.device.c(), g.exec); r != C.CUDA_SUCCESS {
		return g.device.failed("cuGraphExecDestroy of "+g.name, status(r))
	}
	return nil
}
