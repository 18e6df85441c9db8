#!/usr/bin/env bash
# Usage: build.sh INCLUDE
# Makes out/libcuda.a for a program that is compiled with the cuda.h of the folder INCLUDE: it has all calls declared there.
set -euo pipefail
cd "$(dirname "$0")"
mkdir -p out

echo '#include <cuda.h>' | gcc -E -P -I"$1" - | grep -oE '\bcu[A-Z][A-Za-z0-9_]* *\(' | tr -d ' (' | sort -u |
	grep -vxE 'cuInit|cuDeviceGetCount' | sed 's/.*/CALL(&)/' >out/calls.h
gcc -O2 -fPIC -Wall -Werror -Iout -c lazycuda.c -o out/lazycuda.o
rm -f out/new.a
ar rcs out/new.a out/lazycuda.o
mv out/new.a out/libcuda.a # at once: another build may be linking with it
