#include "common.cuh"

// A cache is pages of keys and values, [page][2][KVHeads][32][HeadDim]. Tokens of a batch are listed in P as pairs: the
// span, and which of its tokens.

const int page_len = 32;

// kv_at is where key-value head h of position pos of a sequence has its key; its value is one half page further.
__device__ __forceinline__ i64 kv_at(const int *P, span s, int pos, int h, int kvHeads, int n) {
    const i64 page = P[s.pages + pos / page_len];
    return ((page * 2 * kvHeads + h) * page_len + pos % page_len) * n;
}

// rotated is element i of head x, rotated by a position whose cosines and sines are in table. Each step is rounded by itself,
// so that all implementations cache the same keys.
__device__ __forceinline__ float rotated(const float *x, int i, const float *table, int dim) {
    const int half = dim / 2;
    if (i >= dim) return x[i];
    if (i < half) return add_rn(mul_rn(x[i], table[i]), -mul_rn(x[i + half], table[half + i]));
    return add_rn(mul_rn(x[i], table[i - half]), mul_rn(x[i - half], table[i]));
}

// append stores the keys and values of tokens. grid (tokens, KVHeads)
template <class F>
__device__ __forceinline__ void append(const float *qkv, int qs, const int *P, int tokens_at, int list_at, int spans_at,
                                       const float *table, int dim, typename F::type *cache, int heads, int kvHeads, int n) {
    if (blockIdx.x >= P[tokens_at]) return;
    const int *token = P + P[list_at] + 2 * blockIdx.x, h = blockIdx.y;
    const span s = span_of(P, spans_at, token[0]);
    const int pos = s.pos + token[1];
    const float *k = qkv + (i64)(s.row + token[1]) * qs + (heads + h) * n, *v = k + kvHeads * n;
    const i64 at = kv_at(P, s, pos, h, kvHeads, n);
    for (int i = threadIdx.x; i < n; i += blockDim.x) {
        F::store(cache, at + i, rotated(k, i, table + (i64)pos * dim, dim));
        F::store(cache, at + (i64)kvHeads * page_len * n + i, v[i]);
    }
}

// attend is y = sum_p softmax_p(scale q·k[p]) v[p] for a token and a query head, in blocks of as many positions as there
// are threads, by a softmax whose largest score so far may grow. The order depends on the position alone.
// grid (tokens, heads), 128 threads, (2n+128) floats of shared memory
template <class F>
__device__ __forceinline__ void attend(float *shared, float *y, int ys, const float *qkv, int qs, const int *P, int tokens_at, int list_at,
                                       int spans_at, const float *table, int dim, const typename F::type *cache, int heads,
                                       int kvHeads, int n, float scale) {
    if (blockIdx.x >= P[tokens_at]) return;
    float *q = shared, *sums = q + n, *weights = sums + n;
    const int *token = P + P[list_at] + 2 * blockIdx.x, a = blockIdx.y, h = a / (heads / kvHeads);
    const span s = span_of(P, spans_at, token[0]);
    const int pos = s.pos + token[1], block = blockDim.x;
    const i64 r = s.row + token[1], values = (i64)kvHeads * page_len * n;
    for (int i = threadIdx.x; i < n; i += block) {
        q[i] = rotated(qkv + r * qs + a * n, i, table + (i64)pos * dim, dim);
        sums[i] = 0; // of this thread alone
    }
    float largest = -FLOAT_INF, total = 0;
    for (int from = 0; from <= pos; from += block) {
        const int p = from + threadIdx.x, length = pos + 1 - from < block ? pos + 1 - from : block;
        __syncthreads(); // q is there, and the weights of the block before have been read
        if (p <= pos) {
            const i64 at = kv_at(P, s, p, h, kvHeads, n);
            float score = 0;
            for (int i = 0; i < n; i++) score += q[i] * F::load(cache, at + i);
            weights[threadIdx.x] = score * scale;
        }
        __syncthreads();
        float next = largest;
        for (int i = 0; i < length; i++) next = weights[i] > next ? weights[i] : next;
        const float own = p <= pos ? expf(weights[threadIdx.x] - next) : 0;
        const float shrink = expf(largest - next);
        __syncthreads();
        if (p <= pos) weights[threadIdx.x] = own;
        __syncthreads();
        float part = 0;
        for (int i = 0; i < length; i++) part += weights[i];
        total = total * shrink + part;
        largest = next;
        for (int i = threadIdx.x; i < n; i += block) {
            float sum = sums[i] * shrink;
            for (int j = 0; j < length; j++) sum += weights[j] * F::load(cache, kv_at(P, s, from + j, h, kvHeads, n) + values + i);
            sums[i] = sum;
        }
    }
    for (int i = threadIdx.x; i < n; i += block) y[r * ys + a * n + i] = sums[i] / total;
}

#define ATTENTION(name, F)                                                                                                      \
    KERNEL append_##name(const float *qkv, int qs, const int *P, int tokens_at, int list_at, int spans_at, const float *table,  \
                         int dim, F::type *cache, int heads, int kvHeads, int n) {                                              \
        begin();                                                                                                                \
        append<F>(qkv, qs, P, tokens_at, list_at, spans_at, table, dim, cache, heads, kvHeads, n);                              \
    }                                                                                                                           \
    KERNEL attend_##name(float *y, int ys, const float *qkv, int qs, const int *P, int tokens_at, int list_at, int spans_at,    \
                         const float *table, int dim, const F::type *cache, int heads, int kvHeads, int n, float scale) {       \
        begin();                                                                                                                \
        DYN_SHARED(float, shared);                                                                                              \
        attend<F>(shared, y, ys, qkv, qs, P, tokens_at, list_at, spans_at, table, dim, cache, heads, kvHeads, n, scale);                \
    }                                                                                                                           \
    EXPORT_KERNEL(append_##name)                                                                                                \
    EXPORT_KERNEL(attend_##name)

ATTENTION(f32, as_f32)
ATTENTION(bf16, as_bf16)
