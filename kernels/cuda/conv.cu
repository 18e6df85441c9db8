#include "common.cuh"

// convolve is channel c of x under the taps w [taps, channels] at token t of a span, before its activation. Rows before the
// span are those of history [taps-1, width], oldest first, or 0 where the sequence begins. at is the channel of x, which
// is [., width].
__device__ __forceinline__ float convolve(const float *w, float bias, int taps, int channels, int c, const float *x, int xs, span s,
                                          int t, const float *history, int width, int at) {
    float sum = bias;
#pragma unroll 4
    for (int j = 0; j < taps; j++) {
        const int i = t - taps + 1 + j; // relative to the span
        const float *from = i >= 0 ? &x[(i64)(s.row + i) * xs + at] : &history[(i64)(taps - 1 + i) * width + at];
        const float v = i >= 0 || s.pos > 0 ? *from : 0;
        sum += w[j * channels + c] * v;
    }
    return sum;
}

// remember leaves the last rows of x of a span in its history; each comes from a later one or from the batch.
__device__ __forceinline__ void remember(const float *x, int xs, span s, float *history, int width, int taps, int at) {
    for (int first = 0; first < taps - 1; first += 4) { // all of some are read before any is written
        float v[4];
#pragma unroll
        for (int j = 0; j < 4; j++) {
            const int i = s.len - taps + 1 + first + j;
            const float *from = i >= 0 ? &x[(i64)(s.row + i) * xs + at] : &history[(i64)(taps - 1 + i) * width + at];
            v[j] = first + j < taps - 1 && (i >= 0 || s.pos > 0) ? *from : 0;
        }
#pragma unroll
        for (int j = 0; j < 4; j++)
            if (first + j < taps - 1) history[(i64)(first + j) * width + at] = v[j];
    }
}

// conv is y[t,c] = silu(b[c] + sum_j w[j,c] x[t-taps+1+j,c]). A thread has a channel of a span. grid (channels/128, spans)
KERNEL conv(float *y, int ys, const float *x, int xs, const int *P, int count_at, int spans_at, const float *w, const float *b,
            float *history, int channels, int taps) {
    begin();
    const int c = blockIdx.x * blockDim.x + threadIdx.x;
    if (blockIdx.y >= P[count_at] || c >= channels) return;
    const span s = span_of(P, spans_at, blockIdx.y);
    history += (i64)s.slot * (taps - 1) * channels;
    for (int t = 0; t < s.len; t++)
        y[(i64)(s.row + t) * ys + c] = silu(convolve(w, b[c], taps, channels, c, x, xs, s, t, history, channels, c));
    remember(x, xs, s, history, channels, taps, c);
}

// conv_remember is the last step of conv for a history that several channels read. grid (width/128, spans)
KERNEL conv_remember(const float *x, int xs, const int *P, int count_at, int spans_at, float *history, int width, int taps) {
    begin();
    const int c = blockIdx.x * blockDim.x + threadIdx.x;
    if (blockIdx.y >= P[count_at] || c >= width) return;
    const span s = span_of(P, spans_at, blockIdx.y);
    remember(x, xs, s, history + (i64)s.slot * (taps - 1) * width, width, taps, c);
}

EXPORT_KERNEL(conv)
EXPORT_KERNEL(conv_remember)
