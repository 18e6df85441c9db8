// CUDA C++ for the processor, as much of it as the kernels use: g++ compiles a .cu file that includes this header first.
//
// Each thread of a block is a fibre, and the fibres of a block take turns on one thread of the system: a fibre runs until it
// waits at a barrier. Kernels have no other way to wait for one another, so every schedule between barriers is as good as
// another; CUDASIM_ORDER takes the threads forward, backward or shuffled, and what depends on that lacks a barrier.
//
// Emulated: indices, static and dynamic shared memory, __syncthreads, __syncwarp, shuffles and votes with masks, atomics, the
// usual intrinsics, and twins of the PTX wrappers of platform.cuh. Fresh memory is full of NaNs. Not emulated: wgmma, TMA,
// mbarrier, clusters, grid-wide barriers, the order of memory accesses, and what makes a kernel fast or slow.
#pragma once
#define CUDASIM 1

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <functional>
#include <map>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

struct dim3 {
    unsigned x, y, z;
    dim3(unsigned x = 1, unsigned y = 1, unsigned z = 1) : x(x), y(y), z(z) {}
};
struct uint3 { unsigned x, y, z; };
struct alignas(8) float2 { float x, y; };
struct alignas(16) float4 { float x, y, z, w; };
struct alignas(8) int2 { int x, y; };
struct alignas(16) int4 { int x, y, z, w; };
struct alignas(8) uint2 { unsigned x, y; };
struct alignas(16) uint4 { unsigned x, y, z, w; };
inline float2 make_float2(float x, float y) { return {x, y}; }
inline float4 make_float4(float x, float y, float z, float w) { return {x, y, z, w}; }
inline int2 make_int2(int x, int y) { return {x, y}; }
inline int4 make_int4(int x, int y, int z, int w) { return {x, y, z, w}; }
inline uint2 make_uint2(unsigned x, unsigned y) { return {x, y}; }
inline uint4 make_uint4(unsigned x, unsigned y, unsigned z, unsigned w) { return {x, y, z, w}; }

#define __global__
#define __device__
#define __host__
#define __constant__ static
#define __forceinline__ inline
#define __align__(n) __attribute__((aligned(n)))
#define __launch_bounds__(...)
#define __shared__ static thread_local // a thread of the system has one block at a time
#define DYN_SHARED(T, name) T *name = (T *)cudasim::self.block->shared

namespace cudasim {

enum Wait { RUNNING, AT_BLOCK, AT_WARP, RETURNED, FAILED };

// Slot is what a lane shows to the others of its warp.
struct Slot { uint64_t words[3]; };

struct Copy {
    void *to;
    const void *from;
    int group;
};

struct Fiber {
    void *stack;
    Wait wait;
    uint3 index;
    unsigned number;     // in the block
    uint32_t mask;       // at a warp's barrier: the lanes that meet
    Slot put, seen;      // what the lane shows, and what it showed when the barrier opened
    int predicate;       // at a block's barrier
    const char *file;    // where it waits
    int line;
    std::vector<Copy> copies; // cp.async under way
    int groups;               // and how many groups were closed
};

struct Block {
    uint3 index;
    dim3 threads, grid;
    std::vector<Fiber> fibers;
    char *shared; // the dynamic part
    void *scheduler;
    const std::function<void()> *body;
    int any, all, count; // of the predicates at the last barrier
    std::string fault;
};

// Self is all that a thread of the system knows of where it is.
struct Self {
    Block *block;
    Fiber *fiber;
};
extern thread_local Self self;

// launch runs a grid, and says what went wrong; nothing if all went well. order is 0 for forward, 1 for backward, and a seed
// from 2 on.
std::string launch(const char *name, dim3 grid, dim3 threads, size_t shared, int order, const std::function<void()> &body);
int orderFromEnvironment();

void yield();
[[noreturn]] void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

void meetBlock(int predicate, const char *file, int line);
void meetWarp(uint32_t mask, const char *file, int line);

// shownBy is what a lane of the group that has just met showed.
const Slot &shownBy(unsigned lane, const char *file, int line);
inline unsigned lane() { return self.fiber->number % 32; }

template <class T> T exchange(uint32_t mask, T v, unsigned from, const char *file, int line) {
    static_assert(sizeof(T) <= sizeof(Slot), "too large to be shuffled");
    memcpy(&self.fiber->put, &v, sizeof v);
    meetWarp(mask, file, line);
    memcpy(&v, &shownBy(from, file, line), sizeof v);
    return v;
}

// Kernel is one that EXPORT_KERNEL has named: the sizes of its parameters, and its call with their addresses.
struct Kernel {
    std::vector<size_t> sizes;
    std::function<void(void **)> call;
};
std::map<std::string, Kernel> &kernels();

template <class... A, size_t... I> void callWith(void (*kernel)(A...), void **args, std::index_sequence<I...>) {
    kernel(*(A *)args[I]...);
}
template <class... A> int enter(const char *name, void (*kernel)(A...)) {
    kernels()[name] = {{sizeof(A)...}, [kernel](void **args) { callWith(kernel, args, std::index_sequence_for<A...>{}); }};
    return 0;
}

// allocate returns memory full of NaNs, aligned to 16 bytes, whose end meets a page that nobody may touch. trespass says
// whether anybody has written beside an allocation.
void *allocate(size_t bytes);
void release(void *memory);
std::string trespass();

template <class T> struct same { using type = T; };

} // namespace cudasim

