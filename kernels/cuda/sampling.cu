#include "common.cuh"

// Draws a token from every row of logits, exactly as package kernels says: weights are whole numbers, whose sums are the same
// in any order.
//
// A row is read by many blocks, a part each. sample_parts finds the largest logit, on which all weights depend, and what
// the row's figures are made of. sample_rows weighs the tokens, and the last of a row's blocks to come there draws. Nobody
// keeps weights; they are computed anew from the logits wherever they are needed, but not where all logits are too low.

// part is what is known of a part of a row: sums of exp(x) and x exp(x), with x = logit - largest, and what its kept tokens
// weigh.
struct part {
    double sum, moment;
    u64 kept;
    float largest; // -Inf if there is none
};

// cut_bins is how many bins tokens are counted in by their weights, for a first step towards TopK and TopP.
const int cut_bins = 512;

// row_cuts is what the blocks of a row share: the bins, if something is cut off, and how many blocks have come to the end.
struct row_cuts {
    u64 weights[cut_bins];
    unsigned counts[cut_bins];
    unsigned arrived;
};

// bin_of orders weights by their highest bit and the 4 behind it, so that all weights of a bin, and no others, have these bits.
// bin_floor is the lowest of a bin.
__device__ __forceinline__ int bin_of(int w) {
    if (w == 0) return -1;
    const int e = 31 - __clz(w);
    return 16 * e + ((e < 4 ? w << (4 - e) : w >> (e - 4)) & 15);
}
__device__ __forceinline__ float bin_floor(int b) { return __uint_as_float((uint32_t)(b + 127 * 16) << 19); }

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

// held are the logits that a thread has of a part: neighbours in fours, so that they come in few loads at once.
const int held_logits = 16;
struct held {
    float v[held_logits];

    __device__ __forceinline__ void read(const float *row, int n, int p) {
        const bool aligned = (u64)row % 16 == 0;
        for (int j = 0; j < held_logits; j += 4) {
            const int i = id(p, j);
            if (aligned && i + 4 <= n) {
                const float4 four = *(const float4 *)(row + i);
                v[j] = four.x, v[j + 1] = four.y, v[j + 2] = four.z, v[j + 3] = four.w;
            } else {
                for (int k = 0; k < 4; k++) v[j + k] = i + k < n ? row[i + k] : -FLOAT_INF;
            }
        }
    }
    // id is the token of value k in part p.
    static __device__ __forceinline__ int id(int p, int k) {
        return (p * held_logits + k / 4 * 4) * blockDim.x + 4 * threadIdx.x + k % 4;
    }
};

// sample_parts writes what the figures of all parts are made of, and empties what sample_rows counts in. how has 5 words a
// row: kernels.Sampling. grid (rows * parts), parts of held_logits * block tokens
KERNEL sample_parts(const float *logits, int stride, int n, int parts, const int *P, int rows_at, part *all, row_cuts *cuts) {
    begin();
    const int row = blockIdx.x / parts, p = blockIdx.x % parts;
    if (row >= P[rows_at]) return;
    held h;
    h.read(logits + (i64)row * stride, n, p);
    float largest = -FLOAT_INF;
    for (int k = 0; k < held_logits; k++) largest = h.v[k] > largest ? h.v[k] : largest;
    largest = block_reduce(max_of(), largest);
    const float base = largest > -FLOAT_INF ? largest : 0; // a part may be masked
    float sum = 0, moment = 0;
    for (int k = 0; k < held_logits; k++) {
        const float x = h.v[k] - base, w = expf(x);
        sum += w;
        moment += w > 0 ? x * w : 0;
    }
    const double total = block_reduce(sum_of(), (double)sum), moments = block_reduce(sum_of(), (double)moment);
    cuts += row;
    for (int b = p * blockDim.x + threadIdx.x; b < cut_bins; b += parts * blockDim.x) cuts->weights[b] = 0, cuts->counts[b] = 0;
    if (threadIdx.x > 0) return;
    part r = {total, moments, 0, largest};
    all[blockIdx.x] = r;
    if (p == 0) cuts->arrived = 0;
}

// tally is a number of tokens, and what they weigh.
struct tally {
    i64 count, sum;
    __device__ __forceinline__ void add(tally t) { count += t.count, sum += t.sum; }
};

