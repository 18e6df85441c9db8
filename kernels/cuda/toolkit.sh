#!/usr/bin/env bash
# Usage: eval "$(kernels/cuda/toolkit.sh DIR)"
# Unpacks what CUDA's sources are built and checked with into DIR, 120 MB from PyPI, and prints its places as variables:
# cuda.h, NVRTC and ptxas. It installs nothing, and fetches nothing that DIR already has.
set -euo pipefail

mkdir -p "$1"
dir=$(cd "$1" && pwd)

# A driver reads the PTX of toolkits that are not newer than itself: 12.4 asks for driver 550.
fetch() {
	local package=$1 version=$2 proof=$dir/nvidia/$3
	[[ -e $proof ]] && return
	python3 -m pip download --quiet --no-deps --disable-pip-version-check --dest "$dir/wheels" "$package==$version" >&2
	python3 -m zipfile -e "$dir/wheels/${package//-/_}-$version"-*.whl "$dir"
	rm -r "$dir/wheels"
}

fetch nvidia-cuda-runtime-cu12 12.4.127 cuda_runtime/include/cuda.h
fetch nvidia-cuda-nvrtc-cu12 12.4.127 cuda_nvrtc/lib/libnvrtc.so.12
fetch nvidia-cuda-nvcc-cu12 12.4.131 cuda_nvcc/bin/ptxas
chmod +x "$dir/nvidia/cuda_nvcc/bin/ptxas" # the zip format keeps no such bit

printf 'export CUDA_HOME=%q\n' "$dir/nvidia/cuda_runtime"
printf 'export NVRTC_LIB=%q\n' "$dir/nvidia/cuda_nvrtc/lib/libnvrtc.so.12"
printf 'export PTXAS=%q\n' "$dir/nvidia/cuda_nvcc/bin/ptxas"