#define CUDASIM_JOIN2(a, b) a##b
#define CUDASIM_JOIN(a, b) CUDASIM_JOIN2(a, b)
#define EXPORT_KERNEL(kernel) static int CUDASIM_JOIN(cudasim_kernel_, __COUNTER__) = cudasim::enter(#kernel, kernel);

#define threadIdx (cudasim::self.fiber->index)
#define blockIdx (cudasim::self.block->index)
#define blockDim (cudasim::self.block->threads)
#define gridDim (cudasim::self.block->grid)
#define warpSize 32

// What waits takes the place of its call, for the message of a fault.
#define CUDASIM_HERE const char *file = __builtin_FILE(), int line = __builtin_LINE()

inline void __syncthreads(CUDASIM_HERE) { cudasim::meetBlock(0, file, line); }
inline int __syncthreads_or(int p, CUDASIM_HERE) { return cudasim::meetBlock(p, file, line), cudasim::self.block->any; }
inline int __syncthreads_and(int p, CUDASIM_HERE) { return cudasim::meetBlock(p, file, line), cudasim::self.block->all; }
inline int __syncthreads_count(int p, CUDASIM_HERE) { return cudasim::meetBlock(p, file, line), cudasim::self.block->count; }
inline void __syncwarp(unsigned mask = 0xffffffffu, CUDASIM_HERE) { cudasim::meetWarp(mask, file, line); }
inline void __threadfence() {}
inline void __threadfence_block() {}

template <class T> T __shfl_sync(unsigned mask, T v, int from, int width = 32, CUDASIM_HERE) {
    return cudasim::exchange(mask, v, (cudasim::lane() & ~(width - 1)) | (from & (width - 1)), file, line);
}
template <class T> T __shfl_xor_sync(unsigned mask, T v, int bits, int width = 32, CUDASIM_HERE) {
    const unsigned l = cudasim::lane(), from = l ^ bits;
    return cudasim::exchange(mask, v, from / width == l / width ? from : l, file, line);
}
template <class T> T __shfl_down_sync(unsigned mask, T v, unsigned by, int width = 32, CUDASIM_HERE) {
    const unsigned l = cudasim::lane(), from = l + by;
    return cudasim::exchange(mask, v, from / width == l / width ? from : l, file, line);
}
template <class T> T __shfl_up_sync(unsigned mask, T v, unsigned by, int width = 32, CUDASIM_HERE) {
    const unsigned l = cudasim::lane();
    return cudasim::exchange(mask, v, l % width >= by ? l - by : l, file, line);
}
inline unsigned __ballot_sync(unsigned mask, int p, CUDASIM_HERE) {
    cudasim::self.fiber->put.words[0] = p != 0;
    cudasim::meetWarp(mask, file, line);
    unsigned votes = 0;
    for (unsigned l = 0; l < 32; l++)
        if (mask >> l & 1) votes |= (unsigned)cudasim::shownBy(l, file, line).words[0] << l;
    return votes;
}
inline int __any_sync(unsigned mask, int p, CUDASIM_HERE) { return __ballot_sync(mask, p, file, line) != 0; }
inline int __all_sync(unsigned mask, int p, CUDASIM_HERE) { return __ballot_sync(mask, p, file, line) == mask; }