// reach adds up the tallies of the threads in their order, behind those in run, until there is enough of either. It returns the
// thread where there is, and leaves in run what came before it; or blockDim.x, and all.
__device__ __forceinline__ int reach(tally own, tally enough, tally &run) {
    __shared__ i64 counts[32], sums[32], before[2];
    __shared__ int first;
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    tally to = own; // and with the threads before it
    for (int o = 1; o < 32; o *= 2) {
        const tally t = {__shfl_up_sync(0xffffffffu, to.count, o), __shfl_up_sync(0xffffffffu, to.sum, o)};
        if (lane >= o) to.add(t);
    }
    __syncthreads(); // the numbers of a search before may still be read
    if (lane == 31) counts[warp] = to.count, sums[warp] = to.sum;
    if (threadIdx.x == 0) first = blockDim.x;
    __syncthreads();
    to.add(run);
    for (int w = 0; w < warp; w++) to.count += counts[w], to.sum += sums[w];
    if (to.count >= enough.count || to.sum >= enough.sum) atomicMin(&first, (int)threadIdx.x);
    __syncthreads();
    const int at = first;
    if (threadIdx.x == at) before[0] = to.count - own.count, before[1] = to.sum - own.sum;
    if (at == blockDim.x && threadIdx.x == at - 1) before[0] = to.count, before[1] = to.sum;
    __syncthreads();
    run.count = before[0], run.sum = before[1];
    return at;
}

// highest is the bin at which there is enough, from the highest down, or -1. Every thread asks for some bins.
template <class F> __device__ __forceinline__ int highest(int bins, F bin, tally enough, tally &run) {
    for (int from = bins; from > 0; from -= blockDim.x) {
        const int b = from - 1 - (int)threadIdx.x;
        tally own = {0, 0};
        if (b >= 0) own = bin(b);
        const int at = reach(own, enough, run);
        if (at < blockDim.x) return from - 1 - at;
    }
    return -1;
}

const i64 no_end = 0x7fffffffffffffffll;

// most_listed is how many tokens of a bin are listed to be searched; more are found anew on every pass.
const int most_listed = 4096;

// sampled_row is what a row's weights are made of, and which of them count.
struct sampled_row {
    const float *logits;
    part *all;
    row_cuts *cuts;
    u64 *list; // shared memory for most_listed ranks
    int n, parts;
    float largest, temperature; // 0 for the most probable token
    double perTemperature;
    u64 least;   // rank below which tokens are cut off
    float bound; // and a logit below which all are

    // keep cuts off what ranks below least.
    __device__ __forceinline__ void keep(u64 rank) {
        least = rank;
        bound = temperature > 0 ? lowest((float)(rank >> 32)) : largest;
    }
    // lowest is a logit below which nothing has a weight of w, with room for all roundings.
    __device__ __forceinline__ float lowest(float w) const {
        const float x = logf(w - 0.5f) - 20.7944f - 1e-3f;
        return largest + temperature * x - 1e-6f * fabsf(largest);
    }
    // weigh divides exactly: quotients of two floats are not so near to the middle between floats that a product of doubles
    // is rounded to another one, but for those so small that it does not matter. A division would take a slow path with its
    // registers.
    __device__ __forceinline__ int weigh(float logit) const {
        return weight((float)mul_rn((double)add_rn(logit, -largest), perTemperature));
    }

    // rank orders tokens by weight, equal ones by the lower id.
    static __device__ __forceinline__ u64 rank(int w, int id) { return (u64)(uint32_t)w << 32 | (uint32_t)~id; }

