#include "../../platform.cuh"

// Reads 16 elements behind the dynamic shared memory.
extern "C" __global__ void out_of_bounds_shared(const float *x, float *y, int n) {
    DYN_SHARED(float, row);
    const int t = threadIdx.x, i = blockIdx.x * blockDim.x + t;
    row[t] = i < n ? x[i] : 0;
    __syncthreads();
    if (i < n) y[i] = row[t + 16];
}
EXPORT_KERNEL(out_of_bounds_shared)
