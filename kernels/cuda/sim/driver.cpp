// An emulated CUDA driver, libcuda.so.1: the calls that package cuda makes, over the kernels that it is linked with. It is
// stricter than a real one where that finds mistakes: work runs only when something waits for it, memory is full of NaNs, and
// every size and handle is checked. The environment may set CUDASIM_DEVICES (1), CUDASIM_MEMORY in bytes (4 GiB),
// CUDASIM_ORDER and CUDASIM_THREADS.
#include "cudasim.h"

#include <thread>
#include <time.h>

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <set>

using Result = int;
using Pointer = unsigned long long;

enum {
    OK = 0,
    INVALID_VALUE = 1,
    OUT_OF_MEMORY = 2,
    NO_DEVICE = 100,
    INVALID_DEVICE = 101,
    INVALID_IMAGE = 200,
    INVALID_CONTEXT = 201,
    INVALID_HANDLE = 400,
    NOT_FOUND = 500,
    NOT_READY = 600,
    LAUNCH_FAILED = 719,
    NOT_SUPPORTED = 801,
    CAPTURE_UNSUPPORTED = 900,
    CAPTURE_INVALIDATED = 901,
    CAPTURE_UNMATCHED = 902,
};

static constexpr size_t defaultShared = 48 << 10, optInShared = 227 << 10;
static constexpr int maxThreads = 1024, maxYZ = 65535;

// Op is a piece of queued work; it says what went wrong.
using Op = std::function<std::string()>;

struct Device {
    int number;
    size_t total, used;
};

struct Graph {
    Device *device;
    std::vector<Op> ops;
};

// Stream runs its ops in their order. done and queued count them, so that events can name one.
struct Stream {
    Device *device;
    std::deque<Op> queue;
    uint64_t queued = 0, done = 0;
    Graph *capture = nullptr;
    bool spoiled = false; // by a call that a capture forbids
    std::thread::id capturer; // whose calls these are, as in the mode THREAD_LOCAL
    bool draining = false;
};

struct Event {
    Stream *stream = nullptr;
    uint64_t at = 0; // how many ops of the stream come before it
    double milliseconds = 0;
};

// Function is a kernel as the PTX declares it.
struct Function {
    std::string name;
    cudasim::Kernel kernel;
    int maxThreads;
    size_t staticShared, dynamicLimit;
};

struct Entry {
    std::vector<size_t> sizes;
    int maxThreads;
    size_t shared;
};

struct Module {
    std::map<std::string, Entry> entries;
    std::vector<std::unique_ptr<Function>> functions;
};

static std::recursive_mutex lock;
#define LOCKED std::lock_guard<std::recursive_mutex> guard(lock)

static std::string fault; // what stopped the device; every later call reports it
static std::set<Stream *> streams;
static std::map<char *, std::pair<Device *, size_t>> memory;
static std::map<char *, size_t> pinned;
static thread_local Device *current;

static size_t setting(const char *name, size_t otherwise) {
    const char *text = getenv(name);
    return text && *text ? strtoull(text, nullptr, 10) : otherwise;
}

static std::vector<Device> &devices() {
    static auto *all = [] {
        auto *v = new std::vector<Device>(setting("CUDASIM_DEVICES", 1));
        for (size_t i = 0; i < v->size(); i++) (*v)[i] = {(int)i, setting("CUDASIM_MEMORY", 4ull << 30), 0};
        return v;
    }();
    return *all;
}

static Device *device(int number) {
    return number >= 0 && number < (int)devices().size() ? &devices()[number] : nullptr;
}

// legacy is the NULL stream, which waits for the others and they for it.
static Stream *legacy() {
    static auto *s = new Stream;
    return s;
}

static double now() {
    timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e3 + t.tv_nsec * 1e-6;
}

