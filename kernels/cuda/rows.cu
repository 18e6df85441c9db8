#include "common.cuh"

// Operations on rows by themselves. y and x are pointers to the first of rows that lie ys and xs values apart.

// embed copies rows of a table [., n]. grid (rows, n/128)
template <class W>
__device__ __forceinline__ void embed(float *y, int ys, const typename W::type *table, int n, const int *P, int rows_at, int tokens_at) {
    const int r = blockIdx.x, i = blockIdx.y * blockDim.x + threadIdx.x;
    if (r >= P[rows_at] || i >= n) return;
    y[(i64)r * ys + i] = W::load(table, W::at(P[P[tokens_at] + r], i, 0, n));
}
KERNEL embed_f32(float *y, int ys, const float *table, int n, const int *P, int rows_at, int tokens_at) {
    begin();
    embed<as_f32>(y, ys, table, n, P, rows_at, tokens_at);
}
KERNEL embed_f16(float *y, int ys, const uint16_t *table, int n, const int *P, int rows_at, int tokens_at) {
    begin();
    embed<as_f16>(y, ys, table, n, P, rows_at, tokens_at);
}
KERNEL embed_bf16(float *y, int ys, const bf16 *table, int n, const int *P, int rows_at, int tokens_at) {
    begin();
    embed<as_bf16>(y, ys, table, n, P, rows_at, tokens_at);
}
KERNEL embed_tiled(float *y, int ys, const bf16 *table, int n, const int *P, int rows_at, int tokens_at) {
    begin();
    embed<as_tiled>(y, ys, table, n, P, rows_at, tokens_at);
}
KERNEL embed_int8(float *y, int ys, const i8 *table, const float *scales, int n, const int *P, int rows_at, int tokens_at) {
    begin();
    const int r = blockIdx.x, i = blockIdx.y * blockDim.x + threadIdx.x;
    if (r >= P[rows_at] || i >= n) return;
    const int token = P[P[tokens_at] + r];
    y[(i64)r * ys + i] = (float)table[(i64)token * n + i] * scales[token];
}

// rms_norm is y[i] = x[i] / sqrt(mean(x^2) + eps) * w[i]; y may be x. A thread reads all that it has of the row and of w at once,
// norm_values at most; what a longer row has beyond is read where it is needed. grid (rows)
const int norm_values = 8;
KERNEL __launch_bounds__(512) rms_norm(float *y, int ys, bf16 *rounded, int room, const float *x, int xs, const float *w, int n, float eps, const int *P,
                                       int rows_at) {
    begin();
    if (blockIdx.x >= P[rows_at]) return;
    const operand to = {rounded, room};
    y += (i64)blockIdx.x * ys;
    x += (i64)blockIdx.x * xs;
    float v[norm_values], by[norm_values];
    for (int k = 0; k < norm_values; k++) {
        const int i = k * blockDim.x + threadIdx.x;
        v[k] = i < n ? x[i] : 0;
        by[k] = i < n ? w[i] : 0;
    }
    float sum = 0;
    for (int k = 0; k < norm_values; k++) sum += v[k] * v[k];
    for (int i = norm_values * blockDim.x + threadIdx.x; i < n; i += blockDim.x) sum += x[i] * x[i];
    sum = block_reduce(sum_of(), sum);
    const float scale = (float)(1 / sqrt((double)sum / n + (double)eps));
    for (int k = 0; k < norm_values; k++) {
        const int i = k * blockDim.x + threadIdx.x;
        if (i >= n) break;
        y[i] = v[k] = v[k] * scale * by[k];
        to.put(blockIdx.x, i, v[k]);
    }
    for (int i = norm_values * blockDim.x + threadIdx.x; i < n; i += blockDim.x) {
        y[i] = x[i] * scale * w[i];
        to.put(blockIdx.x, i, y[i]);
    }
}

// These are pointwise. grid (rows, n/128)
KERNEL mul_row(float *y, int ys, const float *by, int n, const int *P, int rows_at) {
    begin();
    const int r = blockIdx.x, i = blockIdx.y * blockDim.x + threadIdx.x;
    if (r < P[rows_at] && i < n) y[(i64)r * ys + i] *= by[i];
}
KERNEL add_row(float *y, int ys, const float *b, int n, const int *P, int rows_at) {
    begin();
    const int r = blockIdx.x, i = blockIdx.y * blockDim.x + threadIdx.x;
    if (r < P[rows_at] && i < n) y[(i64)r * ys + i] += b[i];
}
KERNEL gate(float *y, int ys, const float *z, int zs, int n, const int *P, int rows_at) {
    begin();
    const int r = blockIdx.x, i = blockIdx.y * blockDim.x + threadIdx.x;
    if (r < P[rows_at] && i < n) y[(i64)r * ys + i] *= silu(z[(i64)r * zs + i]);
}
KERNEL squared_relu(float *y, int ys, int n, const int *P, int rows_at) {
    begin();
    const int r = blockIdx.x, i = blockIdx.y * blockDim.x + threadIdx.x;
    if (r >= P[rows_at] || i >= n) return;
    float *at = y + (i64)r * ys + i, v = *at;
    v = v < 0 ? 0 : v; // NaN stays
    *at = v * v;
}

EXPORT_KERNEL(embed_f32)
EXPORT_KERNEL(embed_f16)
EXPORT_KERNEL(embed_bf16)
EXPORT_KERNEL(embed_tiled)
EXPORT_KERNEL(embed_int8)
EXPORT_KERNEL(rms_norm)
EXPORT_KERNEL(mul_row)
EXPORT_KERNEL(add_row)
EXPORT_KERNEL(gate)
EXPORT_KERNEL(squared_relu)
