#!/usr/bin/env bash
# Usage: sim/build.sh OUTDIR
# Makes OUTDIR/libcuda.so.1, the emulated driver with the kernels of kernels.cu. Tests and programs built with -tags cuda
# use it if LAZYCUDA_LIB names it, or LD_LIBRARY_PATH its folder.
set -euo pipefail
cd "$(dirname "$0")"
mkdir -p "$1"
out=$(cd "$1" && pwd)

flags=(-O2 -std=c++17 -fPIC -mtls-dialect=gnu2 -pthread -Wall -Wno-sign-compare -fvisibility=hidden -include cudasim.h)
for part in scheduler memory driver; do
	g++ "${flags[@]}" -c $part.cpp -o "$out/$part.o" &
	parts+=($!)
done
# Indices of arrays of a known size and the alignment of what pointers point to are checked, too.
g++ "${flags[@]}" -Wno-unknown-pragmas -fsanitize=bounds,alignment -fsanitize-undefined-trap-on-error \
	-x c++ -c ../kernels.cu -o "$out/kernels.o"
for p in "${parts[@]}"; do wait "$p"; done
g++ -shared -pthread -Wl,-soname,libcuda.so.1 -o "$out/libcuda.so.1" "$out"/{scheduler,memory,driver,kernels}.o