// drain runs what a stream has been given, up to so many ops.
static Result drain(Stream *s, uint64_t upTo) {
    if (s->draining) return OK;
    s->draining = true;
    while (fault.empty() && !s->queue.empty() && s->done < upTo) {
        Op op = std::move(s->queue.front());
        s->queue.pop_front();
        fault = op();
        s->done++;
    }
    s->draining = false;
    if (fault.empty()) return OK;
    fprintf(stderr, "cudasim: %s\n", fault.c_str());
    return LAUNCH_FAILED;
}

static Result drainAll() {
    drain(legacy(), UINT64_MAX);
    for (Stream *s : streams) drain(s, UINT64_MAX);
    return fault.empty() ? OK : LAUNCH_FAILED;
}

static Result put(Stream *s, Op op) {
    if (!current) return INVALID_CONTEXT;
    if (!fault.empty()) return LAUNCH_FAILED;
    if (!s) {
        for (Stream *other : streams) drain(other, UINT64_MAX);
        s = legacy();
    } else if (!streams.count(s) || s->device != current) {
        return INVALID_HANDLE;
    } else if (s->capture) {
        s->capture->ops.push_back(std::move(op));
        return OK;
    } else {
        drain(legacy(), UINT64_MAX);
    }
    s->queue.push_back(std::move(op));
    s->queued++;
    return OK;
}

// forbidden spoils the captures of this thread that are under way: it may not wait, allocate or free meanwhile.
static bool forbidden() {
    bool found = false;
    for (Stream *s : streams)
        if (s->capture && s->capturer == std::this_thread::get_id()) s->spoiled = found = true;
    return found;
}

static bool onDevice(Pointer p, size_t n) {
    auto after = memory.upper_bound((char *)p);
    if (after == memory.begin()) return false;
    --after;
    const size_t at = (char *)p - after->first;
    return at <= after->second.second && n <= after->second.second - at;
}

static bool isPinned(const void *p, size_t n) {
    auto after = pinned.upper_bound((char *)p);
    if (after == pinned.begin()) return false;
    --after;
    const size_t at = (char *)p - after->first;
    return at <= after->second && n <= after->second - at;
}

static Op move(void *to, const void *from, size_t n) {
    return [=] {
        memmove(to, from, n);
        return std::string();
    };
}

#define API extern "C" __attribute__((visibility("default"))) Result

// Devices and contexts

API cuInit(unsigned) { return devices().empty() ? NO_DEVICE : OK; }
API cuDriverGetVersion(int *v) { return *v = 12040, OK; }
API cuDeviceGetCount(int *n) { return *n = devices().size(), OK; }
API cuDeviceGet(int *d, int number) { return *d = number, device(number) ? OK : INVALID_DEVICE; }
API cuDeviceGetName(char *name, int n, int d) { return snprintf(name, n, "cudasim"), device(d) ? OK : INVALID_DEVICE; }
API cuDeviceTotalMem_v2(size_t *n, int d) {
    if (!device(d)) return INVALID_DEVICE;
    return *n = device(d)->total, OK;
}
API cuDeviceGetAttribute(int *v, int attribute, int d) {
    static const std::map<int, int> values = {
        {1, maxThreads},    {2, maxThreads}, {3, maxThreads}, {4, 64},           {5, INT32_MAX},    {6, maxYZ}, {7, maxYZ},
        {8, defaultShared}, {10, 32},        {12, 65536},     {13, 1980000},     {16, 132},         {36, 2619000},
        {37, 6144},         {38, 50 << 20},  {39, 2048},      {75, 8},           {76, 0},           {81, 228 << 10},
        {82, 65536},        {97, optInShared}};
    auto found = values.find(attribute);
    if (!device(d)) return INVALID_DEVICE;
    return *v = found == values.end() ? 0 : found->second, OK;
}
API cuDevicePrimaryCtxRetain(void **context, int d) {
    if (!device(d)) return INVALID_DEVICE;
    return *context = device(d), OK;
}
API cuDevicePrimaryCtxRelease_v2(int d) { return device(d) ? OK : INVALID_DEVICE; }
API cuCtxSetCurrent(void *context) { return current = (Device *)context, OK; }
API cuCtxGetCurrent(void **context) { return *context = current, OK; }
API cuCtxGetDevice(int *d) {
    if (!current) return INVALID_CONTEXT;
    return *d = current->number, OK;
}
API cuCtxSynchronize() {
    LOCKED;
    if (!current) return INVALID_CONTEXT;
    if (forbidden()) return CAPTURE_UNSUPPORTED;
    return drainAll();
}
API cuGetErrorName(Result r, const char **name) {
    static const std::map<Result, const char *> names = {
        {OK, "CUDA_SUCCESS"}, {INVALID_VALUE, "CUDA_ERROR_INVALID_VALUE"}, {OUT_OF_MEMORY, "CUDA_ERROR_OUT_OF_MEMORY"},
        {INVALID_CONTEXT, "CUDA_ERROR_INVALID_CONTEXT"}, {INVALID_HANDLE, "CUDA_ERROR_INVALID_HANDLE"},
        {LAUNCH_FAILED, "CUDA_ERROR_LAUNCH_FAILED"}, {NOT_SUPPORTED, "CUDA_ERROR_NOT_SUPPORTED"},
        {CAPTURE_UNSUPPORTED, "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED"},
        {CAPTURE_INVALIDATED, "CUDA_ERROR_STREAM_CAPTURE_INVALIDATED"}};
    auto found = names.find(r);
    return *name = found == names.end() ? nullptr : found->second, found == names.end() ? INVALID_VALUE : OK;
}
API cuGetErrorString(Result r, const char **text) {
    LOCKED;
    static std::string last;
    if (r != LAUNCH_FAILED) return cuGetErrorName(r, text);
    last = fault;
    return *text = last.c_str(), OK;
}

