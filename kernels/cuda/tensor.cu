#include "common.cuh"

// Products on tensor cores, for rows and weights in bf16. A block has a tile of 128 rows of the matrix and of N rows of x. Both
// come to shared memory in chunks of 64 inputs, several ahead of the one that is multiplied. All sums are float32.
//
// So that no row's result depends on how many others there are, every N adds in the same order: inputs are cut into
// shares, each the work of a block, whose products are added one after the other; then the last of these blocks adds the
// sums, share by share.
//
// A chunk of a tile lies together in memory as it shall lie in shared memory: row by row, 128 bytes each, whose 8 units of 16
// bytes are exchanged as the tensor cores of Hopper take them, so that eight rows' same unit lie in different banks. A matrix is
// [tiles][chunks][128][64], rows of x are [chunks][room][64] with room for a multiple of N rows. A matrix of gates and
// the values that they scale has 8 rows of one, then 8 of the other, in turn.

const int tile_outputs = 128, chunk_inputs = 64, chunk_units = 8;
const int tensor_threads = 256; // two warp groups, each with 64 rows of the matrix

// unit_at is where unit u of a row of a chunk lies.
__device__ __forceinline__ int unit_at(int row, int u) { return row * chunk_units + (u ^ row % 8); }

// tensor_args are the arguments of a product. y [., out] is float32; rounded is the same as rows of x for a product to come, if
// it is not null. share is how many chunks a share has, shares how many there are.
struct tensor_args {
    float *y;
    int ys;
    bf16 *rounded;
    const bf16 *x;
    int room, rows;
    const bf16 *w;
    int out, chunks, share, shares;
    float4 *partial;
    unsigned *arrived;
};

