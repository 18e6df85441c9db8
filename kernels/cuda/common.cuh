// What all kernels share: how a launch finds its numbers, sums over a block, and the functions of the models.
//
// A launch's arguments are the same in every step, so that a graph of launches can be replayed. What changes from step to
// step stands in an array that is uploaded before it, P: an argument that ends in "_at" is the index of a number in it, such as
// of how many rows there are, or of where a list begins. Grids are as large as the largest batch that shares a graph, and
// blocks beyond the rows return at once.
#pragma once
#include "hopper.cuh"
#include "platform.cuh"

#define KERNEL extern "C" __global__ void

typedef long long i64;
typedef unsigned long long u64;
typedef signed char i8;

// begin is what a kernel of a step does first: the launch behind it may begin, and waits here itself until the one ahead has ended.
__device__ __forceinline__ void begin() {
    let_next_begin();
    await_previous();
}

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

// The formats of stored numbers. A loader reads element i as a float; a matrix [out, in] has element i of row o at at(o, i).
struct row_by_row {
    static __device__ __forceinline__ i64 at(int o, int i, int out, int in) { return (i64)o * in + i; }
};
struct as_f32 : row_by_row {
    typedef float type;
    static __device__ __forceinline__ float load(const float *p, i64 i) { return p[i]; }
    static __device__ __forceinline__ void store(float *p, i64 i, float v) { p[i] = v; }
};
struct as_bf16 : row_by_row {
    typedef bf16 type;
    static __device__ __forceinline__ float load(const bf16 *p, i64 i) { return bf16_float(p[i]); }
    static __device__ __forceinline__ void store(bf16 *p, i64 i, float v) { p[i] = float_bf16(v); }
};
struct as_f16 : row_by_row {
    typedef uint16_t type;
    // The exponent's bias differs by 112; infinities and NaN have the largest exponent in both.
    static __device__ __forceinline__ float load(const uint16_t *p, i64 i) {
        const uint32_t h = p[i], special = (h & 0x7c00u) == 0x7c00u ? 0x7f800000u : 0u;
        const float v = __uint_as_float((h & 0x7fffu) << 13) * __uint_as_float((112u + 127u) << 23);
        return __uint_as_float(__float_as_uint(v) | special | (h & 0x8000u) << 16);
    }
};

// What becomes of the sums of a product: stored, added to y, gated (the matrix is gate above up), or squared above 0.
enum { SET, ADD, SWIGLU, SQUARED };

// The forms that tensor.cu takes: tile_at is where element i of row o of a matrix lies, gated_at the same where the rows from out
// on are what those before them gate, operand_at where element i of row r does among room rows of x.
__device__ __forceinline__ i64 swizzled(i64 row, int i) { return row * 64 + (i / 8 % 8 ^ (int)(row % 8)) * 8 + i % 8; }
__device__ __forceinline__ i64 tile_at(int o, int i, int in) { return swizzled(((i64)(o / 128) * (in / 64) + i / 64) * 128 + o % 128, i); }
__device__ __forceinline__ i64 gated_at(int o, int i, int out, int in) {
    const int second = o >= out, gate = second ? o - out : o;
    return tile_at(gate / 64 * 128 + gate % 64 / 8 * 16 + 8 * second + gate % 8, i, in);
}
__device__ __forceinline__ i64 operand_at(int r, int i, int room) { return swizzled((i64)(i / 64) * room + r, i); }

// rounded_unit is 8 neighbours in bf16.
__device__ __forceinline__ uint4 rounded_unit(const float *v) {
    return make_uint4(bf16_pair(v[0], v[1]), bf16_pair(v[2], v[3]), bf16_pair(v[4], v[5]), bf16_pair(v[6], v[7]));
}

// as_tiled and as_gated read a matrix in the form of tensor.cu.
struct as_tiled : as_bf16 {
    static __device__ __forceinline__ i64 at(int o, int i, int out, int in) { return tile_at(o, i, in); }
};
struct as_gated : as_bf16 {
    static __device__ __forceinline__ i64 at(int o, int i, int out, int in) { return gated_at(o, i, out, in); }
};

// operand is where rows are written for a product to come as well, if at is not null: see tensor.cu.
struct operand {
    bf16 *at;
    int room;
    __device__ __forceinline__ void put(int r, int i, float v) const {
        if (at) at[operand_at(r, i, room)] = float_bf16(v);
    }
};
