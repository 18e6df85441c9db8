#include "../../platform.cuh"

// Reads four elements at once from where every other thread's do not begin at a multiple of 16 bytes.
extern "C" __global__ void misaligned(const float *x, float *y, int n) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i + 2 < n && i % 2 == 0) {
        const float4 v = *(const float4 *)(x + i);
        y[i] = v.x, y[i + 1] = v.y;
    }
}
EXPORT_KERNEL(misaligned)
