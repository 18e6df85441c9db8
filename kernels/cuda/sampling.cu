#include "common.cuh"

// Draws a token from every row of logits, exactly as package kernels says: weights are whole numbers, whose sums are the same
// in any order. No thread keeps weights; they are computed anew from the logits on every pass.

// weight is kernels.Weight, step by step.
__device__ __forceinline__ int weight(float x) {
    if (!(x > -22.f)) return 0;
    const float magic = 12582912.f;
    const float t = mul_rn(x, 1.44269504088896340735992468100189214f), n = add_rn(add_rn(t, magic), -magic), f = add_rn(t, -n);
    float p = 0.00132647261f;
    p = add_rn(mul_rn(p, f), 0.00967151299f);
    p = add_rn(mul_rn(p, f), 0.0555073358f);
    p = add_rn(mul_rn(p, f), 0.240222424f);
    p = add_rn(mul_rn(p, f), 0.693147004f);
    p = add_rn(mul_rn(p, f), 1.f);
    return (int)rintf(__uint_as_float(__float_as_uint(p) + ((uint32_t)((int)n + 30) << 23)));
}

// sampled_row is what a row's weights are made of, and which of them count.
struct sampled_row {
    const float *logits;
    int n;
    float largest, temperature;
    u64 least;        // rank below which tokens are cut off
    double leastMinP; // weight below which they are

    // rank orders tokens by weight, equal ones by the lower id.
    __device__ __forceinline__ u64 rank(int i) const {
        const int w = weight(div_rn(add_rn(logits[i], -largest), temperature));
        return (u64)(uint32_t)w << 32 | (uint32_t)~i;
    }
    // kept is the weight of token i, 0 if it is cut off.
    __device__ __forceinline__ int kept(int i) const {
        const u64 r = rank(i);
        const int w = (int)(r >> 32);
        return r < least || (double)w < leastMinP ? 0 : w;
    }
    // total is the sum of all weights, in every thread.
    __device__ __forceinline__ i64 total() const {
        i64 sum = 0;
        for (int i = threadIdx.x; i < n; i += blockDim.x) sum += kept(i);
        return block_reduce(sum_of(), sum);
    }
    // last is the rank of the last token that is kept, if the highest are until they are most or weigh enough: found byte by
    // byte from the top, by counting how many tokens have each, and what they weigh.
    __device__ __forceinline__ u64 last(i64 most, double enough) const {
        __shared__ unsigned counts[256];
        __shared__ u64 weights[256];
        i64 count = 0, sum = 0; // of what ranks above the prefix
        u64 prefix = 0;
        for (int shift = 56; shift >= 0; shift -= 8) {
            __syncthreads();
            for (int b = threadIdx.x; b < 256; b += blockDim.x) counts[b] = 0, weights[b] = 0;
            __syncthreads();
            for (int i = threadIdx.x; i < n; i += blockDim.x) {
                const u64 r = rank(i);
                if (r >> 32 == 0 || r < least || (shift < 56 && r >> (shift + 8) != prefix)) continue;
                atomicAdd(&counts[r >> shift & 255], 1u);
                atomicAdd(&weights[r >> shift & 255], r >> 32);
            }
            __syncthreads();
            int b = 255;
            for (; b >= 0; b--) {
                const i64 c = count + counts[b], s = sum + (i64)weights[b];
                if (counts[b] > 0 && (c >= most || (double)s >= enough)) break;
                count = c, sum = s;
            }
            if (b < 0) return least; // all are kept
            prefix = prefix << 8 | (u64)b;
        }
        return prefix;
    }
    // draw is the first token whose weight, added to those of all lower ids, exceeds uniform times the total. A thread adds up
    // a run of neighbours; the first finds the run, and the token in it.
    __device__ __forceinline__ int draw(float uniform) const {
        __shared__ i64 runs[256];
        const int run = (n + blockDim.x - 1) / blockDim.x, from = threadIdx.x * run;
        i64 own = 0;
        for (int i = from; i < n && i < from + run; i++) own += kept(i);
        runs[threadIdx.x] = own;
        const i64 all = block_reduce(sum_of(), own);
        if (threadIdx.x > 0) return 0;
        i64 target = (i64)mul_rn((double)uniform, (double)all);
        int at = 0;
        while (at < blockDim.x - 1 && target >= runs[at]) target -= runs[at++];
        for (int i = at * run; i < n; i++)
            if ((target -= kept(i)) < 0) return i;
        return 0;
    }
};

// sample_rows writes token, log-probability and entropy of every row to out, 3 words a row. how has 5 words a row:
// kernels.Sampling. grid (rows), 256 threads
KERNEL sample_rows(const float *logits, int stride, int n, const int *P, int rows_at, int how_at, float *out) {
    if (blockIdx.x >= P[rows_at]) return;
    logits += (i64)blockIdx.x * stride;
    out += 3 * blockIdx.x;
    const int *how = P + P[how_at] + 5 * blockIdx.x;
    const float temperature = __uint_as_float(how[0]), topP = __uint_as_float(how[2]), minP = __uint_as_float(how[3]);

    float largest = -FLOAT_INF;
    for (int i = threadIdx.x; i < n; i += blockDim.x) largest = logits[i] > largest ? logits[i] : largest;
    largest = block_reduce(max_of(), largest);
    float sumExp = 0, sumMoment = 0;
    for (int i = threadIdx.x; i < n; i += blockDim.x) {
        const float x = logits[i] - largest, w = expf(x);
        sumExp += w;
        if (w > 0) sumMoment += x * w;
    }
    const double total = block_reduce(sum_of(), (double)sumExp), moment = block_reduce(sum_of(), (double)sumMoment);
    if (total != total) { // no distribution
        if (threadIdx.x == 0) out[0] = 0, out[1] = FLOAT_NAN, out[2] = FLOAT_NAN;
        return;
    }
    int token;
    if (temperature > 0) {
        sampled_row row = {logits, n, largest, temperature, 0, 0};
        if (how[1] > 0 && how[1] < n) row.least = row.last(how[1], FLOAT_INF);
        if (topP > 0 && topP < 1) row.least = row.last(n, mul_rn((double)topP, (double)row.total()));
        if (minP > 0) row.leastMinP = mul_rn((double)minP, 1073741824.);
        token = row.draw(__uint_as_float(how[4]));
    } else {
        token = n;
        for (int i = threadIdx.x; i < n; i += blockDim.x)
            if (logits[i] == largest && i < token) token = i;
        token = block_reduce(min_of(), token);
    }
    if (threadIdx.x > 0) return;
    const double logTotal = log(total);
    out[0] = __uint_as_float((uint32_t)token);
    out[1] = (float)((double)logits[token] - (double)largest - logTotal);
    out[2] = (float)(logTotal - moment / total);
}

EXPORT_KERNEL(sample_rows)
