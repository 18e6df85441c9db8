#include "common.cuh"

// Matrices that are made up for measurements. Number i is a function of seed and i, one of 256 levels around 0.

// level is a byte of SplitMix64.
__device__ __forceinline__ int level(u64 seed, i64 i) {
    u64 v = seed + (u64)i * 0x9e3779b97f4a7c15ull;
    v = (v ^ v >> 30) * 0xbf58476d1ce4e5b9ull;
    v = (v ^ v >> 27) * 0x94d049bb133111ebull;
    return (int)(v >> 56);
}

// made fills n numbers whose levels are step apart. Grids are of any size.
template <class W> __device__ __forceinline__ void made(typename W::type *to, i64 n, u64 seed, float step) {
    const i64 stride = (i64)gridDim.x * blockDim.x;
    for (i64 i = (i64)blockIdx.x * blockDim.x + threadIdx.x; i < n; i += stride) W::store(to, i, (level(seed, i) - 127.5f) * step);
}
KERNEL made_f32(float *to, i64 n, u64 seed, float step) { made<as_f32>(to, n, seed, step); }
KERNEL made_bf16(bf16 *to, i64 n, u64 seed, float step) { made<as_bf16>(to, n, seed, step); }
KERNEL made_int8(i8 *to, i64 n, u64 seed, float) {
    const i64 stride = (i64)gridDim.x * blockDim.x;
    for (i64 i = (i64)blockIdx.x * blockDim.x + threadIdx.x; i < n; i += stride) {
        const int v = level(seed, i);
        to[i] = (i8)(v == 0 ? -127 : v - 128);
    }
}

EXPORT_KERNEL(made_f32)
EXPORT_KERNEL(made_bf16)
EXPORT_KERNEL(made_int8)