// Memory

API cuMemGetInfo_v2(size_t *free, size_t *total) {
    LOCKED;
    if (!current) return INVALID_CONTEXT;
    return *total = current->total, *free = current->total - current->used, OK;
}
API cuMemAlloc_v2(Pointer *p, size_t n) {
    LOCKED;
    if (!current) return INVALID_CONTEXT;
    if (forbidden()) return CAPTURE_UNSUPPORTED;
    if (!fault.empty()) return LAUNCH_FAILED;
    if (n == 0) return INVALID_VALUE;
    char *m = n <= current->total - current->used ? (char *)cudasim::allocate(n) : nullptr;
    if (!m) return OUT_OF_MEMORY;
    current->used += n;
    memory[m] = {current, n};
    return *p = (Pointer)m, OK;
}
API cuMemFree_v2(Pointer p) {
    LOCKED;
    if (!current) return INVALID_CONTEXT;
    if (!p) return OK;
    if (forbidden()) return CAPTURE_UNSUPPORTED;
    auto found = memory.find((char *)p);
    if (found == memory.end()) return INVALID_VALUE;
    drainAll();
    found->second.first->used -= found->second.second;
    memory.erase(found);
    cudasim::release((void *)p);
    return fault.empty() ? OK : LAUNCH_FAILED;
}
API cuMemHostAlloc(void **p, size_t n, unsigned) {
    LOCKED;
    if (!current) return INVALID_CONTEXT;
    if (n == 0) return INVALID_VALUE;
    if (forbidden()) return CAPTURE_UNSUPPORTED;
    if (!(*p = cudasim::allocate(n))) return OUT_OF_MEMORY;
    return pinned[(char *)*p] = n, OK;
}
API cuMemFreeHost(void *p) {
    LOCKED;
    if (forbidden()) return CAPTURE_UNSUPPORTED;
    if (!pinned.erase((char *)p)) return INVALID_VALUE;
    drainAll();
    return cudasim::release(p), OK;
}

