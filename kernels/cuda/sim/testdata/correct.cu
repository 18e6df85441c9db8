#include "../../platform.cuh"

// Each thread takes its neighbour's value, in reverse order of the block, through both kinds of shared memory.
extern "C" __global__ void reversed(const float *x, float *y, int n) {
    __shared__ float fixed[128];
    DYN_SHARED(float, row);
    const int t = threadIdx.x, last = blockDim.x - 1, i = blockIdx.x * blockDim.x + t;
    fixed[t] = i < n ? x[i] : 0;
    __syncthreads();
    row[t] = fixed[last - t];
    __syncthreads();
    float sum = row[last - t];
    for (int o = 16; o; o >>= 1) sum += __shfl_xor_sync(0xffffffffu, sum, o);
    if (i < n) y[i] = sum;
}
EXPORT_KERNEL(reversed)

// A row comes in by cp.async, in two groups.
extern "C" __global__ void fetched(const float *x, float *y, int n) {
    __shared__ __align__(16) float row[2][128];
    const int t = threadIdx.x, first = blockIdx.x * blockDim.x;
    for (int s = 0; s < 2; s++) {
        if (t < 32 && first + 4 * t < n) cp_async16(&row[s][4 * t], x + first + 4 * t);
        cp_async_commit();
    }
    cp_async_wait<1>();
    __syncthreads();
    float sum = first + t < n ? row[0][t] : 0;
    cp_async_wait<0>();
    __syncthreads();
    if (first + t < n) y[first + t] = sum + row[1][t];
}
EXPORT_KERNEL(fetched)
