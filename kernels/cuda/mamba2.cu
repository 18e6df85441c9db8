#include "common.cuh"

// mamba2 is the scan and the skip of a Mamba-2 mixer. A thread has an element of a head of a span and goes through its
// tokens; S is [slot, N, DInner]. weights is dt's bias, A and D, each [Heads]. grid (DInner/128, spans)
KERNEL mamba2(float *y, int ys, const float *x, int xs, const float *b, int bs, const float *c, int cs, const float *dt, int dts,
              const int *P, int count_at, int spans_at, const float *weights, float *S, int heads, int headDim, int xHeads,
              int bGroups, int cGroups, int N, float least, float most) {
    const int DInner = heads * headDim, d = blockIdx.x * blockDim.x + threadIdx.x;
    if (blockIdx.y >= P[count_at] || d >= DInner) return;
    const span s = span_of(P, spans_at, blockIdx.y);
    const int h = d / headDim;
    const float bias = weights[h], A = weights[heads + h], D = weights[2 * heads + h];
    x += h / (heads / xHeads) * headDim + d % headDim;
    b += h / (heads / bGroups) * N;
    c += h / (heads / cGroups) * N;
    S += (i64)s.slot * N * DInner + d;
    for (int t = 0; t < s.len; t++) {
        const i64 r = s.row + t;
        float delta = softplus(dt[r * dts + h] + bias); // NaN stays through the bounds
        delta = delta < least ? least : delta;
        delta = delta > most ? most : delta;
        const float decay = expf(delta * A), v = x[r * xs], in = delta * v;
        const bool first = s.pos == 0 && t == 0;
        float sum = D * v;
        for (int n = 0; n < N; n++) {
            const float old = first ? 0 : S[(i64)n * DInner];
            const float next = decay * old + in * b[r * bs + n];
            S[(i64)n * DInner] = next;
            sum += next * c[r * cs + n];
        }
        y[r * ys + d] = sum;
    }
}

EXPORT_KERNEL(mamba2)
