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
    int own;              // channels of a block

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
                               DXB > 0 ? DInner / DXB : 0, A + (i64)DInner * ((N + 3) & ~3), own};
    scan<mamba_layer>(layer, {DInner, N, tokens, own}, shared).run(P, count_at, spans_at, S);
}

// mamba_step is the same where all spans have one token, for 16 states and 4 taps. A thread has a channel for what its states
// share; for the states, it is one of the 4 lanes of 4 channels of its warp, one after the other. A block takes several
// spans, and reads all of the next one while it works on one: nothing waits for memory, and nothing is computed twice. grid
// (DInner/own, some of the spans), own threads
struct mamba_steps {
    static const int N = 16, K = 4, lanes = 4;
    static const int shared_rows = 3; // floats of rows of B and C that a thread reads

    // ahead is what a thread reads of a span.
    struct ahead {
        states s[lanes];
        float x[K], gate, dt; // x, oldest first
        float rows[shared_rows];
    };

    const mamba_layer &layer;
    int first, last, lane; // the warp's channels
    int own, xAt;          // the thread's channel, and that of x which it repeats
    bool mine, remembers;  // whether that is no other thread's as well, and whether this one renews the history
    int bFirst, bRows, rows; // the block's first row of B, how many there are, and with those of C
    int bAt[lanes], cAt[lanes]; // in shared memory
    states rates[lanes];
    float taps[K], convBias, bias, D;

    __device__ __forceinline__ mamba_steps(const mamba_layer &layer, int channels) : layer(layer) {
        const int d0 = blockIdx.x * channels, n = threadIdx.x % lanes * 4;
        lane = threadIdx.x % 32;
        first = d0 + threadIdx.x / 32 * 32, last = min(d0 + channels, layer.DInner) - 1;
        own = min(first + lane, last), mine = first + lane <= last;
        const int head = own / N, group = layer.repeats ? head / layer.repeats : 0;
        xAt = layer.repeats ? own - N * (head - group) : own;
        remembers = mine && layer.R > 0 && (!layer.repeats || head == group * layer.repeats);
        bFirst = layer.b_group(d0), bRows = layer.b_group(last) - bFirst + 1;
        rows = bRows + layer.c_group(last) - layer.c_group(d0) + 1;
        const float *w = layer.weights + own;
        bias = w[0], D = w[layer.DInner], convBias = w[2 * layer.DInner];
#pragma unroll
        for (int j = 0; j < K; j++) taps[j] = w[(3 + j) * layer.DInner];
#pragma unroll
        for (int i = 0; i < lanes; i++) {
            rates[i] = layer.rates(channel(i), n);
            bAt[i] = (layer.b_group(channel(i)) - bFirst) * N + n;
            cAt[i] = (bRows + layer.c_group(channel(i)) - layer.c_group(d0)) * N + n;
        }
    }
    __device__ __forceinline__ int channel(int i) const { return min(first + 8 * i + lane / lanes, last); }
    __device__ __forceinline__ float *state(float *S, span s, int i) const {
        return S + ((i64)s.slot * layer.DInner + channel(i)) * N + lane % lanes * 4;
    }
    __device__ __forceinline__ void read(ahead &to, float *S, span s) const {
        const i64 r = s.row;
        const float *history = layer.history_of(s);
#pragma unroll
        for (int i = 0; i < lanes; i++) {
            to.s[i].clear();
            if (s.pos > 0) to.s[i].read(state(S, s, i));
        }
#pragma unroll
        for (int j = 0; j < K - 1; j++) to.x[j] = s.pos > 0 ? history[j * layer.width + xAt] : 0;
        to.x[K - 1] = layer.x[r * layer.xs + xAt];
        to.gate = layer.z[r * layer.zs + own], to.dt = layer.dt[r * layer.dts + own];
        const float *b = layer.b + r * layer.bs + bFirst * N, *c = layer.c + r * layer.cs + layer.c_group(blockIdx.x * layer.own) * N;
#pragma unroll
        for (int k = 0; k < shared_rows; k++) {
            const int i = threadIdx.x + k * blockDim.x;
            to.rows[k] = i < bRows * N ? b[i] : i < rows * N ? c[i - bRows * N] : 0;
        }
    }
    // show puts rows of B and C where all threads find them after the next barrier.
    __device__ __forceinline__ void show(const ahead &from, float *room) const {
#pragma unroll
        for (int k = 0; k < shared_rows; k++)
            if (threadIdx.x + k * blockDim.x < rows * N) room[threadIdx.x + k * blockDim.x] = from.rows[k];
    }
    __device__ __forceinline__ void step(ahead &now, float *S, span s, const float *room) const {
        float sum = convBias;
#pragma unroll
        for (int j = 0; j < K; j++) sum += taps[j] * now.x[j];
        const float xc = silu(sum), delta = softplus(now.dt + bias), entering = delta * xc;
        float all = D * xc;
#pragma unroll
        for (int i = 0; i < lanes; i++) {
            const int from = min(8 * i + lane / lanes, last - first);
            const float d = __shfl_sync(0xffffffffu, delta, from), in = __shfl_sync(0xffffffffu, entering, from);
            const float part = sum_lanes(now.s[i].step(layer, rates[i], d, in, states::at(room + bAt[i]), states::at(room + cAt[i])), lanes);
            if (first + 8 * i + lane / lanes <= last) now.s[i].write(state(S, s, i));
            const float of_own = __shfl_sync(0xffffffffu, part, lane % 8 * lanes);
            if (lane / 8 == i) all += of_own;
        }
        if (mine) layer.put(s.row, own, all * silu(now.gate));
    }
    // remember renews the history, when all have read it.
    __device__ __forceinline__ void remember(const ahead &now, span s) const {
        float *history = layer.history_of(s);
#pragma unroll
        for (int j = 0; j < K - 1; j++)
            if (remembers) history[j * layer.width + xAt] = now.x[j + 1];
    }
};

KERNEL __launch_bounds__(128, 4) mamba_step(float *y, int ys, bf16 *rounded, int room, const float *z, int zs, const float *x, int xs,
                                            const float *b, int bs, const float *c, int cs, const float *dt, int dts, const int *P,
                                            int count_at, int spans_at, const float *A, float *S, float *history, int DInner, int DXB,
                                            int R, int own) {
    __shared__ __align__(16) float rows[2][mamba_steps::shared_rows * 128];
    let_next_begin();
    const int count = P[count_at];
    int i = blockIdx.y;
    if (i >= count) return;
    span s = span_of(P, spans_at, i);
    const mamba_layer layer = {y, ys, {rounded, room}, z, zs, x, xs, b, bs, c, cs, dt, dts, A, history, DInner, DXB > 0 ? DXB : DInner,
                               mamba_steps::N, mamba_steps::K, R, DXB > 0 ? DInner / DXB : 0, A + (i64)DInner * mamba_steps::N, own};
    const mamba_steps steps(layer, own);
    await_previous();
    mamba_steps::ahead now, next;
    steps.read(next, S, s);
    steps.show(next, rows[0]);
    __syncthreads();
    for (int turn = 0;; turn ^= 1) {
        const span at = s;
        now = next;
        i += gridDim.y;
        if (i < count) {
            s = span_of(P, spans_at, i);
            steps.read(next, S, s);
        }
        steps.step(now, S, at, rows[turn]);
        if (i < count) steps.show(next, rows[turn ^ 1]);
        __syncthreads(); // the rows of the next are there, and the history has been read
        steps.remember(now, at);
        if (i >= count) return;
    }
}

EXPORT_KERNEL(mamba)
EXPORT_KERNEL(mamba_step)
