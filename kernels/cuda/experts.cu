#include "common.cuh"

// A mixture of experts. Row r's chosen experts are places r*chosen and following, in the order of their numbers.

// expert is what the host writes of one: its matrices, their scales in Int8, and kernels.Format of each, or tiled.
const int tiled = 5;
struct expert {
    const void *first, *down;
    const float *firstScales, *downScales;
    int firstFormat, downFormat, gated, unused;
};

// routing is kernels.Routing.
struct routing {
    int experts, chosen, sigmoid, normalize, groups, chosenGroups;
    float scale;
};

__device__ __forceinline__ double sigmoid(double v) { return 1 / (1 + exp(-v)); }

// leave_groups takes the experts of all groups but the best out of the choice.
__device__ inline void leave_groups(float *choice, float *sums, const routing &how) {
    const int n = how.experts / how.groups;
    for (int g = 0; g < how.groups; g++) {
        float first = choice[g * n], second = -FLOAT_INF;
        for (int e = g * n + 1; e < (g + 1) * n; e++) {
            if (choice[e] > first)
                second = first, first = choice[e];
            else if (choice[e] > second)
                second = choice[e];
        }
        sums[g] = first + second;
    }
    for (int g = 0; g < how.groups; g++) {
        int better = 0;
        for (int i = 0; i < how.groups; i++) better += sums[i] > sums[g] || (sums[i] == sums[g] && i < g);
        for (int e = g * n; better >= how.chosenGroups && e < (g + 1) * n; e++) choice[e] = -FLOAT_INF;
    }
}

// choose fills chosen with the numbers of the largest values, the lower ones first among equals, in ascending order.
__device__ inline void choose(int *chosen, int k, const float *values, int count) {
    int n = 0;
    for (int e = 0; e < count; e++) {
        int at = n;
        while (at > 0 && values[chosen[at - 1]] < values[e]) at--;
        if (at == k) continue;
        n = n + 1 < k ? n + 1 : k;
        for (int i = n - 1; i > at; i--) chosen[i] = chosen[i - 1];
        chosen[at] = e;
    }
    for (int i = 1; i < k; i++)
        for (int j = i; j > 0 && chosen[j - 1] > chosen[j]; j--) {
            const int e = chosen[j];
            chosen[j] = chosen[j - 1], chosen[j - 1] = e;
        }
}

// weigh is what each chosen expert counts.
__device__ inline void weigh(float *weights, const int *chosen, const float *scores, const routing &how) {
    double largest = 0, total = 1;
    if (!how.sigmoid) {
        largest = scores[0];
        for (int e = 1; e < how.experts; e++) // NaN stays
            largest = scores[e] != scores[e] || scores[e] > largest ? (double)scores[e] : largest;
    }
    auto weight = [&](int e) { return how.sigmoid ? sigmoid((double)scores[e]) : exp((double)scores[e] - largest); };
    if (how.normalize) {
        total = 0;
        for (int i = 0; i < how.chosen; i++) total += weight(chosen[i]);
        total += 1e-20;
    } else if (!how.sigmoid) {
        total = 0;
        for (int e = 0; e < how.experts; e++) total += weight(e);
    }
    const double scale = (double)how.scale / total;
    for (int i = 0; i < how.chosen; i++) weights[i] = (float)(scale * weight(chosen[i]));
}

// route chooses for a row a thread. room has experts+groups values a row. grid (rows/32), 32 threads
KERNEL route(int *chosen, float *weights, float *room, const float *scores, int stride, const float *bias, int experts, int k,
             int isSigmoid, int normalize, int groups, int chosenGroups, float scale, const int *P, int rows_at) {
    begin();
    const int r = blockIdx.x * blockDim.x + threadIdx.x;
    if (r >= P[rows_at]) return;
    const routing how = {experts, k, isSigmoid, normalize, groups, chosenGroups, scale};
    scores += (i64)r * stride;
    float *choice = room + (i64)r * (experts + groups);
    for (int e = 0; e < experts; e++) {
        float s = isSigmoid ? (float)sigmoid((double)scores[e]) : scores[e];
        choice[e] = bias ? s + bias[e] : s;
    }
    if (groups > 1) leave_groups(choice, choice + experts, how);
    choose(chosen + (i64)r * k, k, choice, experts);
    weigh(weights + (i64)r * k, chosen + (i64)r * k, scores, how);
}

