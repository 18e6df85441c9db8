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

// mamba_step is the same where all spans have one token: nothing has to wait for others but what renews the history, and all that a
// thread reads is under way at once. grid (DInner/own, spans)
KERNEL __launch_bounds__(256, 4) mamba_step(float *y, int ys, bf16 *rounded, int room, const float *z, int zs, const float *x, int xs,
                                            const float *b, int bs, const float *c, int cs, const float *dt, int dts, const int *P,
                                            int count_at, int spans_at, const float *A, float *S, float *history, int DInner, int DXB,
                                            int N, int K, int R, int own) {
    begin();
    if (blockIdx.y >= P[count_at]) return;
    const span s = span_of(P, spans_at, blockIdx.y);
    const scan_shape shape = {DInner, N, 1, own};
    const int lanes = shape.lanes(), padded = shape.padded(), local = threadIdx.x / lanes;
    const int n = threadIdx.x % lanes * 4, most = min(own, DInner - (int)blockIdx.x * own) - 1, d = blockIdx.x * own + min(local, most);
    const bool has = n < padded, keeps = has && local <= most;
    const mamba_layer layer = {y, ys, {rounded, room}, z, zs, x, xs, b, bs, c, cs, dt, dts, A, history, DInner, DXB > 0 ? DXB : DInner, N, K, R,
                               DXB > 0 ? DInner / DXB : 0, A + (i64)DInner * padded};
    float *memory = S + ((i64)s.slot * DInner + d) * padded + (has ? n : 0);
    states now;
    now.clear();
    if (s.pos > 0) now.read(memory);
    const states rates = layer.rates(d, has ? n : 0);
    const float gate = z[(i64)s.row * zs + d];
    const float *bRow = b + (i64)s.row * bs + layer.b_group(d) * N, *cRow = c + (i64)s.row * cs + layer.c_group(d) * N;
    __align__(16) float bs4[4], cs4[4];
    for (int i = 0; i < 4; i++) bs4[i] = n + i < N ? bRow[n + i] : 0, cs4[i] = n + i < N ? cRow[n + i] : 0;
    const token_input v = layer.enter(s, 0, d);
    const float sum = now.step(layer, rates, v.decay, v.in, bs4, cs4), all = v.skip + sum_lanes(has ? sum : 0, lanes);
    if (keeps) now.write(memory);
    if (keeps && n == 0) layer.put(s.row, d, all * silu(gate));
    if (R == 0) return;
    __syncthreads();
    layer.end(s, own);
}

EXPORT_KERNEL(mamba)
EXPORT_KERNEL(mamba_step)
