// The recurrence of both Mamba mixers: S[d,n] = decay * S[d,n] + in * b[n], and sum_n S[d,n] c[n].
//
// S is [slot, channels, N], with N rounded up to a multiple of 4 by states that stay 0. A thread has 4 neighbouring states of a
// channel, in registers through all tokens of a span; lanes that are neighbours have the others of the channel. Tokens come
// in chunks. What the states of a channel share is computed first, for all tokens of a chunk at once, and waits in shared
// memory; so nothing but the recurrence itself goes from token to token. A block takes several spans, one after the
// other, for the same channels: their rates are read once, and the next span's states while it works on one.
#pragma once
#include "common.cuh"

// token_input is what all states of a channel share at a token: decay or what it is made of, what enters, what skips the
// states.
struct token_input { float decay, in, skip; };

// scan_shape is how a block's threads have its channels. A block has whole warps; threads beyond the channels help to read.
struct scan_shape {
    int channels; // in all
    int N, tokens; // states, and tokens of a chunk
    int own;       // channels of a block
    __device__ __forceinline__ int padded() const { return (N + 3) & ~3; }
    // lanes is how many threads share a channel. More states than they hold go to memory at every token.
    __device__ __forceinline__ int lanes() const {
        int lanes = 1;
        while (4 * lanes < N && lanes < 32) lanes *= 2;
        return lanes;
    }
};

struct states {
    float v[4];
    __device__ __forceinline__ void read(const float *at) {
        const float4 four = *(const float4 *)at;
        v[0] = four.x, v[1] = four.y, v[2] = four.z, v[3] = four.w;
    }
    __device__ __forceinline__ void write(float *at) const { *(float4 *)at = make_float4(v[0], v[1], v[2], v[3]); }
    static __device__ __forceinline__ states at(const float *p) {
        states v;
        v.read(p);
        return v;
    }
    __device__ __forceinline__ void clear() { v[0] = v[1] = v[2] = v[3] = 0; }

    // step takes the states over a token and returns their share of what is read. Fused operations are spelled out, so that
    // they are the same wherever the compiler puts this.
    template <class Layer>
    __device__ __forceinline__ float step(const Layer &layer, const states &rates, float decay, float in, const states &bs,
                                          const states &cs) {
        float sum = 0;
        for (int i = 0; i < 4; i++) {
            v[i] = fmaf(layer.decay(decay, rates.v[i]), v[i], mul_rn(in, bs.v[i]));
            sum = fmaf(v[i], cs.v[i], sum);
        }
        return sum;
    }
};

// sum_lanes is the sum over lanes that are neighbours, in each of them.
__device__ __forceinline__ float sum_lanes(float v, int lanes) {
    for (int o = lanes / 2; o; o /= 2) v += __shfl_xor_sync(0xffffffffu, v, o);
    return v;
}

