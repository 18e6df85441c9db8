#include "../../platform.cuh"

// Half of the threads wait at one barrier, half at another.
extern "C" __global__ void divergent(const float *x, float *y, int n) {
    const int t = threadIdx.x, i = blockIdx.x * blockDim.x + t;
    if (t < 64)
        __syncthreads();
    else
        __syncwarp(), __syncthreads();
    if (i < n) y[i] = x[i];
}
EXPORT_KERNEL(divergent)
