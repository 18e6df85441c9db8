#include "common.cuh"

// Attention on tensor cores over keys and values in bf16, for heads of 64 or 128. A block has a token, a key-value head with up
// to 8 of its query heads, and a split of the positions; splits are joined in their order, so that the order of all sums
// depends on the position alone. Queries and weights keep 16 bits of precision as sums of two bf16, in rows g and g+8 of
// the products; both are the left operands, so that neither the scores nor keys and values need to be transposed.

const int split_len = 512; // positions of a split
const int split_warps = 4; // each takes every fourth 16 positions
const int split_heads = 8; // query heads of a block
const int split_tile = 16; // positions of a tile
const int split_stages = 2; // tiles of a warp that are in shared memory or on their way to it

// Keys and values of such heads lie in their pages with the units of 16 bytes exchanged, so that what a quarter of a warp reads
// at once lies in different banks: key_unit and value_unit are where unit u of a position is.
__device__ __forceinline__ int key_unit(int pos, int u) { return u ^ (pos & 1) << 2; }
__device__ __forceinline__ int value_unit(int pos, int u) { return u ^ (pos & 7); }

// append_split stores the keys and values of tokens. grid (tokens, KVHeads)
KERNEL append_split(const float *qkv, int qs, const int *P, int tokens_at, int list_at, int spans_at, const float *table, int dim,
                    bf16 *cache, int heads, int kvHeads, int n) {
    begin();
    if (blockIdx.x >= P[tokens_at]) return;
    const int *token = P + P[list_at] + 2 * blockIdx.x, h = blockIdx.y;
    const span s = span_of(P, spans_at, token[0]);
    const int pos = s.pos + token[1];
    const float *k = qkv + (i64)(s.row + token[1]) * qs + (heads + h) * n, *v = k + kvHeads * n;
    bf16 *keys = cache + kv_at(P, s, pos, h, kvHeads, n), *values = keys + kvHeads * page_len * n;
    for (int i = threadIdx.x; i < n; i += blockDim.x) {
        keys[8 * key_unit(pos, i / 8) + i % 8] = float_bf16(rotated(k, i, table + (i64)pos * dim, dim));
        values[8 * value_unit(pos, i / 8) + i % 8] = float_bf16(v[i]);
    }
}

// cut is v as the sum of two bf16.
__device__ __forceinline__ void cut(float v, bf16 &high, bf16 &low) {
    high = float_bf16(v);
    low = float_bf16(v - bf16_float(high));
}

// cut_pair is cut for two neighbours.
__device__ __forceinline__ void cut_pair(float a, float b, uint32_t &high, uint32_t &low) {
    high = bf16_pair(a, b);
    low = bf16_pair(a - bf16_low(high), b - bf16_high(high));
}

// split_tiles brings a warp's tiles to shared memory: for each stage 16 keys, then 16 values.
template <int D> struct split_tiles {
    static const int units = split_tile * D / 8; // of keys, and of values
    uint4 *stages;
    uint64_t *full;
    const int *pages;
    const bf16 *keys; // of the head, in the first page
    int values, page_size;
    int first, last; // positions of the warp's first tile, and the last of the split
    int next;        // the page of the tile that is to be filled next, which has been looked up before

    __device__ __forceinline__ int at(int i) const { return first + split_tile * split_warps * i; }
    __device__ __forceinline__ const uint4 *stage(int i) const { return stages + i % split_stages * 2 * units; }
    __device__ __forceinline__ void fill(int i) {
        const int p = at(i), lane = threadIdx.x % 32;
        if (p <= last) {
            const bf16 *from = keys + (i64)next * page_size + p % page_len * D;
            uint4 *to = stages + i % split_stages * 2 * units;
#ifdef HOPPER
            if (lane == 0) {
                uint64_t *b = &full[i % split_stages];
                barrier_announce(b, 32 * units);
                bulk_copy(to, from, 16 * units, b);
                bulk_copy(to + units, from + values, 16 * units, b);
            }
#else
            for (int u = lane; u < units; u += 32) {
                cp_async16(&to[u], (const uint4 *)from + u);
                cp_async16(&to[units + u], (const uint4 *)(from + values) + u);
            }
#endif
        }
#ifndef HOPPER
        cp_async_commit();
#endif
        if (at(i + 1) <= last) next = pages[at(i + 1) / page_len];
    }
    __device__ __forceinline__ void begin() {
#ifdef HOPPER
        if (threadIdx.x % 32 == 0) {
            for (int i = 0; i < split_stages; i++) barrier_init(&full[i]);
            barriers_ready();
        }
        __syncwarp();
#endif
        if (first <= last) next = pages[first / page_len];
        for (int i = 0; i < split_stages; i++) fill(i);
    }
    __device__ __forceinline__ void wait(int i) {
#ifdef HOPPER
        barrier_wait(&full[i % split_stages], i / split_stages & 1);
#else
        cp_async_wait<split_stages - 1>();
        __syncwarp();
#endif
    }
};