// Copies from memory that is not pinned are staged at once, as a driver does; a graph cannot have them.
API cuMemcpyHtoDAsync_v2(Pointer to, const void *from, size_t n, Stream *s) {
    LOCKED;
    if (!onDevice(to, n)) return INVALID_VALUE;
    if (isPinned(from, n)) return put(s, move((void *)to, from, n));
    if (s && s->capture) return s->spoiled = true, CAPTURE_UNSUPPORTED;
    auto staged = std::make_shared<std::vector<char>>((const char *)from, (const char *)from + n);
    return put(s, [=] { return memcpy((void *)to, staged->data(), n), std::string(); });
}
API cuMemcpyDtoHAsync_v2(void *to, Pointer from, size_t n, Stream *s) {
    LOCKED;
    if (!onDevice(from, n)) return INVALID_VALUE;
    if (!isPinned(to, n) && s && s->capture) return s->spoiled = true, CAPTURE_UNSUPPORTED;
    return put(s, move(to, (void *)from, n));
}
API cuMemcpyDtoDAsync_v2(Pointer to, Pointer from, size_t n, Stream *s) {
    LOCKED;
    if (!onDevice(to, n) || !onDevice(from, n)) return INVALID_VALUE;
    return put(s, move((void *)to, (void *)from, n));
}
static Result wait(Result r) {
    if (r) return r;
    return forbidden() ? CAPTURE_UNSUPPORTED : drainAll();
}
API cuMemcpyHtoD_v2(Pointer to, const void *from, size_t n) {
    LOCKED;
    return wait(cuMemcpyHtoDAsync_v2(to, from, n, nullptr));
}
API cuMemcpyDtoH_v2(void *to, Pointer from, size_t n) {
    LOCKED;
    return wait(cuMemcpyDtoHAsync_v2(to, from, n, nullptr));
}
API cuMemcpyDtoD_v2(Pointer to, Pointer from, size_t n) { return cuMemcpyDtoDAsync_v2(to, from, n, nullptr); }

template <class T> static Result fill(Pointer to, T v, size_t n, Stream *s) {
    LOCKED;
    if (!onDevice(to, n * sizeof v) || to % sizeof v) return INVALID_VALUE;
    return put(s, [=] {
        for (size_t i = 0; i < n; i++) ((T *)to)[i] = v;
        return std::string();
    });
}
API cuMemsetD8_v2(Pointer to, unsigned char v, size_t n) { return fill(to, v, n, nullptr); }
API cuMemsetD32_v2(Pointer to, unsigned v, size_t n) { return fill(to, v, n, nullptr); }
API cuMemsetD8Async(Pointer to, unsigned char v, size_t n, Stream *s) { return fill(to, v, n, s); }
API cuMemsetD16Async(Pointer to, unsigned short v, size_t n, Stream *s) { return fill(to, v, n, s); }
API cuMemsetD32Async(Pointer to, unsigned v, size_t n, Stream *s) { return fill(to, v, n, s); }

// Modules: of PTX only what its entries declare is read; their code comes from the compiled kernels.

// sizeOf is how many bytes a ".param" takes: ".u64 name", ".align 8 .b8 name[64]".
static size_t sizeOf(const std::string &declaration) {
    const size_t type = declaration.find_first_of("usfb", declaration.find(".align") == std::string::npos ? 0 : declaration.find(" .b") + 2);
    const size_t one = strtoul(declaration.c_str() + type + 1, nullptr, 10) / 8, bracket = declaration.find('[');
    return bracket == std::string::npos ? one : one * strtoul(declaration.c_str() + bracket + 1, nullptr, 10);
}

static Entry readEntry(const std::string &ptx, size_t from) {
    const size_t body = ptx.find("\n{", from), end = ptx.find("\n}", body);
    Entry e = {{}, maxThreads, 0};
    for (size_t i = from; (i = ptx.find(".param ", i)) < body; i++) {
        const size_t stop = ptx.find_first_of(",\n)", i);
        e.sizes.push_back(sizeOf(ptx.substr(i + 7, stop - i - 7)));
    }
    const size_t limit = ptx.find(".maxntid ", from);
    if (limit < body) {
        int x = 1, y = 1, z = 1;
        sscanf(ptx.c_str() + limit, ".maxntid %d, %d, %d", &x, &y, &z);
        e.maxThreads = x * y * z;
    }
    for (size_t i = body; (i = ptx.find("\t.shared ", i)) < end; i++)
        e.shared += sizeOf(ptx.substr(i + 9, ptx.find(';', i) - i - 9));
    return e;
}

