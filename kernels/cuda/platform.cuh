// What the kernels take from the compiler beyond CUDA C++ itself. Sources include no header of the SDK, so that NVRTC needs
// none, and every PTX instruction stands in one small wrapper here, whose twin for the CPU is in sim/cudasim.h.
#pragma once

#ifndef CUDASIM

typedef unsigned short uint16_t;
typedef unsigned int uint32_t;
typedef unsigned long long uint64_t;

// DYN_SHARED names the shared memory whose size the launch gives; it is aligned to 16 bytes.
#define DYN_SHARED(T, name)                            \
    extern __shared__ __align__(16) char dyn_shared[]; \
    T *name = (T *)dyn_shared

// EXPORT_KERNEL makes a kernel known to the emulated driver.
#define EXPORT_KERNEL(kernel)

// cp_async16 begins to copy 16 aligned bytes to shared memory.
__device__ __forceinline__ void cp_async16(void *shared, const void *global) {
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"((uint32_t)__cvta_generic_to_shared(shared)), "l"(global)
                 : "memory");
}

// cp_async16_or_zero copies them if they are there, and writes zeros if not; global is a valid address in both cases.
__device__ __forceinline__ void cp_async16_or_zero(void *shared, const void *global, bool there) {
    asm volatile("cp.async.cg.shared.global.L2::128B [%0], [%1], 16, %2;" ::"r"((uint32_t)__cvta_generic_to_shared(shared)), "l"(global),
                 "r"(there ? 16 : 0)
                 : "memory");
}

// cp_async_commit closes a group of copies.
__device__ __forceinline__ void cp_async_commit() { asm volatile("cp.async.commit_group;" ::: "memory"); }

// cp_async_wait waits until at most N of this thread's groups are under way. Other threads see the bytes after a barrier.
template <int N> __device__ __forceinline__ void cp_async_wait() { asm volatile("cp.async.wait_group %0;" ::"n"(N) : "memory"); }

// load_once reads 16 aligned bytes that nobody else will read, past the first cache.
__device__ __forceinline__ uint4 load_once(const void *p) {
    uint4 v;
    asm volatile("ld.global.nc.L1::no_allocate.v4.u32 {%0,%1,%2,%3}, [%4];" : "=r"(v.x), "=r"(v.y), "=r"(v.z), "=r"(v.w) : "l"(p));
    return v;
}

// load_shared reads 16 aligned bytes of shared memory here and now.
__device__ __forceinline__ uint4 load_shared(const void *p) {
    uint4 v;
    asm volatile("ld.shared.v4.u32 {%0,%1,%2,%3}, [%4];" : "=r"(v.x), "=r"(v.y), "=r"(v.z), "=r"(v.w) : "r"((uint32_t)__cvta_generic_to_shared(p)));
    return v;
}

// mma16816 adds to c, 16 by 8, the product of a, 16 by 16 in rows, and b, 16 by 8 in columns, both in bf16. Lane 4g+t holds
// of c the elements 2t and 2t+1 of rows g and g+8; of a the same rows' elements 2t, 2t+1 and 2t+8, 2t+9 (a[0] row g,
// a[1] row g+8, a[2] and a[3] the upper ones); of b column g's elements 2t, 2t+1 and 2t+8, 2t+9.
__device__ __forceinline__ void mma16816(float (&c)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) {
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3},{%4,%5,%6,%7},{%8,%9},{%0,%1,%2,%3};"
                 : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

#endif

typedef uint16_t bf16; // the upper half of a float32

__device__ __forceinline__ float bf16_float(bf16 v) { return __uint_as_float((uint32_t)v << 16); }

// bf16_low and bf16_high read one of two neighbours from a word.
__device__ __forceinline__ float bf16_low(uint32_t pair) { return __uint_as_float(pair << 16); }
__device__ __forceinline__ float bf16_high(uint32_t pair) { return __uint_as_float(pair & 0xffff0000u); }

// bf16_pair rounds two neighbours into a word: to the nearest, to even in the middle; a NaN stays one. float_bf16 is that for one.
#ifdef CUDASIM
inline bf16 float_bf16(float v) {
    const uint32_t bits = __float_as_uint(v);
    if ((bits & 0x7fffffffu) > 0x7f800000u) return (bf16)(bits >> 16 | 0x40);
    return (bf16)((bits + 0x7fffu + (bits >> 16 & 1)) >> 16);
}
inline uint32_t bf16_pair(float low, float high) { return float_bf16(low) | (uint32_t)float_bf16(high) << 16; }
#else
__device__ __forceinline__ uint32_t bf16_pair(float low, float high) {
    uint32_t pair;
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(high), "f"(low));
    return pair;
}
__device__ __forceinline__ bf16 float_bf16(float v) { return (bf16)bf16_pair(v, 0); }
#endif
