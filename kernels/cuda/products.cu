#include "common.cuh"

// Products of rows with weight matrices [out, in]. All sums are float32: a warp has an output, its lanes every 32nd input,
// and the lanes' sums are added in their order, for every row alike whatever its neighbours. This is the plain form, which
// reads weights once for product_rows rows; faster ones for few rows and on tensor cores go beside it.

const int product_rows = 8;  // of x that share a reading of the weights
const int product_warps = 4; // outputs of a block

// finish is the result at y. up is the sum of the second matrix, for SWIGLU alone.
template <int MODE> __device__ __forceinline__ float finish(const float *y, float sum, float up) {
    if (MODE == ADD) return *y + sum;
    if (MODE == SWIGLU) return silu(sum) * up;
    if (MODE == SQUARED) return sum < 0 ? 0 : sum * sum;
    return sum;
}

// product computes rows rows of y, at most ROWS, for the outputs of a block.
template <class W, int MODE, int ROWS>
__device__ __forceinline__ void product(int block, float *y, int ys, const float *x, int xs, int rows, const typename W::type *w, int out, int in, int round) {
    __shared__ float part[product_warps][ROWS][2][33];
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32, o = block * product_warps + warp;
    float sum[ROWS] = {}, up[ROWS] = {};
    if (o >= out) return; // the whole warp
    for (int i = lane; i < in; i += 32) {
        const float a = W::load(w, W::at(o, i, out, in)), b = MODE == SWIGLU ? W::load(w, W::at(out + o, i, out, in)) : 0;
#pragma unroll
        for (int r = 0; r < ROWS; r++) {
            if (r >= rows) break;
            float v = x[(i64)r * xs + i];
            if (round) v = bf16_float(float_bf16(v));
            sum[r] += a * v;
            if (MODE == SWIGLU) up[r] += b * v;
        }
    }
#pragma unroll
    for (int r = 0; r < ROWS; r++) {
        part[warp][r][0][lane] = sum[r];
        if (MODE == SWIGLU) part[warp][r][1][lane] = up[r];
    }
    __syncwarp();
    if (lane >= rows) return;
    float total = 0, totalUp = 0;
    for (int k = 0; k < 32; k++) {
        total += part[warp][lane][0][k];
        if (MODE == SWIGLU) totalUp += part[warp][lane][1][k];
    }
    y += (i64)lane * ys + o;
    *y = finish<MODE>(y, total, totalUp);
}

// quantize writes a row of x as kernels.Quantize does: q [., in], and the scale of every block of 256. grid (rows, in/256),
// 256 threads
KERNEL quantize(i8 *q, float *scales, const float *x, int xs, int in, const int *P, int rows_at) {
    begin();
    const int r = blockIdx.x, i = blockIdx.y * 256 + threadIdx.x;
    if (r >= P[rows_at]) return;
    const float v = i < in ? x[(i64)r * xs + i] : 0;
    const float largest = block_reduce(max_of(), fabsf(v)), zero = block_reduce(sum_of(), v * 0.f);
    const bool none = largest < __uint_as_float((127u - 100u) << 23) || zero != zero;
    if (i < in) q[(i64)r * in + i] = none ? 0 : (i8)rintf(mul_rn(v, div_rn(127.f, largest)));
    if (threadIdx.x == 0) scales[(i64)r * gridDim.y + blockIdx.y] = none ? zero : div_rn(largest, 127.f);
}

