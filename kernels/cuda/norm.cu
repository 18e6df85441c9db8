#include "platform.cuh"

// warp_sum is the sum of v over the warp, in every lane.
__device__ __forceinline__ float warp_sum(float v) {
    for (int o = 16; o; o >>= 1) v += __shfl_xor_sync(0xffffffffu, v, o);
    return v;
}

// block_sum is the sum of v over a block of whole warps, in every thread.
__device__ __forceinline__ float block_sum(float v) {
    __shared__ float part[32];
    const int lane = threadIdx.x % 32;
    v = warp_sum(v);
    __syncthreads(); // the sum before may still be read
    if (lane == 0) part[threadIdx.x / 32] = v;
    __syncthreads();
    return warp_sum(lane < blockDim.x / 32 ? part[lane] : 0.f);
}

// rmsnorm divides row blockIdx.x of x [rows, n] by the root of its mean square and scales it by w [n]. The row stays in
// dynamic shared memory, 4n bytes, between the sum and the scaling.
extern "C" __global__ void __launch_bounds__(1024)
    rmsnorm(const float *__restrict__ x, const float *__restrict__ w, float *__restrict__ y, int n, float eps) {
    DYN_SHARED(float, row);
    x += (long long)blockIdx.x * n;
    y += (long long)blockIdx.x * n;
    float sum = 0;
    for (int i = threadIdx.x; i < n; i += blockDim.x) {
        row[i] = x[i];
        sum += row[i] * row[i];
    }
    const float scale = rsqrtf(block_sum(sum) / n + eps);
    for (int i = threadIdx.x; i < n; i += blockDim.x) y[i] = row[i] * scale * w[i];
}
EXPORT_KERNEL(rmsnorm)