    // kept is the weight of a token, 0 if it is cut off.
    __device__ __forceinline__ int kept(float logit, int id) const {
        if (logit < bound) return 0;
        if (!(temperature > 0)) return logit == largest;
        const int w = weigh(logit);
        return rank(w, id) < least ? 0 : w;
    }
    // weigh_part is what the kept tokens of part p weigh.
    __device__ __forceinline__ void weigh_part(int p) const {
        i64 sum = 0;
        if (!(all[p].largest < bound)) {
            held h;
            h.read(logits, n, p);
            for (int k = 0; k < held_logits; k++) sum += kept(h.v[k], h.id(p, k));
            sum = block_reduce(sum_of(), sum);
        }
        if (threadIdx.x == 0) all[p].kept = sum;
    }
    // count_part adds the tokens of part p to the bins. Sums of a part are in halves, which the GPU adds faster.
    __device__ __forceinline__ void count_part(int p) const {
        unsigned *counts = (unsigned *)list, *low = counts + cut_bins, *high = low + cut_bins;
        if (all[p].largest < bound) return;
        held h;
        h.read(logits, n, p);
        for (int b = threadIdx.x; b < cut_bins; b += blockDim.x) counts[b] = 0, low[b] = 0, high[b] = 0;
        __syncthreads();
        for (int k = 0; k < held_logits; k++) {
            const int w = h.v[k] < bound ? 0 : weigh(h.v[k]), b = bin_of(w);
            if (b < 0) continue;
            atomicAdd(&counts[b], 1u);
            atomicAdd(&low[b], (unsigned)w & 0xffffu);
            atomicAdd(&high[b], (unsigned)w >> 16);
        }
        __syncthreads();
        for (int b = threadIdx.x; b < cut_bins; b += blockDim.x) {
            if (counts[b] == 0) continue;
            atomicAdd(&cuts->counts[b], counts[b]);
            atomicAdd(&cuts->weights[b], ((u64)high[b] << 16) + low[b]);
        }
    }
    // cut is the rank of the last token that is kept, if the highest are until there is enough of them, and leaves in run
    // what they are together.
    __device__ __forceinline__ u64 cut(tally enough, tally &run) const {
        run.count = 0, run.sum = 0;
        const auto bin = [&](int b) { return tally{__ldcg(&cuts->counts[b]), (i64)__ldcg(&cuts->weights[b])}; };
        const int b = highest(cut_bins, bin, enough, run);
        if (b < 0) return least; // all are kept
        const int count = bin(b).count, listed = count <= most_listed ? count : -1;
        if (listed > 0) {
            __shared__ int next;
            __syncthreads(); // the list may still be read
            if (threadIdx.x == 0) next = 0;
            __syncthreads();
            visit_bin(b, [&](u64 r) { list[atomicAdd(&next, 1)] = r; });
            __syncthreads();
        }
        return last(b, listed, enough, run);
    }
    // visit_bin calls visit with the rank of every token in bin b.
    template <class F> __device__ __forceinline__ void visit_bin(int b, F visit) const {
        const float from = lowest(bin_floor(b));
        for (int p = 0; p < parts; p++) {
            if (all[p].largest < from) continue;
            held h;
            h.read(logits, n, p);
            for (int k = 0; k < held_logits; k++) {
                if (h.v[k] < from) continue;
                const int w = weigh(h.v[k]);
                if (bin_of(w) == b) visit(rank(w, h.id(p, k)));
            }
        }
    }
    // visit does the same by the list, if it has so many.
    template <class F> __device__ __forceinline__ void visit(int b, int listed, F visit) const {
        if (listed < 0) return visit_bin(b, visit);
        for (int i = threadIdx.x; i < listed; i += blockDim.x) visit(list[i]);
    }
    // last finds that rank in bin b, behind what is in run: digit by digit, from the first in which the ranks there differ, until
    // a token is the only one that has it.
    __device__ __forceinline__ u64 last(int b, int listed, tally enough, tally &run) const {
        __shared__ unsigned counts[256];
        __shared__ u64 weights[256];
        u64 any = 0, every = ~0ull;
        visit(b, listed, [&](u64 r) { any |= r, every &= r; });
        any = block_reduce(or_of(), any), every = block_reduce(and_of(), every);
        int shift = 1;
        while ((any ^ every) >> shift) shift++;
        u64 prefix = every >> shift;
        for (;;) {
            const int above = shift, width = shift < 8 ? shift : 8;
            shift -= width;
            __syncthreads(); // the counts may still be read
            for (int i = threadIdx.x; i < 256; i += blockDim.x) counts[i] = 0, weights[i] = 0;
            __syncthreads();
            visit(b, listed, [&](u64 r) {
                if (r >> above != prefix) return;
                const int digit = (int)(r >> shift) & ((1 << width) - 1);
                atomicAdd(&counts[digit], 1u);
                atomicAdd(&weights[digit], r >> 32);
            });
            __syncthreads();
            const int d = highest(256, [&](int d) { return tally{counts[d], (i64)weights[d]}; }, enough, run);
            prefix = prefix << width | (u64)d;
            if (counts[d] > 1) continue;
            run.add({1, (i64)weights[d]});
            return prefix << shift;
        }
    }
    // draw is the first token whose weight, added to those of all lower ids, exceeds uniform times the total.
    __device__ __forceinline__ int draw(float uniform) const {
        __shared__ int token;
        i64 total = 0;
        for (int p = threadIdx.x; p < parts; p += blockDim.x) total += (i64)__ldcg(&all[p].kept);
        total = block_reduce(sum_of(), total);
        if (total == 0) return 0;
        tally run = {0, 0};
        const tally enough = {no_end, (i64)mul_rn((double)uniform, (double)total) + 1};
        const auto part = [&](int b) { return tally{0, (i64)__ldcg(&all[parts - 1 - b].kept)}; };
        const int p = parts - 1 - highest(parts, part, enough, run);
        int own[held_logits], from = (p * blockDim.x + threadIdx.x) * held_logits; // a run of ids
        i64 sum = 0;
        for (int k = 0; k < held_logits; k++) sum += own[k] = from + k < n ? kept(logits[from + k], from + k) : 0;
        if (reach({0, sum}, enough, run) == threadIdx.x) {
            i64 left = enough.sum - run.sum;
            for (int k = 0; k < held_logits; k++)
                if (left > 0 && (left -= own[k]) <= 0) token = from + k;
        }
        __syncthreads();
        return token;
    }
};

