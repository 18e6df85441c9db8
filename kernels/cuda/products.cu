#include "common.cuh"

// Products of rows with weight matrices [out, in]. All sums are float32: a warp has an output, its lanes every 32nd input,
// and the lanes' sums are added in their order, for every row alike whatever its neighbours. This is the plain form, which
// reads weights once for product_rows rows; faster ones for few rows and on tensor cores go beside it.

const int product_rows = 8;  // of x that share a reading of the weights
const int product_warps = 4; // outputs of a block

// What becomes of the sums: stored, added to y, gated (the matrix is gate above up), or squared above 0.
enum { SET, ADD, SWIGLU, SQUARED };

// finish stores a result. up is the sum of the second matrix, for SWIGLU alone.
template <int MODE> __device__ __forceinline__ void finish(float *y, float sum, float up) {
    if (MODE == ADD) sum += *y;
    if (MODE == SWIGLU) sum = silu(sum) * up;
    if (MODE == SQUARED) sum = sum < 0 ? 0 : sum * sum;
    *y = sum;
}

// product computes rows rows of y, at most ROWS, for the outputs of a block.
template <class W, int MODE, int ROWS>
__device__ __forceinline__ void product(int block, float *y, int ys, const float *x, int xs, int rows, const typename W::type *w, int out, int in, int round) {
    __shared__ float part[product_warps][ROWS][2][33];
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32, o = block * product_warps + warp;
    float sum[ROWS] = {}, up[ROWS] = {};
    if (o >= out) return; // the whole warp
    const typename W::type *row = w + (i64)o * in, *second = row + (i64)out * in;
    for (int i = lane; i < in; i += 32) {
        const float a = W::load(row, i), b = MODE == SWIGLU ? W::load(second, i) : 0;
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
    finish<MODE>(y + (i64)lane * ys + o, total, totalUp);
}

// quantize writes a row of x as kernels.Quantize does: q [., in], and the scale of every block of 256. grid (rows, in/256),
// 256 threads
KERNEL quantize(i8 *q, float *scales, const float *x, int xs, int in, const int *P, int rows_at) {
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
    if (lane < rows) finish<MODE>(y + (i64)lane * ys + o, total * wscales[o], MODE == SWIGLU ? totalUp * wscales[out + o] : 0.f);
}

// tensor is product on tensor cores: x rounded to bf16, w in bf16, in a multiple of 32. A block has 16 outputs and 8*TILES rows; its
// warps share the inputs, 64 of them in turn. A lane reads 8 neighbours of a row of w, or of x, for two steps of 16: the same
// ones of both, so that it need not matter which they are. No row's sums depend on TILES.
const int tensor_warps = 8;

template <int TILES> struct tile_sums {
    float c[TILES][4];
};

// columns reads 8 neighbours of x as bf16.
__device__ __forceinline__ uint4 columns(const float *x, bool aligned) {
    float v[8];
    if (aligned) {
        const float4 a = *(const float4 *)x, b = *(const float4 *)(x + 4);
        v[0] = a.x, v[1] = a.y, v[2] = a.z, v[3] = a.w, v[4] = b.x, v[5] = b.y, v[6] = b.z, v[7] = b.w;
    } else {
#pragma unroll
        for (int i = 0; i < 8; i++) v[i] = x[i];
    }
    uint4 r;
    r.x = bf16_pair(v[0], v[1]), r.y = bf16_pair(v[2], v[3]), r.z = bf16_pair(v[4], v[5]), r.w = bf16_pair(v[6], v[7]);
    return r;
}

// multiply_add adds 16 rows of w, of which a and b are this lane's, times columns of x.
__device__ __forceinline__ void multiply_add(float (&c)[4], const uint4 &a, const uint4 &b, const uint4 &x) {
    const uint32_t a0[4] = {a.x, b.x, a.y, b.y}, a1[4] = {a.z, b.z, a.w, b.w}, x0[2] = {x.x, x.y}, x1[2] = {x.z, x.w};
    mma16816(c, a0, x0);
    mma16816(c, a1, x1);
}

template <int MODE, int TILES>
__device__ __forceinline__ void tensor(float *y, int ys, const float *x, int xs, int rows, const bf16 *w, int out, int in) {
    const int both = MODE == SWIGLU ? 2 : 1, lane = threadIdx.x % 32, warp = threadIdx.x / 32, g = lane / 4, t = lane % 4;
    const int first = blockIdx.x * 16;
    __shared__ float sums[both][16][8 * TILES + 1];
    const bf16 *low[both], *high[both];
#pragma unroll
    for (int m = 0; m < both; m++) {
        const int a = first + g < out ? first + g : out - 1, b = first + g + 8 < out ? first + g + 8 : out - 1;
        low[m] = w + (i64)(m * out + a) * in + 8 * t, high[m] = w + (i64)(m * out + b) * in + 8 * t;
    }
    const bool aligned = ((uint64_t)x | (uint64_t)xs * 4) % 16 == 0;
    tile_sums<TILES> s[both] = {};
    for (int k = 64 * warp; k < in; k += 64 * tensor_warps) {
        uint4 a[both][2], b[both][2];
#pragma unroll
        for (int h = 0; h < 2; h++)
#pragma unroll
            for (int m = 0; m < both; m++)
                if (k + 32 * h < in) a[m][h] = load_once(low[m] + k + 32 * h), b[m][h] = load_once(high[m] + k + 32 * h);
#pragma unroll
        for (int h = 0; h < 2; h++) {
            if (k + 32 * h >= in) break;
#pragma unroll
            for (int n = 0; n < TILES; n++) {
                const int r = 8 * n + g < rows ? 8 * n + g : rows - 1;
                const uint4 v = columns(x + (i64)r * xs + k + 32 * h + 8 * t, aligned);
#pragma unroll
                for (int m = 0; m < both; m++) multiply_add(s[m].c[n], a[m][h], b[m][h], v);
            }
        }
    }
    for (int v = 0; v < tensor_warps; v++) { // one after the other: the order of the sum
        if (warp == v)
#pragma unroll
            for (int m = 0; m < both; m++)
#pragma unroll
                for (int n = 0; n < TILES; n++)
#pragma unroll
                    for (int e = 0; e < 4; e++) {
                        float *sum = &sums[m][g + e / 2 * 8][8 * n + 2 * t + e % 2];
                        *sum = v ? *sum + s[m].c[n][e] : s[m].c[n][e];
                    }
        __syncthreads();
    }
    for (int i = threadIdx.x; i < 16 * 8 * TILES; i += 32 * tensor_warps) {
        const int o = i % 16, r = i / 16;
        if (first + o < out && r < rows) finish<MODE>(y + (i64)r * ys + first + o, sums[0][o][r], sums[both - 1][o][r]);
    }
}

// The kernels: grid (out/product_warps, rows/product_rows), product_warps warps. out is the number of results.
#define PRODUCT(name, W, MODE)                                                                                                  \
    KERNEL name(float *y, int ys, const float *x, int xs, const W::type *w, int out, int in, int round, const int *P,            \
                int rows_at) {                                                                                                  \
        const int first = blockIdx.y * product_rows, rows = P[rows_at] - first;                                                 \
        if (rows > 0)                                                                                                           \
            product<W, MODE, product_rows>(blockIdx.x, y + (i64)first * ys, ys, x + (i64)first * xs, xs, rows < product_rows ? rows : product_rows, w,\
                             out, in, round);                                                                                   \
    }                                                                                                                           \
    EXPORT_KERNEL(name)

#define PRODUCT_BYTES(name, MODE)                                                                                               \
    KERNEL name(float *y, int ys, const i8 *x, const float *xscales, const i8 *w, const float *wscales, int out, int in,        \
                const int *P, int rows_at) {                                                                                    \
        const int first = blockIdx.y * product_rows, rows = P[rows_at] - first;                                                 \
        if (rows > 0)                                                                                                           \
            product_bytes<MODE, product_rows>(blockIdx.x, y + (i64)first * ys, ys, x + (i64)first * in, xscales + (i64)first * ((in + 255) / 256),\
                                rows < product_rows ? rows : product_rows, w, wscales, out, in);                                \
    }                                                                                                                           \
    EXPORT_KERNEL(name)

// grid (out/16, rows/(8*TILES)), tensor_warps warps
#define TENSOR(name, MODE, TILES)                                                                                               \
    KERNEL name(float *y, int ys, const float *x, int xs, const bf16 *w, int out, int in, int round, const int *P, int rows_at) {\
        const int first = blockIdx.y * 8 * TILES, rows = P[rows_at] - first;                                                    \
        if (rows > 0)                                                                                                           \
            tensor<MODE, TILES>(y + (i64)first * ys, ys, x + (i64)first * xs, xs, rows < 8 * TILES ? rows : 8 * TILES, w, out, in); \
    }                                                                                                                           \
    EXPORT_KERNEL(name)

TENSOR(tensor1_set, SET, 1)
TENSOR(tensor1_add, ADD, 1)
TENSOR(tensor1_swiglu, SWIGLU, 1)
TENSOR(tensor2_set, SET, 2)
TENSOR(tensor2_add, ADD, 2)
TENSOR(tensor2_swiglu, SWIGLU, 2)
TENSOR(tensor4_set, SET, 4)
TENSOR(tensor4_add, ADD, 4)
TENSOR(tensor4_swiglu, SWIGLU, 4)
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
