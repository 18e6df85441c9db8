#include "../../platform.cuh"

// Reads the whole of the last block.
extern "C" __global__ void out_of_bounds_read(const float *x, float *y, int n) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    const float v = x[i];
    if (i < n) y[i] = v;
    else if (v == 12345) y[0] = v;
}
EXPORT_KERNEL(out_of_bounds_read)