API cuModuleLoadData(Module **m, const char *image) {
    LOCKED;
    if (!current) return INVALID_CONTEXT;
    const std::string ptx = image;
    if (ptx.find(".version") == std::string::npos) return INVALID_IMAGE;
    *m = new Module;
    for (size_t i = 0; (i = ptx.find("\n.visible .entry ", i)) != std::string::npos; i++) {
        const size_t name = i + 17, stop = ptx.find_first_of("( \n", name);
        (*m)->entries[ptx.substr(name, stop - name)] = readEntry(ptx, stop);
    }
    return OK;
}
API cuModuleLoadDataEx(Module **m, const char *image, unsigned, void *, void **) { return cuModuleLoadData(m, image); }
API cuModuleUnload(Module *m) {
    LOCKED;
    drainAll();
    delete m;
    return OK;
}
API cuModuleGetFunction(Function **f, Module *m, const char *name) {
    LOCKED;
    auto entry = m->entries.find(name);
    auto kernel = cudasim::kernels().find(name);
    if (entry == m->entries.end() || kernel == cudasim::kernels().end()) return NOT_FOUND;
    if (entry->second.sizes != kernel->second.sizes) {
        fprintf(stderr, "cudasim: %s has other parameters in the PTX than in its source\n", name);
        return INVALID_IMAGE;
    }
    m->functions.emplace_back(new Function{name, kernel->second, entry->second.maxThreads, entry->second.shared, defaultShared});
    return *f = m->functions.back().get(), OK;
}
API cuFuncSetAttribute(Function *f, int attribute, int v) {
    if (attribute != 8) return attribute == 9 ? OK : NOT_SUPPORTED;
    if (v < 0 || v + f->staticShared > optInShared) return INVALID_VALUE;
    return f->dynamicLimit = v, OK;
}
API cuFuncGetAttribute(int *v, int attribute, Function *f) {
    switch (attribute) {
    case 0: return *v = f->maxThreads, OK;
    case 1: return *v = f->staticShared, OK;
    case 8: return *v = f->dynamicLimit, OK;
    default: return *v = 0, OK;
    }
}

static std::atomic<int> order{-1};

API cuLaunchKernel(Function *f, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz, unsigned shared, Stream *s, void **args,
                   void **extra) {
    LOCKED;
    if (!current) return INVALID_CONTEXT;
    if (!f || extra) return INVALID_VALUE;
    if (gx == 0 || gy == 0 || gz == 0 || gx > INT32_MAX || gy > maxYZ || gz > maxYZ) return INVALID_VALUE;
    const uint64_t threads = (uint64_t)bx * by * bz;
    if (threads == 0 || threads > (uint64_t)f->maxThreads || bz > 64) return INVALID_VALUE;
    if (shared > f->dynamicLimit || (f->dynamicLimit == defaultShared && shared + f->staticShared > defaultShared)) return INVALID_VALUE;
    if (order < 0) order = cudasim::orderFromEnvironment();
    auto values = std::make_shared<std::vector<std::vector<char>>>();
    for (size_t i = 0; i < f->kernel.sizes.size(); i++)
        values->emplace_back((char *)args[i], (char *)args[i] + f->kernel.sizes[i]);
    return put(s, [=] {
        std::vector<void *> addresses;
        for (auto &v : *values) addresses.push_back(v.data());
        return cudasim::launch(f->name.c_str(), dim3(gx, gy, gz), dim3(bx, by, bz), shared, order, [&] { f->kernel.call(addresses.data()); });
    });
}

// Streams and events