template <int D> struct split_warp {
    float m, l;            // of head g: the largest score, in powers of 2, and this lane's share of the sum of weights
    float sums[D / 8][4];  // columns of the output: rows g and g+8 belong to head g
    const uint4 *q;        // row g, behind which is the second part of it
    int g, t;

    // scores multiplies the keys of a tile with all heads: s[n] is of head g, positions 8n+2t and 8n+2t+1.
    __device__ __forceinline__ void scores(float (&s)[2][2], const uint4 *keys) const {
        float c[2][4] = {};
#pragma unroll
        for (int h = 0; h < D / 32; h++) {
            const uint4 a = q[4 * h], b = q[4 * h + split_heads * (D / 8 + 4)];
            const uint32_t a0[4] = {a.x, b.x, a.y, b.y}, a1[4] = {a.z, b.z, a.w, b.w};
#pragma unroll
            for (int n = 0; n < 2; n++) {
                const uint4 k = keys[(8 * n + g) * (D / 8) + key_unit(g, 4 * h + t)];
                const uint32_t k0[2] = {k.x, k.y}, k1[2] = {k.z, k.w};
                mma16816(c[n], a0, k0);
                mma16816(c[n], a1, k1);
            }
        }
#pragma unroll
        for (int n = 0; n < 2; n++) s[n][0] = c[n][0] + c[n][2], s[n][1] = c[n][1] + c[n][3];
    }
    // weigh turns the scores of 16 positions into the left operand of the second product.
    __device__ __forceinline__ void weigh(uint32_t (&p)[4], const float (&s)[2][2]) {
        float most = fmaxf(fmaxf(s[0][0], s[0][1]), fmaxf(s[1][0], s[1][1]));
        most = fmaxf(most, __shfl_xor_sync(0xffffffffu, most, 1));
        most = fmaxf(most, __shfl_xor_sync(0xffffffffu, most, 2));
        const float next = fmaxf(m, most), shrink = exp2f(m - next);
        if (__any_sync(0xffffffffu, shrink != 1.f)) {
            l *= shrink;
#pragma unroll
            for (int j = 0; j < D / 8; j++)
#pragma unroll
                for (int e = 0; e < 4; e++) sums[j][e] *= shrink;
        }
        m = next;
        float w[2][2];
#pragma unroll
        for (int n = 0; n < 2; n++)
#pragma unroll
            for (int e = 0; e < 2; e++) w[n][e] = exp2f(s[n][e] - next), l += w[n][e];
        cut_pair(w[0][0], w[0][1], p[0], p[1]);
        cut_pair(w[1][0], w[1][1], p[2], p[3]);
    }
    // add adds the values of the first count positions of a tile: a lane reads rows 2t, 2t+1, 2t+8 and 2t+9, dimensions 8g to
    // 8g+7 of each 64.
    __device__ __forceinline__ void add(const uint32_t (&p)[4], const uint4 *values, int count) {
#pragma unroll
        for (int d = 0; d < D / 64; d++) {
            uint4 v[4];
#pragma unroll
            for (int i = 0; i < 4; i++) {
                const int row = 2 * t + i % 2 + i / 2 * 8;
                v[i] = values[row * (D / 8) + value_unit(row, 8 * d + g)];
                if (count < split_tile && row >= count) v[i] = make_uint4(0, 0, 0, 0); // whatever the page has there
            }
#pragma unroll
            for (int j = 0; j < 8; j++) {
                const unsigned from = j % 2 ? 0x7632 : 0x5410;
                const uint32_t b[2] = {__byte_perm(word(v[0], j / 2), word(v[1], j / 2), from),
                                       __byte_perm(word(v[2], j / 2), word(v[3], j / 2), from)};
                mma16816(sums[8 * d + j], p, b);
            }
        }
    }
    static __device__ __forceinline__ uint32_t word(const uint4 &v, int i) { return i == 0 ? v.x : i == 1 ? v.y : i == 2 ? v.z : v.w; }

    // tile takes 16 positions, of which the first count are there.
    __device__ __forceinline__ void tile(const uint4 *keys, int count) {
        float s[2][2];
        scores(s, keys);
        if (count < split_tile)
#pragma unroll
            for (int n = 0; n < 2; n++)
#pragma unroll
                for (int e = 0; e < 2; e++)
                    if (8 * n + 2 * t + e >= count) s[n][e] = -FLOAT_INF;
        uint32_t p[4];
        weigh(p, s);
        add(p, keys + split_tiles<D>::units, count);
    }
};