template <class T, class F> T cudasim_update(T *p, F next) {
    T old, now;
    __atomic_load(p, &old, __ATOMIC_RELAXED);
    do now = next(old);
    while (!__atomic_compare_exchange(p, &old, &now, false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
    return old;
}
template <class T> T atomicAdd(T *p, typename cudasim::same<T>::type v) { return cudasim_update(p, [=](T o) { return o + v; }); }
template <class T> T atomicSub(T *p, typename cudasim::same<T>::type v) { return cudasim_update(p, [=](T o) { return o - v; }); }
template <class T> T atomicMax(T *p, typename cudasim::same<T>::type v) { return cudasim_update(p, [=](T o) { return o > v ? o : v; }); }
template <class T> T atomicMin(T *p, typename cudasim::same<T>::type v) { return cudasim_update(p, [=](T o) { return o < v ? o : v; }); }
template <class T> T atomicOr(T *p, typename cudasim::same<T>::type v) { return cudasim_update(p, [=](T o) { return o | v; }); }
template <class T> T atomicAnd(T *p, typename cudasim::same<T>::type v) { return cudasim_update(p, [=](T o) { return o & v; }); }
template <class T> T atomicExch(T *p, typename cudasim::same<T>::type v) { return cudasim_update(p, [=](T) { return v; }); }
template <class T> T atomicCAS(T *p, typename cudasim::same<T>::type is, typename cudasim::same<T>::type v) {
    return cudasim_update(p, [=](T o) { return o == is ? v : o; });
}
inline unsigned atomicInc(unsigned *p, unsigned last) { return cudasim_update(p, [=](unsigned o) { return o >= last ? 0 : o + 1; }); }

template <class A, class B> constexpr typename std::common_type<A, B>::type min(A a, B b) {
    using T = typename std::common_type<A, B>::type;
    return (T)b < (T)a ? (T)b : (T)a;
}
template <class A, class B> constexpr typename std::common_type<A, B>::type max(A a, B b) {
    using T = typename std::common_type<A, B>::type;
    return (T)a < (T)b ? (T)b : (T)a;
}

template <class To, class From> To cudasim_bits(From v) {
    To to;
    static_assert(sizeof to == sizeof v, "bits of another size");
    memcpy(&to, &v, sizeof to);
    return to;
}
inline float __uint_as_float(unsigned v) { return cudasim_bits<float>(v); }
inline float __int_as_float(int v) { return cudasim_bits<float>(v); }
inline unsigned __float_as_uint(float v) { return cudasim_bits<unsigned>(v); }
inline int __float_as_int(float v) { return cudasim_bits<int>(v); }

template <class T> T __ldg(const T *p) { return *p; }
template <class T> T __ldcs(const T *p) { return *p; }
template <class T> T __ldcg(const T *p) { return *p; }
inline float __expf(float x) { return expf(x); }
inline float __logf(float x) { return logf(x); }
inline float __log2f(float x) { return log2f(x); }
inline float __powf(float x, float y) { return powf(x, y); }
inline float __sinf(float x) { return sinf(x); }
inline float __cosf(float x) { return cosf(x); }
inline float __fdividef(float a, float b) { return a / b; }
inline float __fdiv_rn(float a, float b) { return a / b; }
inline float __frcp_rn(float x) { return 1 / x; }
inline float __fsqrt_rn(float x) { return sqrtf(x); }
inline float __fadd_rn(float a, float b) { return a + b; }
inline float __fsub_rn(float a, float b) { return a - b; }
inline float __fmul_rn(float a, float b) { return a * b; }
inline float __fmaf_rn(float a, float b, float c) { return fmaf(a, b, c); }
inline float rsqrtf(float x) { return 1 / sqrtf(x); }
inline float __saturatef(float x) { return x > 0 ? (x < 1 ? x : 1) : 0; }
inline int __float2int_rn(float x) { return (int)rintf(x); }
inline int __float2int_rd(float x) { return (int)floorf(x); }
inline int __popc(unsigned v) { return __builtin_popcount(v); }
inline int __clz(int v) { return v ? __builtin_clz(v) : 32; }
inline int __ffs(int v) { return __builtin_ffs(v); }
inline unsigned __brev(unsigned v) {
    unsigned r = 0;
    for (int i = 0; i < 32; i++) r |= (v >> i & 1) << (31 - i);
    return r;
}
inline unsigned __umulhi(unsigned a, unsigned b) { return (unsigned)((uint64_t)a * b >> 32); }
inline int __mulhi(int a, int b) { return (int)((int64_t)a * b >> 32); }
inline unsigned __byte_perm(unsigned a, unsigned b, unsigned from) {
    const uint64_t all = (uint64_t)b << 32 | a;
    unsigned r = 0;
    for (int i = 0; i < 4; i++) r |= (unsigned)(all >> 8 * (from >> 4 * i & 7) & 255) << 8 * i;
    return r;
}
inline int __dp4a(int a, int b, int c) {
    for (int i = 0; i < 4; i++) c += (int8_t)(a >> 8 * i) * (int8_t)(b >> 8 * i);
    return c;
}
inline void __trap() { cudasim::fail("__trap"); }
inline void __nanosleep(unsigned) {}

// The twins of platform.cuh's wrappers.

// A copy happens only when it is waited for, so that a missing wait shows.
inline uint4 load_shared(const void *p) { return *(const uint4 *)p; }
inline uint4 load_once(const void *p) { return *(const uint4 *)p; }

inline void cp_async16(void *shared, const void *global) {
    if (((uintptr_t)shared | (uintptr_t)global) % 16) cudasim::fail("cp.async of addresses that are not multiples of 16");
    cudasim::self.fiber->copies.push_back({shared, global, cudasim::self.fiber->groups});
}
inline void cp_async16_or_zero(void *shared, const void *global, bool there) {
    static const uint4 zeros = {0, 0, 0, 0};
    cp_async16(shared, there ? global : &zeros);
}
inline void cp_async_commit() { cudasim::self.fiber->groups++; }
template <int N> void cp_async_wait() {
    cudasim::Fiber &f = *cudasim::self.fiber;
    size_t done = 0;
    while (done < f.copies.size() && f.copies[done].group < f.groups - N) {
        memcpy(f.copies[done].to, f.copies[done].from, 16);
        done++;
    }
    f.copies.erase(f.copies.begin(), f.copies.begin() + done);
}

// mma16816 finds its rows and columns where the instruction has them: see platform.cuh.
inline void mma16816(float (&c)[4], const uint32_t (&a)[4], const uint32_t (&b)[2], CUDASIM_HERE) {
    uint32_t words[6] = {a[0], a[1], a[2], a[3], b[0], b[1]};
    memcpy(&cudasim::self.fiber->put, words, sizeof words);
    cudasim::meetWarp(0xffffffffu, file, line);
    const unsigned g = cudasim::lane() / 4, t = cudasim::lane() % 4;
    float rows[2][16], columns[2][16]; // g and g+8 of a, 2t and 2t+1 of b
    auto unpack = [](float *to, uint32_t pair) { to[0] = __uint_as_float(pair << 16), to[1] = __uint_as_float(pair & 0xffff0000u); };
    for (unsigned h = 0; h < 4; h++) { // the holders of a row's or a column's pairs
        memcpy(words, &cudasim::shownBy(4 * g + h, file, line), sizeof words);
        for (int i = 0; i < 4; i++) unpack(&rows[i % 2][i / 2 * 8 + 2 * h], words[i]);
        for (int j = 0; j < 2; j++) {
            memcpy(words, &cudasim::shownBy(4 * (2 * t + j) + h, file, line), sizeof words);
            for (int i = 0; i < 2; i++) unpack(&columns[j][i * 8 + 2 * h], words[4 + i]);
        }
    }
    for (int e = 0; e < 4; e++)
        for (int k = 0; k < 16; k++) c[e] += rows[e / 2][k] * columns[e % 2][k];
}