template <int MODE, int N, int STAGES> struct tensor {
    static const int outputs = MODE == SWIGLU ? tile_outputs / 2 : tile_outputs;
    static const int w_units = tile_outputs * chunk_units, x_units = N * chunk_units;

    const tensor_args &a;
    uint4 *stages;
    uint64_t *full; // a barrier for every stage
    int tile, first_row, from, count; // the share's chunks
    float c[N / 2];

    __device__ __forceinline__ uint4 *stage(int i) const { return stages + i % STAGES * (w_units + x_units); }
    __device__ __forceinline__ const bf16 *w_chunk(int i) const { return a.w + ((i64)tile * a.chunks + from + i) * (tile_outputs * chunk_inputs); }
    __device__ __forceinline__ const bf16 *x_chunk(int i) const { return a.x + ((i64)(from + i) * a.room + first_row) * chunk_inputs; }

#ifdef HOPPER
    __device__ __forceinline__ void fill(int i, bool w, bool x) {
        if (threadIdx.x > 0 || i >= count) return;
        if (w) {
            barrier_announce(&full[i % STAGES], 16 * (w_units + x_units));
            bulk_copy(stage(i), w_chunk(i), 16 * w_units, &full[i % STAGES]);
        }
        if (x) bulk_copy(stage(i) + w_units, x_chunk(i), 16 * x_units, &full[i % STAGES]);
    }
    // run reads weights before the launch ahead has ended, and rows after that.
    __device__ __forceinline__ void run() {
        if (threadIdx.x == 0) {
            for (int s = 0; s < STAGES; s++) barrier_init(&full[s]);
            barriers_ready();
        }
        for (int i = 0; i < STAGES - 1; i++) fill(i, true, false);
        await_previous();
        for (int i = 0; i < STAGES - 1; i++) fill(i, false, true);
        __syncthreads();
        for (int i = 0; i < count; i++) {
            barrier_wait(&full[i % STAGES], i / STAGES & 1);
            const uint64_t w = tile_descriptor(stage(i) + threadIdx.x / 128 * (w_units / 2)), x = tile_descriptor(stage(i) + w_units);
            wgmma_fence();
#pragma unroll
            for (int k = 0; k < 4; k++) wgmma<N>::add(c, w + 2 * k, x + 2 * k);
            wgmma_commit();
            wgmma_wait<1>();
            __syncthreads(); // all are done with the chunk before
            fill(i + STAGES - 1, true, true);
        }
        wgmma_wait<0>();
    }
#else
    __device__ __forceinline__ void fill(int i) {
        if (i < count) {
            const uint4 *w = (const uint4 *)w_chunk(i), *x = (const uint4 *)x_chunk(i);
            uint4 *to = stage(i);
            for (int u = threadIdx.x; u < w_units; u += tensor_threads) cp_async16(&to[u], &w[u]);
            for (int u = threadIdx.x; u < x_units; u += tensor_threads) cp_async16(&to[w_units + u], &x[u]);
        }
        cp_async_commit();
    }
    __device__ __forceinline__ void run() {
        for (int i = 0; i < STAGES - 1; i++) fill(i);
        for (int i = 0; i < count; i++) {
            cp_async_wait<STAGES - 2>();
            __syncthreads();
            fill(i + STAGES - 1);
            multiply(stage(i), stage(i) + w_units);
        }
    }
    // multiply is wgmma for a chunk. A lane takes 8 neighbours of a row for two steps of 16: the same ones of all rows, so that it
    // need not matter which they are.
    __device__ __forceinline__ void multiply(const uint4 *w, const uint4 *x) {
        const int lane = threadIdx.x % 32, g = lane / 4, t = lane % 4, row = threadIdx.x / 32 * 16 + g;
#pragma unroll
        for (int h = 0; h < 2; h++) {
            const uint4 low = w[unit_at(row, 4 * h + t)], high = w[unit_at(row + 8, 4 * h + t)];
            const uint32_t w0[4] = {low.x, high.x, low.y, high.y}, w1[4] = {low.z, high.z, low.w, high.w};
#pragma unroll
            for (int n = 0; n < N / 8; n++) {
                const uint4 v = x[unit_at(8 * n + g, 4 * h + t)];
                const uint32_t x0[2] = {v.x, v.y}, x1[2] = {v.z, v.w};
                mma16816(*(float(*)[4])(c + 4 * n), w0, x0);
                mma16816(*(float(*)[4])(c + 4 * n), w1, x1);
            }
        }
    }
#endif

    static const int sums_stride = tile_outputs + 4; // floats, so that the lanes of a warp meet all banks

    // show brings the sums together in shared memory, of which nothing else is left to be read: row by row of x.
    __device__ __forceinline__ float *show() {
        const int lane = threadIdx.x % 32, g = lane / 4, t = lane % 4, warp = threadIdx.x / 32;
        float *sums = (float *)stages;
        __syncthreads();
#pragma unroll
        for (int i = 0; i < N / 8; i++)
#pragma unroll
            for (int e = 0; e < 4; e++) sums[(8 * i + 2 * t + e % 2) * sums_stride + 16 * warp + g + e / 2 * 8] = c[4 * i + e];
        __syncthreads();
        return sums;
    }
#ifdef HOPPER
    // finish_tile lets each block of a cluster add the sums of all for some of the rows.
    __device__ __forceinline__ void finish_tile(int share) {
        const float4 *sums = (const float4 *)show();
        if (a.shares > 1) cluster_meet();
        store(share, a.shares, [&](int i) {
            if (a.shares == 1) return sums[i];
            float4 sum = load_of(&sums[i], 0);
            for (int s = 1; s < a.shares; s++) {
                const float4 v = load_of(&sums[i], s);
                sum.x += v.x, sum.y += v.y, sum.z += v.z, sum.w += v.w;
            }
            return sum;
        });
        if (a.shares > 1) cluster_meet(); // none ends while others read
    }
#else
    // finish_tile lets the last block that comes here add the sums of all, which are in memory.
    __device__ __forceinline__ void finish_tile(int share) {
        if (a.shares > 1 && !gather(share)) return;
        const float4 *sums = (const float4 *)show();
        store(0, 1, [&](int i) { return sums[i]; });
    }
    __device__ __forceinline__ bool gather(int share) {
        __shared__ unsigned last;
        const int number = tile * gridDim.x + blockIdx.x;
        float4 *sums = a.partial + (i64)number * a.shares * (N / 8) * tensor_threads + threadIdx.x;
#pragma unroll
        for (int i = 0; i < N / 8; i++)
            sums[(share * (N / 8) + i) * tensor_threads] = make_float4(c[4 * i], c[4 * i + 1], c[4 * i + 2], c[4 * i + 3]);
        __threadfence();
        __syncthreads();
        if (threadIdx.x == 0) last = atomicAdd(&a.arrived[number], 1u) == a.shares - 1;
        __syncthreads();
        if (!last) return false;
        __threadfence();
        if (threadIdx.x == 0) a.arrived[number] = 0;
#pragma unroll
        for (int i = 0; i < N / 2; i++) c[i] = 0;
        for (int s = 0; s < a.shares; s++) {
#pragma unroll
            for (int i = 0; i < N / 8; i++) {
                const float4 v = __ldcg(&sums[(s * (N / 8) + i) * tensor_threads]);
                c[4 * i] += v.x, c[4 * i + 1] += v.y, c[4 * i + 2] += v.z, c[4 * i + 3] += v.w;
            }
        }
        return true;
    }
#endif
    // store writes one of parts of the results. sum returns four neighbours of the sums.
    template <class F> __device__ __forceinline__ void store(int part, int parts, F sum) const {
        const int fours = N * outputs / 4;
        for (int i = fours * part / parts + threadIdx.x; i < fours * (part + 1) / parts; i += tensor_threads) {
            const int row = i / (outputs / 4), local = i % (outputs / 4) * 4, o = tile * outputs + local;
            if (first_row + row >= a.rows || o >= a.out) continue;
            const int at = row * sums_stride + (MODE == SWIGLU ? local / 8 * 16 + local % 8 : local);
            float4 v = sum(at / 4);
            if (MODE == SWIGLU) {
                const float4 up = sum(at / 4 + 2);
                v = make_float4(silu(v.x) * up.x, silu(v.y) * up.y, silu(v.z) * up.z, silu(v.w) * up.w);
            }
            store_four(first_row + row, o, v);
        }
    }
    // store_four writes four neighbours, or fewer at the end of a row.
    __device__ __forceinline__ void store_four(int r, int o, float4 v) const {
        float *to = a.y + (i64)r * a.ys + o;
        if (o + 4 <= a.out && ((uint64_t)to & 15) == 0) {
            if (MODE == ADD) {
                const float4 old = *(const float4 *)to;
                v = make_float4(old.x + v.x, old.y + v.y, old.z + v.z, old.w + v.w);
            }
            *(float4 *)to = v;
        } else {
            const float all[4] = {v.x, v.y, v.z, v.w};
            for (int i = 0; i < 4 && o + i < a.out; i++) to[i] = MODE == ADD ? to[i] + all[i] : all[i];
        }
        if (a.rounded) *(uint2 *)&a.rounded[operand_at(r, o, a.room)] = make_uint2(bf16_pair(v.x, v.y), bf16_pair(v.z, v.w));
    }
};

