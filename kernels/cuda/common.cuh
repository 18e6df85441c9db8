// What all kernels share: how a launch finds its numbers, sums over a block, and the functions of the models.
//
// A launch's arguments are the same in every step, so that a graph of launches can be replayed. What changes from step to
// step stands in an array that is uploaded before it, P: an argument that ends in "_at" is the index of a number in it, such as
// of how many rows there are, or of where a list begins. Grids are as large as the largest batch that shares a graph, and
// blocks beyond the rows return at once.
#pragma once
#include "platform.cuh"

#define KERNEL extern "C" __global__ void

typedef long long i64;
typedef unsigned long long u64;
typedef signed char i8;

// span is a run of tokens of a sequence: kernels.Span.
struct span {
    int slot, row, len, pos;
    int pages; // where in P its page table begins
};

// span_words is how far apart two spans lie in P.
const int span_words = 5;

// span_of is span i of the list that begins where P[spans_at] says.
__device__ __forceinline__ span span_of(const int *P, int spans_at, int i) {
    const int *s = P + P[spans_at] + span_words * i;
    span r = {s[0], s[1], s[2], s[3], s[4]};
    return r;
}

// Each of these is rounded by itself: none may become part of a fused multiply-add, where results must be the same bits
// everywhere.
#ifdef CUDASIM
__device__ inline float mul_rn(float a, float b) { return a * b; }
__device__ inline float add_rn(float a, float b) { return a + b; }
__device__ inline float div_rn(float a, float b) { return a / b; }
__device__ inline double mul_rn(double a, double b) { return a * b; }
#else
__device__ __forceinline__ float mul_rn(float a, float b) { return __fmul_rn(a, b); }
__device__ __forceinline__ float add_rn(float a, float b) { return __fadd_rn(a, b); }
__device__ __forceinline__ float div_rn(float a, float b) { return __fdiv_rn(a, b); }
__device__ __forceinline__ double mul_rn(double a, double b) { return __dmul_rn(a, b); }
#endif

#define FLOAT_INF __uint_as_float(0x7f800000u)
#define FLOAT_NAN __uint_as_float(0x7fc00000u)

// silu divides to within two units of the last place, which takes no slow path and none of its registers.
__device__ __forceinline__ float silu(float v) { return __fdividef(v, 1.f + expf(-v)); }
__device__ __forceinline__ float softplus(float v) { return v > 20.f ? v : log1pf(expf(v)); }

struct sum_of {
    template <class T> __device__ __forceinline__ T operator()(T a, T b) const { return a + b; }
};
struct max_of {
    template <class T> __device__ __forceinline__ T operator()(T a, T b) const { return b > a ? b : a; }
};
struct min_of {
    template <class T> __device__ __forceinline__ T operator()(T a, T b) const { return b < a ? b : a; }
};
struct or_of {
    template <class T> __device__ __forceinline__ T operator()(T a, T b) const { return a | b; }
};
struct and_of {
    template <class T> __device__ __forceinline__ T operator()(T a, T b) const { return a & b; }
};

// block_reduce is f over the values of a block of whole warps, in every thread, in an order that only their number decides.
template <class F, class T> __device__ __forceinline__ T block_reduce(F f, T v) {
    __shared__ T part[32];
    for (int o = 16; o; o >>= 1) v = f(v, __shfl_xor_sync(0xffffffffu, v, o));
    __syncthreads(); // the values of a reduction before may still be read
    if (threadIdx.x % 32 == 0) part[threadIdx.x / 32] = v;
    __syncthreads();
    v = part[0];
    for (int w = 1; w < blockDim.x / 32; w++) v = f(v, part[w]);
    return v;
}

// The formats of stored numbers. A loader reads element i as a float.
struct as_f32 {
    typedef float type;
    static __device__ __forceinline__ float load(const float *p, i64 i) { return p[i]; }
    static __device__ __forceinline__ void store(float *p, i64 i, float v) { p[i] = v; }
};
struct as_bf16 {
    typedef bf16 type;
    static __device__ __forceinline__ float load(const bf16 *p, i64 i) { return bf16_float(p[i]); }
    static __device__ __forceinline__ void store(bf16 *p, i64 i, float v) { p[i] = float_bf16(v); }
};
struct as_f16 {
    typedef uint16_t type;
    // The exponent's bias differs by 112; infinities and NaN have the largest exponent in both.
    static __device__ __forceinline__ float load(const uint16_t *p, i64 i) {
        const uint32_t h = p[i], special = (h & 0x7c00u) == 0x7c00u ? 0x7f800000u : 0u;
        const float v = __uint_as_float((h & 0x7fffu) << 13) * __uint_as_float((112u + 127u) << 23);
        return __uint_as_float(__float_as_uint(v) | special | (h & 0x8000u) << 16);
    }
};
