#include "scan.cuh"

// mamba_layer is a Mamba-1 mixer between its projections, for the letters see the package kernels. A is [DInner, N], N rounded
// up, and behind it come dt's bias, D, the convolution's bias (each [DInner]) and its taps [K, DInner]. If all R channels that read
// the same history are in one block, that renews it at the end; where R is 0, it leaves that to conv_remember.
struct mamba_layer {
    float *y;
    int ys;
    operand rounded;
    const float *z;
    int zs;
    const float *x;
    int xs;
    const float *b;
    int bs;
    const float *c;
    int cs;
    const float *dt;
    int dts;
    const float *A;
    float *history;
    int DInner, width, N, K, R;
    int repeats;          // how often a block of x and B is repeated, 0 for not at all
    const float *weights; // from dt's bias on

    __device__ __forceinline__ int c_group(int d) const { return repeats ? d / N : 0; }
    __device__ __forceinline__ int b_group(int d) const { return repeats ? d / N / repeats : 0; }
    __device__ __forceinline__ states rates(int d, int n) const {
        states r;
        r.read(A + (i64)d * ((N + 3) & ~3) + n);
        return r;
    }
    __device__ __forceinline__ float decay(float delta, float rate) const { return expf(delta * rate); }

    __device__ __forceinline__ float *history_of(span s) const { return history + (i64)s.slot * (K - 1) * width; }
    __device__ __forceinline__ token_input enter(span s, int t, int d) const {
        const i64 r = s.row + t;
        const int at = repeats ? d - N * (c_group(d) - b_group(d)) : d; // the channel of x that d repeats
        float xc;
        if (K == 0)
            xc = x[r * xs + at];
        else
            xc = silu(convolve(weights + 3 * DInner, weights[2 * DInner + d], K, DInner, d, x, xs, s, t, history_of(s), width, at));
        const float delta = softplus(dt[r * dts + d] + weights[d]);
        return {delta, delta * xc, weights[DInner + d] * xc};
    }
    __device__ __forceinline__ void leave(span s, int t, int d, float sum) const {
        const i64 r = s.row + t;
        put(r, d, sum * silu(z[r * zs + d]));
    }
    __device__ __forceinline__ void put(i64 r, int d, float v) const {
        y[r * ys + d] = v;
        rounded.put(r, d, v);
    }
    __device__ __forceinline__ void end(span s, int own) const {
        if (R == 0) return;
        const int each = own / R, at = blockIdx.x * each + threadIdx.x;
        if (threadIdx.x < each && at < width) remember(x, xs, s, history_of(s), width, K, at);
    }
};

// grid (DInner/own, some of the spans)
KERNEL __launch_bounds__(256, 4) mamba(float *y, int ys, bf16 *rounded, int room, const float *z, int zs, const float *x, int xs, const float *b, int bs,
                                       const float *c, int cs, const float *dt, int dts, const int *P, int count_at, int spans_at,
                                       const float *A, float *S, float *history, int DInner, int DXB, int N, int K, int R, int own,
                                       int tokens) {
    begin();
    DYN_SHARED(float, shared);
    const mamba_layer layer = {y, ys, {rounded, room}, z, zs, x, xs, b, bs, c, cs, dt, dts, A, history, DInner, DXB > 0 ? DXB : DInner, N, K, R,
                               DXB > 0 ? DInner / DXB : 0, A + (i64)DInner * ((N + 3) & ~3)};
    scan<mamba_layer>(layer, {DInner, N, tokens, own}, shared).run(P, count_at, spans_at, S);
}

// mamba_step is the same where all spans have one token and a channel has 4 lanes: nothing has to wait for others but what
// renews the history. A thread has a channel for what its states share; for the states, it is one of the 4 lanes of 4 channels
// of its warp, one after the other. A block takes several spans, and reads the states of the next while it works on one. grid
// (DInner/own, some of the spans), own threads
struct mamba_steps {
    static const int lanes = 4;
    const mamba_layer &layer;
    int first, last, lane, n, padded; // the warp's channels, and the thread's first state
    bool has;
    states rates[lanes];