API cuStreamCreate(Stream **s, unsigned) {
    LOCKED;
    if (!current) return INVALID_CONTEXT;
    *s = new Stream;
    (*s)->device = current;
    return streams.insert(*s), OK;
}
API cuStreamDestroy_v2(Stream *s) {
    LOCKED;
    if (!streams.count(s)) return INVALID_HANDLE;
    drain(s, UINT64_MAX);
    streams.erase(s); // and leaks it: events may name it
    return OK;
}
API cuStreamSynchronize(Stream *s) {
    LOCKED;
    if (!current) return INVALID_CONTEXT;
    if (!s) return drainAll();
    if (!streams.count(s)) return INVALID_HANDLE;
    if (s->capture) return s->spoiled = true, CAPTURE_UNSUPPORTED;
    drain(legacy(), UINT64_MAX);
    return drain(s, UINT64_MAX);
}
API cuStreamQuery(Stream *s) {
    LOCKED;
    if (!fault.empty()) return LAUNCH_FAILED;
    return (s ? s : legacy())->queue.empty() ? OK : NOT_READY;
}
API cuEventCreate(Event **e, unsigned) { return *e = new Event, OK; }
API cuEventDestroy_v2(Event *e) {
    LOCKED;
    drainAll();
    delete e;
    return OK;
}
API cuEventRecord(Event *e, Stream *s) {
    LOCKED;
    if (s && s->capture) return s->spoiled = true, NOT_SUPPORTED; // neither forks of a capture nor event nodes are emulated
    e->stream = s ? s : legacy();
    Result r = put(s, [=] { return e->milliseconds = now(), std::string(); });
    return e->at = e->stream->queued, r;
}
API cuEventSynchronize(Event *e) {
    LOCKED;
    return e->stream ? drain(e->stream, e->at) : OK;
}
API cuEventQuery(Event *e) {
    LOCKED;
    return e->stream && e->stream->done < e->at ? NOT_READY : OK;
}
API cuEventElapsedTime(float *ms, Event *from, Event *to) {
    LOCKED;
    if (!from->stream || !to->stream) return INVALID_HANDLE;
    if (from->stream->done < from->at || to->stream->done < to->at) return NOT_READY;
    return *ms = to->milliseconds - from->milliseconds, OK;
}
API cuStreamWaitEvent(Stream *s, Event *e, unsigned) {
    LOCKED;
    if (s && s->capture) return s->spoiled = true, NOT_SUPPORTED;
    Stream *other = e->stream;
    const uint64_t at = e->at;
    if (!other) return OK;
    return put(s, [=] { return drain(other, at), fault; });
}

// Graphs

API cuStreamBeginCapture_v2(Stream *s, int) {
    LOCKED;
    if (!s) return CAPTURE_UNSUPPORTED;
    if (!streams.count(s) || s->capture) return INVALID_VALUE;
    return s->capturer = std::this_thread::get_id(), s->capture = new Graph{s->device, {}}, s->spoiled = false, OK;
}
API cuStreamEndCapture(Stream *s, Graph **g) {
    LOCKED;
    *g = s->capture;
    s->capture = nullptr;
    if (!*g) return CAPTURE_UNMATCHED;
    if (!s->spoiled) return OK;
    delete *g;
    return *g = nullptr, CAPTURE_INVALIDATED;
}
API cuStreamIsCapturing(Stream *s, int *status) { return *status = s && s->capture ? (s->spoiled ? 2 : 1) : 0, OK; }
API cuGraphGetNodes(Graph *g, void **nodes, size_t *n) {
    if (nodes) return NOT_SUPPORTED;
    return *n = g->ops.size(), OK;
}
API cuGraphInstantiateWithFlags(Graph **executable, Graph *g, unsigned long long) { return *executable = new Graph(*g), OK; }
API cuGraphUpload(Graph *, Stream *) { return OK; }
API cuGraphLaunch(Graph *g, Stream *s) {
    LOCKED;
    if (!s || !streams.count(s) || g->device != s->device) return INVALID_HANDLE;
    if (s->capture) return s->spoiled = true, CAPTURE_UNSUPPORTED;
    for (const Op &op : g->ops)
        if (Result r = put(s, op)) return r;
    return OK;
}
API cuGraphDestroy(Graph *g) { return delete g, OK; }
API cuGraphExecDestroy(Graph *g) {
    LOCKED;
    drainAll();
    return delete g, OK;
}