template <int MODE, int N, int STAGES> __device__ __forceinline__ void multiply_tile(const tensor_args &a) {
    DYN_SHARED(char, shared);
    __shared__ uint64_t full[STAGES];
    typedef tensor<MODE, N, STAGES> T;
    const int share = blockIdx.y % a.shares, from = share * a.share;
    T t = {a, (uint4 *)(((uint64_t)shared + 1023) / 1024 * 1024), full, (int)blockIdx.y / a.shares, (int)blockIdx.x * N, from,
           from + a.share < a.chunks ? a.share : a.chunks - from};
    let_next_begin();
    if (t.first_row >= a.rows) return;
#pragma unroll
    for (int i = 0; i < N / 2; i++) t.c[i] = 0;
    t.run();
    t.finish_tile(share);
}

// grid (rows/N, shares*tiles), 256 threads
#define TENSOR(name, MODE, N, STAGES)                                                                                           \
    extern "C" __global__ void __launch_bounds__(tensor_threads, 1)                                                              \
        name(float *y, int ys, bf16 *rounded, const bf16 *x, int room, const bf16 *w, int out, int chunks, int share,           \
             int shares, float4 *partial, unsigned *arrived, const int *P, int rows_at) {                                       \
        const tensor_args a = {y, ys, rounded, x, room, P[rows_at], w, out, chunks, share, shares, partial, arrived};           \
        multiply_tile<MODE, N, STAGES>(a);                                                                                      \
    }                                                                                                                           \
    EXPORT_KERNEL(name)

// tile_rows brings rows [first, first+rows) of a matrix, which from has row by row, to their places in a tile. out is the number of
// gates, or 0 for a matrix without. grid (rows, in/64), 8 threads
KERNEL tile_rows(bf16 *to, const bf16 *from, int first, int in, int out) {
    const int r = first + blockIdx.x, at = 64 * blockIdx.y + 8 * threadIdx.x;
    *(uint4 *)&to[out ? gated_at(r, at, out, in) : tile_at(r, at, in)] = *(const uint4 *)&from[(i64)blockIdx.x * in + at];
}

// round_rows makes rows of x, width a multiple of 64, what products take. grid (rows, width/64), 8 threads
KERNEL round_rows(bf16 *to, int room, const float *x, int xs, const int *P, int rows_at) {
    const int r = blockIdx.x, i = 64 * blockIdx.y + 8 * threadIdx.x;
    if (r >= P[rows_at]) return;
    float v[8];
#pragma unroll
    for (int e = 0; e < 8; e++) v[e] = x[(i64)r * xs + i + e];
    *(uint4 *)&to[operand_at(r, i, room)] = rounded_unit(v);
}

#define TENSORS(N, STAGES)                    \
    TENSOR(tensor##N##_set, SET, N, STAGES)   \
    TENSOR(tensor##N##_add, ADD, N, STAGES)   \
    TENSOR(tensor##N##_swiglu, SWIGLU, N, STAGES)

#ifdef HOPPER // has 227 KB of shared memory
TENSORS(8, 8)
TENSORS(16, 8)
TENSORS(32, 8)
TENSORS(64, 8)
TENSORS(128, 6)
TENSORS(256, 4)
#else // 99 KB are everywhere
TENSORS(8, 3)
TENSORS(16, 3)
TENSORS(32, 3)
TENSORS(64, 3)
TENSORS(128, 3)
#endif
EXPORT_KERNEL(tile_rows)
EXPORT_KERNEL(round_rows)
