// A stand-in for the CUDA driver's library, libcuda.a, that looks for the real one when the program runs.
//
// A program that is linked with the real one does not start where there is none; and gorgonia.org/cu calls cuInit before main,
// and ends the program if that fails, as it does on a machine with a driver and no GPU. Here every call of the driver is a jump
// through a pointer that the first cuInit fills. Without a library or a GPU, cuInit reports success, cuDeviceGetCount none, and
// the other calls that they are not supported.
//
// LAZYCUDA_LIB names another library than libcuda.so.1: the emulated one, for instance.
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#ifndef __x86_64__
#error "the jumps below are those of x86-64"
#endif

enum { NOT_SUPPORTED = 801 };

static int missing(void) { return NOT_SUPPORTED; }

static int none(int *n) {
    *n = 0;
    return 0;
}

static int (*count)(int *) = none;

// lazycuda_why says why there is no driver; it is empty if there is one.
char lazycuda_why[512] = "the driver has not been looked for";

// calls.h, which build.sh makes from cuda.h, has a line CALL(name) for every call but the two at the end of this file.
#define CALL(name)                                               \
    __attribute__((visibility("hidden"))) void *lazy_##name = missing; \
    asm(".globl " #name "\n.type " #name ",@function\n" #name ": jmp *lazy_" #name "(%rip)\n");
#include "calls.h"
#undef CALL

static void load(void) {
    const char *name = getenv("LAZYCUDA_LIB");
    if (!name || !*name) name = "libcuda.so.1";
    void *library = dlopen(name, RTLD_NOW | RTLD_GLOBAL);
    if (!library) {
        snprintf(lazycuda_why, sizeof lazycuda_why, "%s", dlerror());
        return;
    }
    int (*init)(unsigned) = (int (*)(unsigned))dlsym(library, "cuInit");
    int status = init ? init(0) : NOT_SUPPORTED;
    if (status) {
        const char *no_device = status == 100 ? " (no device)" : "";
        snprintf(lazycuda_why, sizeof lazycuda_why, "cuInit of %s returned %d%s", name, status, no_device);
        return;
    }
    void *found;
#define CALL(name) \
    if ((found = dlsym(library, #name))) lazy_##name = found;
#include "calls.h"
#undef CALL
    if ((found = dlsym(library, "cuDeviceGetCount"))) count = (int (*)(int *))found;
    lazycuda_why[0] = 0;
}

int cuInit(unsigned flags) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)flags;
    pthread_once(&once, load);
    return 0;
}

int cuDeviceGetCount(int *n) { return count(n); }
