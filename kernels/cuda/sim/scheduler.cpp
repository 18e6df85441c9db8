// The fibres of cudasim.h: their switch, their barriers, and the threads of the system that run blocks.
#include "cudasim.h"

#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <unistd.h>
#include <link.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <numeric>
#include <random>
#include <thread>

#undef threadIdx
#undef blockIdx
#undef blockDim
#undef gridDim

namespace cudasim {

thread_local Self self;

std::map<std::string, Kernel> &kernels() {
    static auto *all = new std::map<std::string, Kernel>; // filled before main, in any order of files
    return *all;
}

// cudasim_switch leaves this stack, whose place it stores, for another.
extern "C" void cudasim_switch(void **leave, void *enter);
asm(R"(.text
.globl cudasim_switch
.type cudasim_switch,@function
cudasim_switch:
  pushq %rbp; pushq %rbx; pushq %r12; pushq %r13; pushq %r14; pushq %r15
  movq %rsp,(%rdi); movq %rsi,%rsp
  popq %r15; popq %r14; popq %r13; popq %r12; popq %rbx; popq %rbp
  ret
.size cudasim_switch,.-cudasim_switch
)");

__attribute__((noinline)) void yield() { cudasim_switch(&self.fiber->stack, self.block->scheduler); }

static void fiberMain() {
    (*self.block->body)();
    self.fiber->wait = RETURNED;
    yield();
    abort();
}

void fail(const char *format, ...) {
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    self.block->fault = std::string(text) + " (thread " + std::to_string(self.fiber->number) + ")";
    self.fiber->wait = FAILED;
    yield();
    abort();
}

static const char *base(const char *file) {
    const char *slash = strrchr(file, '/');
    return slash ? slash + 1 : file;
}

void meetBlock(int predicate, const char *file, int line) {
    Fiber &f = *self.fiber;
    f.predicate = predicate, f.file = file, f.line = line, f.wait = AT_BLOCK;
    yield();
}

void meetWarp(uint32_t mask, const char *file, int line) {
    Fiber &f = *self.fiber;
    if (!(mask >> lane() & 1)) fail("%s:%d: lane %u is not in its own mask %08x", base(file), line, lane(), mask);
    f.mask = mask, f.file = file, f.line = line, f.wait = AT_WARP;
    yield();
}

const Slot &shownBy(unsigned of, const char *file, int line) {
    Fiber &f = *self.fiber;
    const size_t number = f.number - lane() + of;
    if (of >= 32 || !(f.mask >> of & 1) || number >= self.block->fibers.size() || self.block->fibers[number].mask != f.mask)
        fail("%s:%d: lane %u reads lane %u, which is not there or not in the mask %08x", base(file), line, lane(), of, f.mask);
    return self.block->fibers[number].seen;
}

// openWarp lets the groups of a warp go of which every lane has come.
static bool openWarp(Block &b, size_t from, size_t to) {
    bool opened = false;
    for (size_t i = from; i < to; i++) {
        if (b.fibers[i].wait != AT_WARP) continue;
        const uint32_t mask = b.fibers[i].mask;
        bool complete = true;
        for (size_t j = from; j < to && complete; j++)
            complete = !(mask >> (j - from) & 1) || (b.fibers[j].wait == AT_WARP && b.fibers[j].mask == mask &&
                                                     b.fibers[j].line == b.fibers[i].line);
        if (!complete) continue;
        for (size_t j = from; j < to; j++)
            if (mask >> (j - from) & 1) b.fibers[j].seen = b.fibers[j].put, b.fibers[j].wait = RUNNING;
        opened = true;
    }
    return opened;
}

// describe counts who waits where: what a barrier that never opens looks like.
static std::string describe(Block &b) {
    std::map<std::string, int> places;
    for (Fiber &f : b.fibers) {
        std::string at = f.wait == RETURNED ? "have returned"
                         : std::string(f.wait == AT_BLOCK ? "wait for the block at " : "wait for their warp at ") + base(f.file) +
                               ":" + std::to_string(f.line);
        places[at]++;
    }
    std::string text = "barrier divergence:";
    for (auto &p : places) text += (text.back() == ':' ? " " : ", ") + std::to_string(p.second) + " threads " + p.first;
    return text;
}

// openBlock lets a whole block go if all its threads wait at one barrier, and records a fault if they can never meet.
static void openBlock(Block &b) {
    b.any = 0, b.all = 1, b.count = 0;
    for (Fiber &f : b.fibers) {
        if (f.wait != AT_BLOCK || f.line != b.fibers[0].line || f.file != b.fibers[0].file) {
            b.fault = describe(b);
            return;
        }
        b.any |= f.predicate != 0, b.all &= f.predicate != 0, b.count += f.predicate != 0;
    }
    for (Fiber &f : b.fibers) f.wait = RUNNING;
}

static constexpr size_t stackBytes = 128 << 10;

// Worker is a thread of the system with the stacks of its fibres.
struct Worker {
    char *stacks = nullptr;
    size_t count = 0;
    char *storage = nullptr; // this thread's copy of all static shared memory
    size_t storageBytes = 0;

