#include "scan.cuh"

// mamba_layer is a Mamba-1 mixer between its projections, for the letters see the package kernels. A is [DInner, N], N rounded
// up, and behind it come dt's bias, D, the convolution's bias (each [DInner]) and its taps [K, DInner]. If all R channels that read
// the same history are in one block, that renews it at the end; where R is 0, it leaves that to conv_remember.
struct mamba_layer {
    float *y;
    int ys;
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
        y[r * ys + d] = sum * silu(z[r * zs + d]);
    }
    __device__ __forceinline__ void end(span s, int own) const {
        if (R == 0) return;
        const int each = own / R, at = blockIdx.x * each + threadIdx.x;
        if (threadIdx.x < each && at < width) remember(x, xs, s, history_of(s), width, K, at);
    }
};

// grid (DInner/own, some of the spans)
KERNEL __launch_bounds__(256, 4) mamba(float *y, int ys, const float *z, int zs, const float *x, int xs, const float *b, int bs,
                                       const float *c, int cs, const float *dt, int dts, const int *P, int count_at, int spans_at,
                                       const float *A, float *S, float *history, int DInner, int DXB, int N, int K, int R, int own,
                                       int tokens) {
    DYN_SHARED(float, room);
    const mamba_layer layer = {y, ys, z, zs, x, xs, b, bs, c, cs, dt, dts, A, history, DInner, DXB > 0 ? DXB : DInner, N, K, R,
                               DXB > 0 ? DInner / DXB : 0, A + (i64)DInner * ((N + 3) & ~3)};
    scan<mamba_layer>(layer, {DInner, N, tokens, own}, room).run(P, count_at, spans_at, S);
}

EXPORT_KERNEL(mamba)
