#include "../../platform.cuh"

// A warp multiplies 16 by 16 with 16 by 8 by the tensor core's instruction, and is NaN where plain sums say something else:
// the small whole numbers leave nothing to round.
extern "C" __global__ void products(const float *x, float *y, int n) {
    __shared__ bf16 a[16][16], b[8][16];
    const int t = threadIdx.x, lane = t % 32, g = lane / 4, q = lane % 4 * 2;
    for (int i = t; i < 256; i += blockDim.x) a[i / 16][i % 16] = float_bf16(i % 7 - 3 + blockIdx.x);
    for (int i = t; i < 128; i += blockDim.x) b[i / 16][i % 16] = float_bf16(i % 5 - 2);
    __syncthreads();
    auto pair = [](const bf16 *p) { return (uint32_t)p[1] << 16 | p[0]; };
    const uint32_t fa[4] = {pair(&a[g][q]), pair(&a[g + 8][q]), pair(&a[g][q + 8]), pair(&a[g + 8][q + 8])};
    const uint32_t fb[2] = {pair(&b[g][q]), pair(&b[g][q + 8])};
    float c[4] = {1, 2, 3, 4};
    mma16816(c, fa, fb);
    for (int e = 0; e < 4; e++) {
        float sum = e + 1;
        for (int k = 0; k < 16; k++) sum += bf16_float(a[g + e / 2 * 8][k]) * bf16_float(b[q + e % 2][k]);
        if (sum != c[e]) c[0] = __uint_as_float(0x7fffffff);
    }
    const int i = blockIdx.x * blockDim.x + t;
    if (i < n) y[i] = c[0];
}
EXPORT_KERNEL(products)