// attend_split: grid (KVHeads * groups of 8 query heads, tokens, splits), so that the heads of a page are read together. y is written where there is one split; otherwise
// parts [tokens, heads, splits, D+2] gets sums, the largest score and the sum of weights, for attend_join.
template <int D>
__device__ __forceinline__ void attend_split(float *y, int ys, operand rounded, const float *qkv, int qs, const int *P, int tokens_at, int list_at, int spans_at,
                                             const float *table, int dim, const bf16 *cache, int heads, int kvHeads, float scale, float *parts) {
    DYN_SHARED(uint4, tiles);
    __shared__ uint4 queries[2][split_heads][D / 8 + 4]; // so that two rows lie in different banks
    __shared__ float most[split_warps][split_heads], weights[split_warps][split_heads];
    __shared__ uint64_t full[split_warps][split_stages];
    if (blockIdx.y >= P[tokens_at]) return;
    const int *token = P + P[list_at] + 2 * blockIdx.y, group = heads / kvHeads, h = blockIdx.x % kvHeads;
    const int head = h * group + blockIdx.x / kvHeads * split_heads, count = min((h + 1) * group - head, split_heads);
    const span s = span_of(P, spans_at, token[0]);
    const int pos = s.pos + token[1], from = blockIdx.z * split_len, last = min(from + split_len - 1, pos);
    if (from > pos) return;
    const i64 r = s.row + token[1];
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32, g = lane / 4, t = lane % 4;
    uint4 *own = tiles + warp * split_stages * 2 * split_tiles<D>::units;
    split_tiles<D> in = {own, full[warp], P + s.pages, cache + h * page_len * D, kvHeads * page_len * D, 2 * kvHeads * page_len * D,
                         from + split_tile * warp, last};
    in.begin();
    for (int i = threadIdx.x; i < split_heads * D; i += 32 * split_warps) {
        const int a = i / D, d = i % D;
        const float v = a < count ? rotated(qkv + r * qs + (head + a) * D, d, table + (i64)pos * dim, dim) * scale * 1.44269504f : 0.f;
        cut(v, ((bf16 *)queries[0][a])[d], ((bf16 *)queries[1][a])[d]);
    }
    __syncthreads();
    split_warp<D> w;
    w.m = -FLOAT_INF, w.l = 0, w.q = &queries[0][g][t], w.g = g, w.t = t;
#pragma unroll
    for (int j = 0; j < D / 8; j++)
#pragma unroll
        for (int e = 0; e < 4; e++) w.sums[j][e] = 0;
    for (int i = 0; in.at(i) <= last; i++) {
        in.wait(i);
        w.tile(in.stage(i), last + 1 - in.at(i));
        __syncwarp();
        in.fill(i + split_stages);
    }

    w.l += __shfl_xor_sync(0xffffffffu, w.l, 1);
    w.l += __shfl_xor_sync(0xffffffffu, w.l, 2);
    if (t == 0) most[warp][g] = w.m, weights[warp][g] = w.l;
    float *sums = (float *)own; // [heads][D], where the tiles were
#pragma unroll
    for (int j = 0; j < D / 8; j++)
#pragma unroll
        for (int e = 0; e < 2; e++) sums[g * D + j / 8 * 64 + 8 * (2 * t + e) + j % 8] = w.sums[j][e] + w.sums[j][e + 2];
    __syncthreads();
    for (int i = threadIdx.x; i < count * D; i += 32 * split_warps) {
        const int a = i / D, d = i % D;
        float m = most[0][a], l = 0, sum = 0;
        for (int v = 1; v < split_warps; v++) m = fmaxf(m, most[v][a]);
        for (int v = 0; v < split_warps; v++) {
            const float f = most[v][a] == -FLOAT_INF ? 0 : exp2f(most[v][a] - m);
            l += f * weights[v][a], sum += f * ((float *)(tiles + v * split_stages * 2 * split_tiles<D>::units))[i];
        }
        if (pos < split_len) {
            const float v = sum / l;
            y[r * ys + (head + a) * D + d] = v;
            rounded.put(r, (head + a) * D + d, v);
            continue;
        }
        float *part = parts + (((i64)blockIdx.y * heads + head + a) * gridDim.z + blockIdx.z) * (D + 2);
        part[d] = sum;
        if (d == 0) part[D] = m, part[D + 1] = l;
    }
}

