#include "../../platform.cuh"

// Takes an element of static shared memory that does not exist.
extern "C" __global__ void out_of_bounds_index(const float *x, float *y, int n) {
    __shared__ float row[64];
    const int t = threadIdx.x, i = blockIdx.x * blockDim.x + t;
    row[t] = i < n ? x[i] : 0;
    __syncthreads();
    if (i < n) y[i] = row[t];
}
EXPORT_KERNEL(out_of_bounds_index)