// product_bytes is product for Int8: x [., in] is quantized and has a scale for each block of 256, w one for each row. The
// sums within a block are whole numbers, in float32 after it, block by block.
template <int MODE, int ROWS>
__device__ __forceinline__ void product_bytes(int block, float *y, int ys, const i8 *x, const float *xscales, int rows, const i8 *w,
                                              const float *wscales, int out, int in) {
    __shared__ int part[product_warps][ROWS][2][33];
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32, o = block * product_warps + warp;
    if (o >= out) return;
    const i8 *row = w + (i64)o * in, *second = row + (i64)out * in;
    const int blocks = (in + 255) / 256;
    float total = 0, totalUp = 0;
    for (int b = 0; b < blocks; b++) {
        int sum[ROWS] = {}, up[ROWS] = {};
        for (int i = b * 256 + lane; i < in && i < (b + 1) * 256; i += 32) {
            const int a = row[i], c = MODE == SWIGLU ? second[i] : 0;
#pragma unroll
            for (int r = 0; r < ROWS; r++) {
                if (r >= rows) break;
                const int v = x[(i64)r * in + i];
                sum[r] += a * v;
                if (MODE == SWIGLU) up[r] += c * v;
            }
        }
#pragma unroll
        for (int r = 0; r < ROWS; r++) {
            part[warp][r][0][lane] = sum[r];
            if (MODE == SWIGLU) part[warp][r][1][lane] = up[r];
        }
        __syncwarp();
        if (lane < rows) {
            int dot = 0, dotUp = 0;
            for (int k = 0; k < 32; k++) {
                dot += part[warp][lane][0][k];
                if (MODE == SWIGLU) dotUp += part[warp][lane][1][k];
            }
            const float scale = xscales[(i64)lane * blocks + b];
            total += (float)dot * scale;
            if (MODE == SWIGLU) totalUp += (float)dotUp * scale;
        }
        __syncwarp();
    }
    if (lane >= rows) return;
    y += (i64)lane * ys + o;
    *y = finish<MODE>(y, total * wscales[o], MODE == SWIGLU ? totalUp * wscales[out + o] : 0.f);
}

// The kernels: grid (out/product_warps, rows/product_rows), product_warps warps. out is the number of results.
#define PRODUCT(name, W, MODE)                                                                                                  \
    KERNEL name(float *y, int ys, const float *x, int xs, const W::type *w, int out, int in, int round, const int *P,            \
                int rows_at) {                                                                                                  \
        begin();                                                                                                                \
        const int first = blockIdx.y * product_rows, rows = P[rows_at] - first;                                                 \
        if (rows > 0)                                                                                                           \
            product<W, MODE, product_rows>(blockIdx.x, y + (i64)first * ys, ys, x + (i64)first * xs, xs, rows < product_rows ? rows : product_rows, w,\
                             out, in, round);                                                                                   \
    }                                                                                                                           \
    EXPORT_KERNEL(name)

#define PRODUCT_BYTES(name, MODE)                                                                                               \
    KERNEL name(float *y, int ys, const i8 *x, const float *xscales, const i8 *w, const float *wscales, int out, int in,        \
                const int *P, int rows_at) {                                                                                    \
        begin();                                                                                                                \
        const int first = blockIdx.y * product_rows, rows = P[rows_at] - first;                                                 \
        if (rows > 0)                                                                                                           \
            product_bytes<MODE, product_rows>(blockIdx.x, y + (i64)first * ys, ys, x + (i64)first * in, xscales + (i64)first * ((in + 255) / 256),\
                                rows < product_rows ? rows : product_rows, w, wscales, out, in);                                \
    }                                                                                                                           \
    EXPORT_KERNEL(name)

PRODUCT(product_f32_set, as_f32, SET)
PRODUCT(product_f32_add, as_f32, ADD)
PRODUCT(product_f32_swiglu, as_f32, SWIGLU)
PRODUCT(product_f16_set, as_f16, SET)
PRODUCT(product_f16_add, as_f16, ADD)
PRODUCT(product_f16_swiglu, as_f16, SWIGLU)
PRODUCT(product_bf16_set, as_bf16, SET)
PRODUCT(product_bf16_add, as_bf16, ADD)
PRODUCT(product_bf16_swiglu, as_bf16, SWIGLU)
PRODUCT_BYTES(product_int8_set, SET)
PRODUCT_BYTES(product_int8_add, ADD)
PRODUCT_BYTES(product_int8_swiglu, SWIGLU)
EXPORT_KERNEL(quantize)
