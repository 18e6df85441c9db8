// Package cuda is for NVIDIA GPUs, of compute capability 8.0 or more. It has content with the build tag cuda only, which
// needs cgo: kernels/cuda/build.sh builds the program with it. The README in its directory tells how it is made and tested.
//
//	ops, err := cuda.New(cuda.Options{Device: 0, Precision: p})
//	defer ops.Close()
//
// An operation launches nothing. It checks its operands and adds launches to a list; Sample, Download, Upload and copies of
// states run the list on one stream and wait. What differs between two steps of decoding, such as numbers of rows, spans,
// pages and tokens, stands in an array that is uploaded first, and grids have a size for up to 1, 2, 4, ... or 512 rows. So the
// list of a step is the same as that of a step before. It is captured as a graph when it first comes, and replayed from then
// on, without an allocation on the host. Lists with chunks of prompts are launched one by one.
//
// Everything lives on the device: weights in their format, row by row or, in bf16, in tiles for the tensor cores, states, pages of keys and values, and float32 activations.
// Only what Sample returns comes back. Sums are float32 in an order that only their length decides. Memory is freed when
// nothing refers to it any more. A failure of the device is a panic that names the call and the kernel.
package cuda

//go:generate sh -c "cd _ptx && go run ."