    __device__ __forceinline__ mamba_steps(const mamba_layer &layer, int own) : layer(layer) {
        lane = threadIdx.x % 32, n = lane % lanes * 4, padded = (layer.N + 3) & ~3, has = n < padded;
        first = blockIdx.x * own + threadIdx.x / 32 * 32, last = min((int)(blockIdx.x + 1) * own, layer.DInner) - 1;
#pragma unroll
        for (int i = 0; i < lanes; i++) rates[i] = layer.rates(channel(i), has ? n : 0);
    }
    __device__ __forceinline__ int channel(int i) const { return min(first + 8 * i + lane / lanes, last); }
    __device__ __forceinline__ float *memory(float *S, span s, int i) const {
        return S + ((i64)s.slot * layer.DInner + channel(i)) * padded + (has ? n : 0);
    }
    __device__ __forceinline__ void read(states (&now)[lanes], float *S, span s) const {
#pragma unroll
        for (int i = 0; i < lanes; i++) {
            now[i].clear();
            if (s.pos > 0) now[i].read(memory(S, s, i));
        }
    }
    __device__ __forceinline__ void step(states (&now)[lanes], float *S, span s) const {
        const int own = min(first + lane, last);
        const float gate = layer.z[(i64)s.row * layer.zs + own];
        const token_input v = layer.enter(s, 0, own);
        float all = v.skip;
#pragma unroll
        for (int i = 0; i < lanes; i++) {
            const int d = channel(i);
            const float *b = layer.b + (i64)s.row * layer.bs + layer.b_group(d) * layer.N, *c = layer.c + (i64)s.row * layer.cs + layer.c_group(d) * layer.N;
            __align__(16) float bs[4], cs[4];
            for (int k = 0; k < 4; k++) bs[k] = n + k < layer.N ? b[n + k] : 0, cs[k] = n + k < layer.N ? c[n + k] : 0;
            const float decay = __shfl_sync(0xffffffffu, v.decay, d - first), in = __shfl_sync(0xffffffffu, v.in, d - first);
            const float sum = sum_lanes(has ? now[i].step(layer, rates[i], decay, in, bs, cs) : 0, lanes);
            if (has && first + 8 * i + lane / lanes <= last) now[i].write(memory(S, s, i));
            const float mine = __shfl_sync(0xffffffffu, sum, lane % 8 * lanes);
            if (lane / 8 == i) all += mine;
        }
        if (first + lane <= last) layer.put(s.row, own, all * silu(gate));
    }
};

KERNEL __launch_bounds__(128, 5) mamba_step(float *y, int ys, bf16 *rounded, int room, const float *z, int zs, const float *x, int xs,
                                            const float *b, int bs, const float *c, int cs, const float *dt, int dts, const int *P,
                                            int count_at, int spans_at, const float *A, float *S, float *history, int DInner, int DXB,
                                            int N, int K, int R, int own) {
    let_next_begin();
    const int count = P[count_at];
    int i = blockIdx.y;
    if (i >= count) return;
    span s = span_of(P, spans_at, i);
    const mamba_layer layer = {y, ys, {rounded, room}, z, zs, x, xs, b, bs, c, cs, dt, dts, A, history, DInner, DXB > 0 ? DXB : DInner, N, K, R,
                               DXB > 0 ? DInner / DXB : 0, A + (i64)DInner * ((N + 3) & ~3)};
    const mamba_steps steps(layer, own);
    await_previous();
    states now[mamba_steps::lanes], next[mamba_steps::lanes];
    steps.read(next, S, s);
    for (;;) {
        const span at = s;
#pragma unroll
        for (int k = 0; k < mamba_steps::lanes; k++) now[k] = next[k];
        i += gridDim.y;
        if (i < count) {
            s = span_of(P, spans_at, i);
            steps.read(next, S, s);
        }
        steps.step(now, S, at);
        if (R > 0) {
            __syncthreads(); // the history has been read
            layer.end(at, own);
        }
        if (i >= count) return;
    }
}

EXPORT_KERNEL(mamba)
EXPORT_KERNEL(mamba_step)
