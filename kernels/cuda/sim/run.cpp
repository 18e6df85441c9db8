// Runs every kernel of the .cu file that it is linked with, called with (const float *x, float *y, int n), in four schedules,
// and fails if a kernel does, or if its results depend on the schedule. The seeded faults of testdata are found by it.
#include "cudasim.h"

int main() {
    const int n = 1000, threads = 128, blocks = (n + threads - 1) / threads;
    float *x = (float *)cudasim::allocate(n * sizeof *x);
    for (int i = 0; i < n; i++) x[i] = (i * 37 % 101) / 8.0f;
    for (auto &[name, kernel] : cudasim::kernels()) {
        std::vector<float> first;
        for (int order : {0, 1, 2, 3}) {
            float *y = (float *)cudasim::allocate(n * sizeof *y);
            int count = n;
            void *args[] = {&x, &y, &count};
            std::string fault = cudasim::launch(name.c_str(), blocks, threads, threads * sizeof(float), order, [&] { kernel.call(args); });
            if (!fault.empty()) {
                fprintf(stderr, "%s\n", fault.c_str());
                return 1;
            }
            if (first.empty()) first.assign(y, y + n);
            for (int i = 0; i < n; i++)
                if (isnan(y[i]) || memcmp(&y[i], &first[i], sizeof *y)) {
                    fprintf(stderr, "%s: y[%d] is %g in schedule %d, %g in another: a barrier or a wait is missing\n", name.c_str(), i, y[i], order, first[i]);
                    return 1;
                }
            cudasim::release(y);
        }
    }
    puts("all is well");
}