    char *stack(size_t fibers) {
        if (count < fibers) {
            if (stacks) munmap(stacks, count * stackBytes);
            stacks = (char *)mmap(0, fibers * stackBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
            count = fibers;
        }
        return stacks;
    }
    void findStorage();
    void run(Block &b, int order);
};

// Static shared memory is this library's thread-local storage, which the loader can find. It has nothing else but self.
void Worker::findStorage() {
    self = {};
    dl_iterate_phdr(
        [](dl_phdr_info *info, size_t, void *to) {
            bool ours = false;
            const ElfW(Phdr) *tls = nullptr;
            for (int i = 0; i < info->dlpi_phnum; i++) {
                const ElfW(Phdr) &h = info->dlpi_phdr[i];
                const uintptr_t at = info->dlpi_addr + h.p_vaddr, here = (uintptr_t)&fiberMain;
                if (h.p_type == PT_LOAD && here >= at && here < at + h.p_memsz) ours = true;
                if (h.p_type == PT_TLS) tls = &h;
            }
            if (!ours || !tls || !info->dlpi_tls_data) return 0;
            ((Worker *)to)->storage = (char *)info->dlpi_tls_data;
            ((Worker *)to)->storageBytes = tls->p_memsz;
            return 1;
        },
        this);
}

void Worker::run(Block &b, int order) {
    const size_t n = b.fibers.size();
    char *s = stack(n);
    memset(storage, 0xff, storageBytes);
    self = {&b, nullptr};
    for (size_t i = 0; i < n; i++) {
        void **top = (void **)(s + (i + 1) * stackBytes - 64);
        *--top = nullptr;
        *--top = (void *)fiberMain;
        for (int k = 0; k < 6; k++) *--top = nullptr;
        Fiber &f = b.fibers[i];
        f.stack = top, f.wait = RUNNING, f.mask = 0, f.groups = 0;
        f.copies.clear();
    }
    std::vector<unsigned> turns(n);
    std::iota(turns.begin(), turns.end(), 0);
    if (order == 1) std::reverse(turns.begin(), turns.end());
    std::mt19937 random(order + b.index.x * 7919u + b.index.y * 104729u + b.index.z);
    for (;;) {
        if (order > 1) std::shuffle(turns.begin(), turns.end(), random);
        size_t returned = 0;
        for (unsigned i : turns) {
            Fiber &f = b.fibers[i];
            if (f.wait == RUNNING) {
                self.fiber = &f;
                cudasim_switch(&b.scheduler, f.stack);
                if (f.wait == FAILED) return;
            }
            returned += f.wait == RETURNED;
        }
        if (returned == n) return;
        bool opened = false;
        for (size_t w = 0; w < n; w += 32) opened |= openWarp(b, w, std::min(n, w + 32));
        if (!opened) openBlock(b);
        if (!b.fault.empty()) return;
    }
}

// Job is a grid whose blocks the workers claim one after another.
struct Job {
    const char *name;
    dim3 grid, threads;
    size_t shared;
    int order;
    const std::function<void()> *body;
    std::vector<unsigned> blocks; // their order, if it is not forward
    std::atomic<uint64_t> next{0};
    std::mutex mutex;
    std::string fault;

    uint64_t count() const { return (uint64_t)grid.x * grid.y * grid.z; }
    void work(Worker &w);
};

static std::string number(uint3 i) { return std::to_string(i.x) + "," + std::to_string(i.y) + "," + std::to_string(i.z); }

void Job::work(Worker &w) {
    Block b;
    b.threads = threads, b.grid = grid, b.body = body;
    b.shared = (char *)allocate(shared);
    b.fibers.resize((size_t)threads.x * threads.y * threads.z);
    unsigned i = 0;
    for (unsigned z = 0; z < threads.z; z++)
        for (unsigned y = 0; y < threads.y; y++)
            for (unsigned x = 0; x < threads.x; x++, i++) b.fibers[i].index = {x, y, z}, b.fibers[i].number = i;
    for (uint64_t k; (k = next++) < count();) {
        const uint64_t at = blocks.empty() ? k : blocks[k];
        b.index = {(unsigned)(at % grid.x), (unsigned)(at / grid.x % grid.y), (unsigned)(at / grid.x / grid.y)};
        memset(b.shared, 0xff, shared);
        w.run(b, order);
        if (b.fault.empty()) continue;
        std::lock_guard<std::mutex> lock(mutex);
        if (fault.empty()) fault = "block " + number(b.index) + ": " + b.fault;
        next = count();
        break;
    }
    release(b.shared);
}

// Team is the workers, who live as long as the process.
struct Team {
    std::mutex one, mutex; // one job at a time
    std::condition_variable begun, done;
    Job *job = nullptr;
    unsigned serial = 0, busy = 0, workers;