// attend_join joins the splits of a token. grid (tokens, heads), D threads
template <int D>
__device__ __forceinline__ void attend_join(float *y, int ys, operand rounded, const int *P, int tokens_at, int list_at, int spans_at, const float *parts, int most) {
    if (blockIdx.x >= P[tokens_at]) return;
    const int *token = P + P[list_at] + 2 * blockIdx.x, d = threadIdx.x;
    const span s = span_of(P, spans_at, token[0]);
    const int pos = s.pos + token[1], splits = pos / split_len + 1;
    if (splits == 1) return;
    parts += ((i64)blockIdx.x * gridDim.y + blockIdx.y) * most * (D + 2);
    float m = -FLOAT_INF, l = 0, sum = 0;
    for (int i = 0; i < splits; i++) m = fmaxf(m, parts[i * (D + 2) + D]);
    for (int i = 0; i < splits; i++) {
        const float *part = parts + i * (D + 2), f = exp2f(part[D] - m);
        l += f * part[D + 1], sum += f * part[d];
    }
    const int r = s.row + token[1], at = blockIdx.y * D + d;
    const float v = sum / l;
    y[(i64)r * ys + at] = v;
    rounded.put(r, at, v);
}

#define ATTEND_SPLIT(D)                                                                                                         \
    extern "C" __global__ void __launch_bounds__(32 * split_warps, 3)                                                            \
        attend_split_##D(float *y, int ys, bf16 *rounded, int room, const float *qkv, int qs, const int *P, int tokens_at,      \
                         int list_at, int spans_at, const float *table, int dim, const bf16 *cache, int heads, int kvHeads,     \
                         float scale, float *parts) {                                                                           \
        begin();                                                                                                                \
        attend_split<D>(y, ys, {rounded, room}, qkv, qs, P, tokens_at, list_at, spans_at, table, dim, cache, heads, kvHeads,      \
                        scale, parts);                                                                                          \
    }                                                                                                                           \
    KERNEL attend_join_##D(float *y, int ys, bf16 *rounded, int room, const int *P, int tokens_at, int list_at, int spans_at,   \
                           const float *parts, int most) {                                                                      \
        begin();                                                                                                                \
        attend_join<D>(y, ys, {rounded, room}, P, tokens_at, list_at, spans_at, parts, most);                                     \
    }                                                                                                                           \
    EXPORT_KERNEL(attend_split_##D)                                                                                             \
    EXPORT_KERNEL(attend_join_##D)

ATTEND_SPLIT(64)
ATTEND_SPLIT(128)
EXPORT_KERNEL(append_split)