// scan is a block at work. A layer says what enters at token t of a span in channel d, which rates d's states have, in which
// groups of B and C it is, and what becomes of the sum.
template <class Layer> struct scan {
    const Layer &layer;
    const scan_shape shape;
    // shared memory of a chunk: [tokens, own], and rows of the groups of B and then C
    float *decays, *in, *skip, *bc;
    int d0, last;              // the block's channels
    int bFirst, cFirst;        // its first groups
    int padded, bWidth, width; // of N, and of a row of bc
    // Of a thread that scans; those beyond the channels scan the last one and keep nothing.
    int lanes, mine, n; // lanes of a channel, the channel, the first state
    bool keeps, held;   // whether it is the thread's own, and whether all its states are in registers
    const float *b, *c; // in bc

    __device__ __forceinline__ scan(const Layer &layer, scan_shape shape, float *room) : layer(layer), shape(shape) {
        padded = shape.padded();
        d0 = blockIdx.x * shape.own, last = min(d0 + shape.own, shape.channels) - 1;
        bFirst = layer.b_group(d0), cFirst = layer.c_group(d0);
        bWidth = (layer.b_group(last) - bFirst + 1) * padded;
        width = bWidth + (layer.c_group(last) - cFirst + 1) * padded;
        const int all = shape.tokens * shape.own;
        decays = room, in = decays + all, skip = in + all, bc = room + ((3 * all + 3) & ~3);
        lanes = shape.lanes(), n = threadIdx.x % lanes * 4, held = padded <= 4 * lanes;
        mine = min((int)threadIdx.x / lanes, last - d0), keeps = threadIdx.x / lanes <= last - d0 && n < padded;
        b = bc + (layer.b_group(d0 + mine) - bFirst) * padded;
        c = bc + bWidth + (layer.c_group(d0 + mine) - cFirst) * padded;
    }
    // A thread prepares channel d0 + prepares() of every few tokens, from the first on.
    __device__ __forceinline__ int prepares() const { return threadIdx.x % shape.own; }
    __device__ __forceinline__ int every() const { return blockDim.x / shape.own; }
    __device__ __forceinline__ int first() const {
        const int t = threadIdx.x / shape.own;
        return t < every() && d0 + prepares() <= last ? t : shape.tokens;
    }
    // prepare fills the shared memory for m tokens.
    __device__ __forceinline__ void prepare(span s, int from, int m) const {
        for (int t = first(); t < m; t += every()) {
            const token_input v = layer.enter(s, from + t, d0 + prepares());
            const int i = t * shape.own + prepares();
            decays[i] = v.decay, in[i] = v.in, skip[i] = v.skip;
        }
        const int lane = threadIdx.x % 32, warps = blockDim.x / 32, warp = warps - 1 - threadIdx.x / 32;
        for (int j = lane; j < width; j += 32) {
            const bool ofB = j < bWidth;
            const int k = ofB ? j : j - bWidth, group = k / padded, state = k - group * padded;
            const float *row = ofB ? layer.b + (bFirst + group) * shape.N : layer.c + (cFirst + group) * shape.N;
            const int stride = ofB ? layer.bs : layer.cs;
            for (int t = warp; t < m; t += warps)
                bc[t * width + j] = state < shape.N ? row[(i64)(s.row + from + t) * stride + state] : 0;
        }
    }
    // leave passes on what was read at m tokens.
    __device__ __forceinline__ void leave(span s, int from, int m) const {
        for (int t = first(); t < m; t += every())
            layer.leave(s, from + t, d0 + prepares(), skip[t * shape.own + prepares()]);
    }
    // recur takes the states over m tokens, or, if registers do not hold them, those in memory.
    __device__ __forceinline__ void recur(states &now, states &rates, bool fresh, int m, float *memory) const {
        const int some = n < padded ? n : 0;
        int t = 0;
        for (; held && t + 2 <= m; t += 2) { // so that one need not wait for the other
            float sums[2];
            for (int k = 0; k < 2; k++) {
                const int e = (t + k) * shape.own + mine, row = (t + k) * width + some;
                sums[k] = now.step(layer, rates, decays[e], in[e], states::at(b + row), states::at(c + row));
            }
            for (int k = 0; k < 2; k++) sums[k] = sum_lanes(n < padded ? sums[k] : 0, lanes);
            for (int k = 0; k < 2; k++)
                if (keeps && n == 0) skip[(t + k) * shape.own + mine] += sums[k];
        }
        for (; t < m; t++) {
            const int e = t * shape.own + mine;
            const float decay = decays[e], entering = in[e];
            float sum = 0;
            for (int state = n; state < padded; state += 4 * lanes) {
                if (!held) {
                    rates = layer.rates(d0 + mine, state);
                    now.clear();
                    if (!fresh || t > 0) now.read(memory + state);
                }
                sum += now.step(layer, rates, decay, entering, states::at(b + t * width + state), states::at(c + t * width + state));
                if (!held && keeps) now.write(memory + state);
            }
            sum = sum_lanes(sum, lanes);
            if (keeps && n == 0) skip[e] += sum;
        }
    }
    // run takes the block's channels through its spans.
    __device__ __forceinline__ void run(const int *P, int count_at, int spans_at, float *S) const {
        const int count = P[count_at], some = n < padded ? n : 0;
        const i64 channel = (i64)(d0 + mine) * padded, slots = (i64)shape.channels * padded;
        int i = blockIdx.y;
        if (i >= count) return;
        states rates = layer.rates(d0 + mine, some), now, next;
        span s = span_of(P, spans_at, i);
        next.clear();
        if (s.pos > 0) next.read(S + s.slot * slots + channel + some);
        for (;;) {
            const span at = s;
            float *memory = S + at.slot * slots + channel;
            now = next;
            i += gridDim.y;
            if (i < count) {
                s = span_of(P, spans_at, i);
                next.clear();
                if (s.pos > 0) next.read(S + s.slot * slots + channel + some);
            }
            for (int from = 0; from < at.len; from += shape.tokens) {
                const int m = min(at.len - from, shape.tokens);
                prepare(at, from, m);
                __syncthreads();
                recur(now, rates, at.pos == 0 && from == 0, m, memory);
                __syncthreads();
                leave(at, from, m);
            }
            if (held && keeps) now.write(memory + n);
            layer.end(at, shape.own);
            if (i >= count) return;
        }
    }
};