    Team() {
        const char *n = getenv("CUDASIM_THREADS");
        workers = n && atoi(n) > 0 ? atoi(n) : std::min(2u, std::max(1u, std::thread::hardware_concurrency()));
        for (unsigned i = 0; i < workers; i++) std::thread([this] { live(); }).detach();
    }
    void live();
    void run(Job &j) {
        std::lock_guard<std::mutex> alone(one);
        std::unique_lock<std::mutex> lock(mutex);
        job = &j, busy = workers, serial++;
        begun.notify_all();
        done.wait(lock, [this] { return busy == 0; });
    }
};

static struct sigaction before;
static std::atomic<const char *> atWork{""};

// onFault says which kernel touched a forbidden page before the process dies of it. Faults of other threads are not ours.
static void onFault(int signal, siginfo_t *info, void *context) {
    if (self.block && self.fiber) {
        char text[400];
        const Block &b = *self.block;
        int n = snprintf(text, sizeof text,
                         "cudasim: %s: block %u,%u,%u thread %u: out of bounds, misaligned or freed: access to %p\n", atWork.load(),
                         b.index.x, b.index.y, b.index.z, self.fiber->number, info->si_addr);
        if (write(2, text, n) < 0) _exit(70);
        _exit(70);
    }
    if (before.sa_flags & SA_SIGINFO && before.sa_sigaction) before.sa_sigaction(signal, info, context);
    else {
        sigaction(SIGSEGV, &before, nullptr);
        raise(signal);
    }
}

void Team::live() {
    static constexpr size_t bytes = 64 << 10;
    stack_t alternative = {};
    alternative.ss_sp = malloc(bytes);
    alternative.ss_size = bytes;
    sigaltstack(&alternative, nullptr);
    Worker w;
    w.findStorage();
    for (unsigned seen = 0;;) {
        Job *j;
        {
            std::unique_lock<std::mutex> lock(mutex);
            begun.wait(lock, [&] { return serial != seen; });
            seen = serial, j = job;
        }
        j->work(w);
        self = {};
        std::lock_guard<std::mutex> lock(mutex);
        if (--busy == 0) done.notify_all();
    }
}

std::string launch(const char *name, dim3 grid, dim3 threads, size_t shared, int order, const std::function<void()> &body) {
    static Team *team = [] {
#ifndef __SANITIZE_ADDRESS__ // which has its own, better report
        struct sigaction action = {};
        action.sa_sigaction = onFault;
        action.sa_flags = SA_SIGINFO | SA_ONSTACK;
        sigaction(SIGSEGV, &action, &before);
        sigaction(SIGBUS, &action, nullptr);
        sigaction(SIGILL, &action, nullptr); // what checks of bounds and alignment end in
#endif
        return new Team;
    }();
    Job j;
    j.name = name, j.grid = grid, j.threads = threads, j.shared = shared, j.order = order, j.body = &body;
    if (order > 0) {
        j.blocks.resize(j.count());
        std::iota(j.blocks.begin(), j.blocks.end(), 0);
        if (order == 1) std::reverse(j.blocks.begin(), j.blocks.end());
        else std::shuffle(j.blocks.begin(), j.blocks.end(), std::mt19937(order));
    }
    atWork = name;
    team->run(j);
    if (j.fault.empty()) j.fault = trespass();
    return j.fault.empty() ? "" : std::string(name) + ": " + j.fault;
}

int orderFromEnvironment() {
    const char *order = getenv("CUDASIM_ORDER");
    if (!order || !*order || !strcmp(order, "forward")) return 0;
    if (!strcmp(order, "backward")) return 1;
    if (!strcmp(order, "shuffled")) return 2;
    if (!strncmp(order, "shuffled:", 9) && atoi(order + 9) >= 0) return 2 + atoi(order + 9);
    fprintf(stderr, "cudasim: CUDASIM_ORDER is forward, backward, shuffled or shuffled:SEED, not %s\n", order);
    exit(2);
}

} // namespace cudasim
