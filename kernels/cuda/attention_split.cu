#include "common.cuh"

// Attention on tensor cores over keys and values in bf16, for heads of 64 or 128. A block has a token, a key-value head with up
// to 8 of its query heads, and a split of the positions; splits are joined in their order, so that the order of all sums
// depends on the position alone. Queries and weights keep 16 bits of precision as sums of two bf16, in rows g and g+8 of
// the products; both are the left operands, so that neither the scores nor keys and values need to be transposed.

const int split_len = 512;  // positions of a split
const int split_warps = 4;  // each takes every fourth 16 positions
const int split_heads = 8;  // query heads of a block

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

template <int D> struct split_warp {
    float m, l;            // of head g: the largest score, in powers of 2, and this lane's share of the sum of weights
    float sums[D / 8][4];  // columns of the output: rows g and g+8 belong to head g
    const uint4 *q;        // row g, behind which is the second part of it: registers are for keys and values

    // scores multiplies 8 positions, of which k is row g, with all heads: s is of head g, positions 2t and 2t+1.
    __device__ __forceinline__ void scores(float (&s)[2], const uint4 (&k)[D / 32]) const {
        float c[4] = {};
#pragma unroll
        for (int h = 0; h < D / 32; h++) {
            const uint4 a = load_shared(&q[4 * h]), b = load_shared(&q[4 * h + split_heads * (D / 8 + 4)]);
            const uint32_t a0[4] = {a.x, b.x, a.y, b.y}, a1[4] = {a.z, b.z, a.w, b.w}, k0[2] = {k[h].x, k[h].y}, k1[2] = {k[h].z, k[h].w};
            mma16816(c, a0, k0);
            mma16816(c, a1, k1);
        }
        s[0] = c[0] + c[2], s[1] = c[1] + c[3];
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
    // add adds the values of 16 positions: v has rows 2t, 2t+1, 2t+8 and 2t+9, dimensions 8g to 8g+7 of each 64.
    __device__ __forceinline__ void add(const uint32_t (&p)[4], const uint4 (&v)[D / 64][4]) {
#pragma unroll
        for (int d = 0; d < D / 64; d++)
#pragma unroll
            for (int j = 0; j < 8; j++) {
                const unsigned from = j % 2 ? 0x7632 : 0x5410;
                const uint32_t b[2] = {__byte_perm(word(v[d][0], j / 2), word(v[d][1], j / 2), from),
                                       __byte_perm(word(v[d][2], j / 2), word(v[d][3], j / 2), from)};
                mma16816(sums[8 * d + j], p, b);
            }
    }
    static __device__ __forceinline__ uint32_t word(const uint4 &v, int i) { return i == 0 ? v.x : i == 1 ? v.y : i == 2 ? v.z : v.w; }
};

// read_keys reads this lane's part of 16 positions, of which those up to last are there: rows g and g+8, from the first of which on.
template <int D> __device__ __forceinline__ void read_keys(uint4 (&k)[2][D / 32], const bf16 *from, int last, int g) {
#pragma unroll
    for (int n = 0; n < 2; n++)
#pragma unroll
        for (int i = 0; i < D / 32; i++) k[n][i] = 8 * n + g <= last ? load_once(from + 8 * n * D + 32 * i) : make_uint4(0, 0, 0, 0);
}

// read_values reads rows 2t, 2t+1, 2t+8 and 2t+9.
template <int D> __device__ __forceinline__ void read_values(uint4 (&v)[D / 64][4], const bf16 *from, int last, int t) {
#pragma unroll
    for (int d = 0; d < D / 64; d++)
#pragma unroll
        for (int i = 0; i < 4; i++) {
            const int row = i % 2 + i / 2 * 8;
            v[d][i] = 2 * t + row <= last ? load_once(from + row * D + 64 * d) : make_uint4(0, 0, 0, 0);
        }
}

// attend_split writes rounded, too, if it is not null: operand_at of common.cuh. grid (tokens, KVHeads * groups of 8 query heads, splits). y is written where there is one split; otherwise
// parts [tokens, heads, splits, D+2] gets sums, the largest score and the sum of weights, for attend_join.
template <int D>
__device__ __forceinline__ void attend_split(float *y, int ys, bf16 *rounded, int room, const float *qkv, int qs, const int *P, int tokens_at, int list_at, int spans_at,
                                             const float *table, int dim, const bf16 *cache, int heads, int kvHeads, float scale, float *parts) {
    __shared__ uint4 queries[2][split_heads][D / 8 + 4]; // so that two rows lie in different banks
    __shared__ float most[split_warps][split_heads], weights[split_warps][split_heads], sums[split_warps][split_heads][D];
    if (blockIdx.x >= P[tokens_at]) return;
    const int *token = P + P[list_at] + 2 * blockIdx.x, group = heads / kvHeads, h = blockIdx.y % kvHeads;
    const int first = h * group + blockIdx.y / kvHeads * split_heads, count = (h + 1) * group - first < split_heads ? (h + 1) * group - first : split_heads;
    const span s = span_of(P, spans_at, token[0]);
    const int pos = s.pos + token[1], from = blockIdx.z * split_len, last = from + split_len - 1 < pos ? from + split_len - 1 : pos;
    if (from > pos) return;
    const i64 r = s.row + token[1];
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32, g = lane / 4, t = lane % 4;
    for (int i = threadIdx.x; i < split_heads * D; i += 32 * split_warps) {
        const int a = i / D, d = i % D;
        const float v = a < count ? rotated(qkv + r * qs + (first + a) * D, d, table + (i64)pos * dim, dim) * scale * 1.44269504f : 0.f;
        bf16 high, low;
        cut(v, high, low);
        ((bf16 *)queries[0][a])[d] = high, ((bf16 *)queries[1][a])[d] = low;
    }
    __syncthreads();
    split_warp<D> w;
    w.m = -FLOAT_INF, w.l = 0;
#pragma unroll
    for (int j = 0; j < D / 8; j++)
#pragma unroll
        for (int e = 0; e < 4; e++) w.sums[j][e] = 0;
    w.q = &queries[0][g][t];

    // Keys are read while the weights of those before are multiplied, values while the next scores are.
    const int *pages = P + s.pages;
    const bf16 *keys = cache + (h * page_len + g) * D + 8 * t;
    const int values = (kvHeads * page_len + 2 * t - g) * D + 8 * (g - t), page_size = 2 * kvHeads * page_len * D;
    auto read_from = [&](int at) { return keys + (i64)pages[at / page_len] * page_size + at % page_len * D; };
    uint4 k[2][D / 32], v[D / 64][4];
    int at = from + 16 * warp;
    const bf16 *next = keys;
    if (at <= last) {
        next = read_from(at);
        read_keys<D>(k, next, last - at, g);
        read_values<D>(v, next + values, last - at, t);
    }
    while (at <= last) {
        float score[2][2];
#pragma unroll
        for (int n = 0; n < 2; n++) {
            w.scores(score[n], k[n]);
#pragma unroll
            for (int e = 0; e < 2; e++)
                if (at + 8 * n + 2 * t + e > last) score[n][e] = -FLOAT_INF;
        }
        at += 16 * split_warps;
        if (at <= last) {
            next = read_from(at);
            read_keys<D>(k, next, last - at, g);
        }
        uint32_t p[4];
        w.weigh(p, score);
        w.add(p, v);
        if (at <= last) read_values<D>(v, next + values, last - at, t);
    }

    w.l += __shfl_xor_sync(0xffffffffu, w.l, 1);
    w.l += __shfl_xor_sync(0xffffffffu, w.l, 2);
    if (t == 0) most[warp][g] = w.m, weights[warp][g] = w.l;
#pragma unroll
    for (int j = 0; j < D / 8; j++)
#pragma unroll
        for (int e = 0; e < 2; e++) sums[warp][g][j / 8 * 64 + 8 * (2 * t + e) + j % 8] = w.sums[j][e] + w.sums[j][e + 2];
    __syncthreads();
    for (int i = threadIdx.x; i < count * D; i += 32 * split_warps) {
        const int a = i / D, d = i % D;
        float m = most[0][a], l = 0, sum = 0;
        for (int v = 1; v < split_warps; v++) m = fmaxf(m, most[v][a]);
        for (int v = 0; v < split_warps; v++) {
            const float f = most[v][a] == -FLOAT_INF ? 0 : exp2f(most[v][a] - m);
            l += f * weights[v][a], sum += f * sums[v][a][d];
        }
        if (pos < split_len) {
            const float v = sum / l;
            y[r * ys + (first + a) * D + d] = v;
            if (rounded) rounded[operand_at(r, (first + a) * D + d, room)] = float_bf16(v);
            continue;
        }
        float *part = parts + (((i64)blockIdx.x * heads + first + a) * gridDim.z + blockIdx.z) * (D + 2);
        part[d] = sum;
        if (d == 0) part[D] = m, part[D + 1] = l;
    }
}

// attend_join joins the splits of a token. grid (tokens, heads), D threads
template <int D>
__device__ __forceinline__ void attend_join(float *y, int ys, bf16 *rounded, int room, const int *P, int tokens_at, int list_at, int spans_at, const float *parts, int most) {
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
    if (rounded) rounded[operand_at(r, at, room)] = float_bf16(v);
}

#define ATTEND_SPLIT(D)                                                                                                         \
    extern "C" __global__ void __launch_bounds__(32 * split_warps, 3)                                                            \
        attend_split_##D(float *y, int ys, bf16 *rounded, int room, const float *qkv, int qs, const int *P, int tokens_at,      \
                         int list_at, int spans_at, const float *table, int dim, const bf16 *cache, int heads, int kvHeads,     \
                         float scale, float *parts) {                                                                           \
        attend_split<D>(y, ys, rounded, room, qkv, qs, P, tokens_at, list_at, spans_at, table, dim, cache, heads, kvHeads,      \
                        scale, parts);                                                                                          \
    }                                                                                                                           \
    KERNEL attend_join_##D(float *y, int ys, bf16 *rounded, int room, const int *P, int tokens_at, int list_at, int spans_at,   \
                           const float *parts, int most) {                                                                      \
        attend_join<D>(y, ys, rounded, room, P, tokens_at, list_at, spans_at, parts, most);                                     \
    }                                                                                                                           \
    EXPORT_KERNEL(attend_split_##D)                                                                                             \
    EXPORT_KERNEL(attend_join_##D)

ATTEND_SPLIT(64)
ATTEND_SPLIT(128)
