#include "common.cuh"
#include "hopper.cuh"

// What a GPU can do at most, for the floor of a step: each of these does one thing alone, rounds times over, so that a launch
// takes long enough to be timed. Grids are of any size.

// peak_copy copies n words of 16 bytes, four at once in every thread so that enough of them are under way.
KERNEL peak_copy(uint4 *to, const uint4 *from, i64 n, int rounds) {
    const i64 first = (i64)blockIdx.x * blockDim.x + threadIdx.x, stride = (i64)gridDim.x * blockDim.x;
    for (int r = 0; r < rounds; r++)
        for (i64 i = first; i < n; i += 4 * stride) {
            uint4 v[4];
#pragma unroll
            for (int j = 0; j < 4; j++)
                if (i + j * stride < n) v[j] = from[i + j * stride];
#pragma unroll
            for (int j = 0; j < 4; j++)
                if (i + j * stride < n) to[i + j * stride] = v[j];
        }
}

// peak_sums is how many sums a thread of the next two has under way.
const int peak_sums = 8;

// peak_fma multiplies and adds in float32, peak_sums times a thread and round. out has a value a thread.
KERNEL peak_fma(float *out, float by, float plus, int rounds) {
    float c[peak_sums];
#pragma unroll
    for (int i = 0; i < peak_sums; i++) c[i] = threadIdx.x + i;
    for (int r = 0; r < rounds; r++)
#pragma unroll
        for (int i = 0; i < peak_sums; i++) c[i] = fmaf(c[i], by, plus);
    float sum = 0;
#pragma unroll
    for (int i = 0; i < peak_sums; i++) sum += c[i];
    out[(i64)blockIdx.x * blockDim.x + threadIdx.x] = sum;
}

// peak_mma does mma16816, peak_sums times a warp and round, on numbers between 1 and 2 of either sign: zeros would take less
// power, and so run faster than products do. out has a value a thread.
KERNEL peak_mma(float *out, int rounds) {
    float c[peak_sums][4]; // that differ, lest the compiler find them to be one
#pragma unroll
    for (int i = 0; i < peak_sums; i++) c[i][0] = c[i][1] = c[i][2] = c[i][3] = i;
    uint32_t words[6];
#pragma unroll
    for (int i = 0; i < 6; i++) words[i] = 0x3f803f80u ^ ((threadIdx.x * 6 + i + 1) * 0x9e3779b1u & 0x807f807fu);
    const uint32_t a[4] = {words[0], words[1], words[2], words[3]}, b[2] = {words[4], words[5]};
    for (int r = 0; r < rounds; r++)
#pragma unroll
        for (int i = 0; i < peak_sums; i++) mma16816(c[i], a, b);
    float sum = 0;
#pragma unroll
    for (int i = 0; i < peak_sums; i++) sum += c[i][0] + c[i][1] + c[i][2] + c[i][3];
    out[(i64)blockIdx.x * blockDim.x + threadIdx.x] = sum;
}

#ifdef HOPPER
// peak_wgmma is the same by wgmma, on tiles as tensor.cu has them: four steps of 64 by 256 by 16 a warp group and round. 49152
// bytes of shared memory, to be aligned
KERNEL peak_wgmma(float *out, int rounds) {
    DYN_SHARED(char, shared);
    uint32_t *tiles = (uint32_t *)(((uint64_t)shared + 1023) / 1024 * 1024);
    for (int i = threadIdx.x; i < 49152 / 4; i += blockDim.x) tiles[i] = 0x3f803f80u ^ ((i + 1) * 0x9e3779b1u & 0x807f807fu);
    shown_to_tensor_cores();
    __syncthreads();
    const uint64_t a = tile_descriptor((char *)tiles + threadIdx.x / 128 * 8192), b = tile_descriptor((char *)tiles + 16384);
    float c[128];
#pragma unroll
    for (int i = 0; i < 128; i++) c[i] = 0;
    wgmma_fence();
    for (int r = 0; r < rounds; r++) {
#pragma unroll
        for (int k = 0; k < 4; k++) wgmma<256>::add(c, a + 2 * k, b + 2 * k);
        wgmma_commit();
        wgmma_wait<1>();
    }
    wgmma_wait<0>();
    float sum = 0;
#pragma unroll
    for (int i = 0; i < 128; i++) sum += c[i];
    out[(i64)blockIdx.x * blockDim.x + threadIdx.x] = sum;
}
#endif

// peak_empty does nothing: its time is that of a launch.
KERNEL peak_empty() {}

EXPORT_KERNEL(peak_copy)
EXPORT_KERNEL(peak_fma)
EXPORT_KERNEL(peak_mma)
EXPORT_KERNEL(peak_empty)
