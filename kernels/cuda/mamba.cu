#include "common.cuh"

// mamba is a Mamba-1 mixer between its projections, for the letters see the package kernels. A thread has a channel d of a span and
// goes through its tokens; S is [slot, N, DInner], so that neighbouring threads read neighbouring states. weights is
// dt's bias, D, the convolution's bias (each [DInner]), its taps [K, DInner] and A [N, DInner]. A block has all R channels that
// read the same history, and renews it at the end; where R is 0, it leaves that to conv_remember. grid (DInner/block, spans)
KERNEL mamba(float *y, int ys, const float *z, int zs, const float *x, int xs, const float *b, int bs, const float *c, int cs,
             const float *dt, int dts, const int *P, int count_at, int spans_at, const float *weights, float *S, float *history,
             int DInner, int DXB, int N, int K, int R) {
    const int d = blockIdx.x * blockDim.x + threadIdx.x, width = DXB > 0 ? DXB : DInner;
    if (blockIdx.y >= P[count_at]) return;
    const span s = span_of(P, spans_at, blockIdx.y);
    if (K > 0) history += (i64)s.slot * (K - 1) * width;
    if (d < DInner) {
        const float bias = weights[d], D = weights[DInner + d], convBias = weights[2 * DInner + d];
        const float *taps = weights + 3 * DInner, *A = taps + (i64)K * DInner + d;
        int at = d; // the channel of x that d repeats
        if (DXB > 0) {
            const int head = d / N, group = head / (DInner / DXB);
            at = N * group + d - N * head;
            b += N * group;
            c += N * head;
        }
        S += (i64)s.slot * N * DInner + d;
        for (int t = 0; t < s.len; t++) {
            const i64 r = s.row + t;
            const float xc =
                K == 0 ? x[r * xs + at] : silu(convolve(taps, convBias, K, DInner, d, x, xs, s, t, history, width, at));
            const float delta = softplus(dt[r * dts + d] + bias), in = delta * xc;
            const bool first = s.pos == 0 && t == 0; // whatever the slot held
            float sum = D * xc;
            for (int n = 0; n < N; n++) {
                const float old = first ? 0 : S[(i64)n * DInner];
                const float v = expf(delta * A[(i64)n * DInner]) * old + in * b[r * bs + n];
                S[(i64)n * DInner] = v;
                sum += v * c[r * cs + n];
            }
            y[r * ys + d] = sum * silu(z[r * zs + d]);
        }
    }
    if (R == 0) return;
    __syncthreads();
    const int each = blockDim.x / R, at = blockIdx.x * each + threadIdx.x;
    if (threadIdx.x < each && at < width) remember(x, xs, s, history, width, K, at);
}

EXPORT_KERNEL(mamba)