// last_to_come tells a block whether all others of so many have told what they found; what was written before is then seen.
__device__ __forceinline__ bool last_to_come(unsigned *arrived, int blocks) {
    __shared__ bool last;
    __threadfence();
    __syncthreads();
    if (threadIdx.x == 0) last = atomicAdd(arrived, 1u) == blocks - 1;
    __syncthreads();
    __threadfence();
    return last;
}

// sample_rows writes token, log-probability and entropy of every row to out, 3 words a row. grid as of sample_parts
KERNEL __launch_bounds__(256, 4) sample_rows(const float *logits, int stride, int n, int parts, const int *P, int rows_at,
                                             int how_at, part *all, row_cuts *cuts, float *out) {
    begin();
    __shared__ u64 list[most_listed];
    const int row = blockIdx.x / parts;
    if (row >= P[rows_at]) return;
    const int *how = P + P[how_at] + 5 * row, topK = how[1];
    const float topP = __uint_as_float(how[2]), minP = __uint_as_float(how[3]);
    sampled_row r = {logits + (i64)row * stride, all + (i64)row * parts, cuts + row, list, n, parts};
    r.temperature = __uint_as_float(how[0]), r.largest = -FLOAT_INF;
    r.perTemperature = 1 / (double)r.temperature;
    for (int p = threadIdx.x; p < parts; p += blockDim.x) r.largest = max_of()(r.largest, r.all[p].largest);
    r.largest = block_reduce(max_of(), r.largest);
    r.keep(1ull << 32);
    const bool byK = topK > 0 && topK < n, byP = topP > 0 && topP < 1, cutting = r.temperature > 0 && (byK || byP);
    const u64 leastMinP = minP > 0 ? (u64)ceil(min(mul_rn((double)minP, 1073741824.), 2147483647.)) << 32 : 0;
    if (cutting) {
        r.count_part(blockIdx.x % parts);
    } else {
        if (leastMinP > r.least) r.keep(leastMinP);
        r.weigh_part(blockIdx.x % parts);
    }
    if (!last_to_come(&r.cuts->arrived, parts)) return;

    double total = 0, moment = 0;
    for (int p = threadIdx.x; p < parts; p += blockDim.x) {
        const part &a = r.all[p];
        const double x = (double)a.largest - (double)r.largest, w = exp(x);
        if (a.sum != 0) total += a.sum * w, moment += (a.moment + x * a.sum) * w;
    }
    total = block_reduce(sum_of(), total), moment = block_reduce(sum_of(), moment);
    out += 3 * row;
    if (!(total > 0)) { // no distribution
        if (threadIdx.x == 0) out[0] = 0, out[1] = FLOAT_NAN, out[2] = FLOAT_NAN;
        return;
    }
    if (cutting) {
        tally all; // that are kept
        u64 least = r.cut({byK ? topK : no_end, no_end}, all);
        if (byP) least = r.cut({no_end, (i64)ceil(mul_rn((double)topP, (double)all.sum))}, all);
        r.keep(max(least, leastMinP));
        for (int p = 0; p < parts; p++) r.weigh_part(p);
        __syncthreads();
    }
    const int token = r.draw(r.temperature > 0 ? __uint_as_float(how[4]) : 0);
    if (threadIdx.x > 0) return;
    const double logTotal = log(total);
    out[0] = __uint_as_float((uint32_t)token);
    out[1] = (float)((double)r.logits[token] - (double)r.largest - logTotal);
    out[2] = (float)(logTotal - moment / total);
}

EXPORT_KERNEL(sample_parts)
EXPORT_KERNEL(sample_rows)
