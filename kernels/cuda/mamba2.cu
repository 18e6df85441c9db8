#include "scan.cuh"

// mamba2_layer is the scan and the skip of a Mamba-2 mixer. weights is dt's bias, A and D, each [Heads].
struct mamba2_layer {
    float *y;
    int ys;
    const float *x;
    int xs;
    const float *b;
    int bs;
    const float *c;
    int cs;
    const float *dt;
    int dts;
    const float *weights;
    int heads, headDim, xHeads, bGroups, cGroups;
    float least, most;

    __device__ __forceinline__ int b_group(int d) const { return d / headDim / (heads / bGroups); }
    __device__ __forceinline__ int c_group(int d) const { return d / headDim / (heads / cGroups); }
    __device__ __forceinline__ states rates(int d, int n) const { return {}; } // a head has one
    __device__ __forceinline__ float decay(float decay, float) const { return decay; }

    __device__ __forceinline__ token_input enter(span s, int t, int d) const {
        const i64 r = s.row + t;
        const int h = d / headDim;
        float delta = softplus(dt[r * dts + h] + weights[h]); // NaN stays through the bounds
        delta = delta < least ? least : delta;
        delta = delta > most ? most : delta;
        const float v = x[r * xs + h / (heads / xHeads) * headDim + d % headDim];
        return {expf(delta * weights[heads + h]), delta * v, weights[2 * heads + h] * v};
    }
    __device__ __forceinline__ void leave(span s, int t, int d, float sum) const { y[(i64)(s.row + t) * ys + d] = sum; }
    __device__ __forceinline__ void end(span s, int own) const {}
};

// grid (DInner/own, some of the spans)
KERNEL __launch_bounds__(256, 4) mamba2(float *y, int ys, const float *x, int xs, const float *b, int bs, const float *c, int cs,
                                        const float *dt, int dts, const int *P, int count_at, int spans_at,
                                        const float *weights, float *S, int heads, int headDim, int xHeads, int bGroups, int cGroups,
                                        int N, float least, float most, int own, int tokens) {
    begin();
    DYN_SHARED(float, room);
    const mamba2_layer layer = {y,       ys,    x,       xs,     b,       bs,      c,     cs, dt, dts,
                                weights, heads, headDim, xHeads, bGroups, cGroups, least, most};
    scan<mamba2_layer>(layer, {heads * headDim, N, tokens, own}, room).run(P, count_at, spans_at, S);
}

EXPORT_KERNEL(mamba2)