template <bool B, class T, class F> struct same_if { typedef T type; };
template <class T, class F> struct same_if<false, T, F> { typedef F type; };

// expert_product is a product of one row in the format of its matrix; q and scales are x in bytes, if any expert has such.
template <int MODE>
__device__ __forceinline__ void expert_product(float *y, const float *x, const i8 *q, const float *scales, int format, const void *w,
                                               const float *wscales, int out, int in, int round) {
    if (format == 1) product<as_f32, MODE, 1>(blockIdx.y, y, 0, x, 0, 1, (const float *)w, out, in, round);
    if (format == 2) product<as_f16, MODE, 1>(blockIdx.y, y, 0, x, 0, 1, (const uint16_t *)w, out, in, round);
    if (format == 3) product<as_bf16, MODE, 1>(blockIdx.y, y, 0, x, 0, 1, (const bf16 *)w, out, in, round);
    if (format == tiled) product<typename same_if<MODE == SWIGLU, as_gated, as_tiled>::type, MODE, 1>(blockIdx.y, y, 0, x, 0, 1, (const bf16 *)w, out, in, round);
    if (format == 4) product_bytes<MODE, 1>(blockIdx.y, y, 0, q, scales, 1, (const i8 *)w, wscales, out, in);
}

// expert_first is the first product of the place blockIdx.x: it reads its row's x and writes act [places, width]. grid
// (places, width/product_warps)
KERNEL expert_first(float *act, const float *x, int xs, const i8 *q, const float *scales, const expert *all, const int *chosen, int k,
                    int width, int in, int round, const int *P, int places_at) {
    begin();
    const int p = blockIdx.x, r = p / k;
    if (p >= P[places_at]) return;
    const expert e = all[chosen[p]];
    act += (i64)p * width, x += (i64)r * xs, q += (i64)r * in, scales += (i64)r * ((in + 255) / 256);
    if (e.gated)
        expert_product<SWIGLU>(act, x, q, scales, e.firstFormat, e.first, e.firstScales, width, in, round);
    else
        expert_product<SQUARED>(act, x, q, scales, e.firstFormat, e.first, e.firstScales, width, in, round);
}

// expert_down is the second: it reads act and writes made [places, out]. grid (places, out/product_warps)
KERNEL expert_down(float *made, const float *act, const i8 *q, const float *scales, const expert *all, const int *chosen, int out,
                   int width, int round, const int *P, int places_at) {
    begin();
    const int p = blockIdx.x;
    if (p >= P[places_at]) return;
    const expert e = all[chosen[p]];
    expert_product<SET>(made + (i64)p * out, act + (i64)p * width, q + (i64)p * width, scales + (i64)p * ((width + 255) / 256),
                        e.downFormat, e.down, e.downScales, out, width, round);
}

// expert_sum adds to y what a row's experts made, in the order of their numbers. grid (rows, out/128)
KERNEL expert_sum(float *y, int ys, const float *made, const float *weights, int k, int out, const int *P, int rows_at) {
    begin();
    const int r = blockIdx.x, o = blockIdx.y * blockDim.x + threadIdx.x;
    if (r >= P[rows_at] || o >= out) return;
    float sum = y[(i64)r * ys + o];
    for (int i = 0; i < k; i++) sum += weights[(i64)r * k + i] * made[((i64)r * k + i) * out + o];
    y[(i64)r * ys + o] = sum;
}

EXPORT_KERNEL(route)
EXPORT_KERNEL(expert_first)
EXPORT_KERNEL(expert_down)
EXPORT_KERNEL(expert_sum)
