#!/usr/bin/env bash
# Usage: kernels/cuda/build.sh OUT [go build flags]
#        eval "$(kernels/cuda/build.sh --env)", and then go build, vet or test with -tags cuda
# Builds the program for GPUs and processors alike: it starts on machines without a driver, too (see lazycuda). It needs Go,
# gcc and the folder that has include/cuda.h in CUDA_HOME, /usr/local/cuda by default; toolkit.sh can fetch one.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
home=${CUDA_HOME:-/usr/local/cuda}
[[ -e $home/include/cuda.h ]] || {
	echo "build.sh: no $home/include/cuda.h: set CUDA_HOME, or eval \"\$($here/toolkit.sh DIR)\"" >&2
	exit 1
}
if grep -qE '^#define CUDA_VERSION (1[3-9]|[2-9][0-9])[0-9]{3}$' "$home/include/cuda.h"; then
	echo "build.sh: gorgonia.org/cu needs the headers of CUDA 12, which $here/toolkit.sh fetches; the driver may be newer" >&2
	exit 1
fi

"$here/lazycuda/build.sh" "$home/include"
export CGO_ENABLED=1 CGO_CFLAGS="-O2 -I$home/include" CGO_LDFLAGS="-L$here/lazycuda/out"
if [[ $1 == --env ]]; then
	printf 'export %s=%q\n' CGO_ENABLED 1 CGO_CFLAGS "$CGO_CFLAGS" CGO_LDFLAGS "$CGO_LDFLAGS"
	exit
fi

case $1 in
/*) out=$1 ;;
*) out=$PWD/$1 ;;
esac
shift
cd "$here/../.." && go build -tags cuda "$@" -o "$out" ./cmd/caucus
