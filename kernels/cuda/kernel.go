//go:build cuda

package cuda

import "caucus/kernels"

// function is a kernel of kernels.cu.
type function int

// Kernels that exist for several formats follow one another in the order of kernels.Format.
const (
	embedRows  function = 0
	productSet function = 4  // and for every format add and swiglu behind it
	appendKV   function = 16 // f32, then bf16
	attendKV   function = 18
)

const (
	quantizeRow function = iota + 20
	rmsNorm
	mulRow
	addRow
	gateRow
	squaredReLU
	convRow
	convRemember
	mambaScan
	mamba2Scan
	sampleParts
	sampleRows
	routeRows
	expertFirst
	expertDown
	expertSum
	tensorSet     // of 1 tile: set, add and swiglu; then of 2 and of 4
	functionCount = tensorSet + 9
)

var functionNames = [functionCount]string{
	"embed_f32", "embed_f16", "embed_bf16", "embed_int8",
	"product_f32_set", "product_f32_add", "product_f32_swiglu",
	"product_f16_set", "product_f16_add", "product_f16_swiglu",
	"product_bf16_set", "product_bf16_add", "product_bf16_swiglu",
	"product_int8_set", "product_int8_add", "product_int8_swiglu",
	"append_f32", "append_bf16", "attend_f32", "attend_bf16",
	"quantize", "rms_norm", "mul_row", "add_row", "gate", "squared_relu", "conv", "conv_remember", "mamba", "mamba2",
	"sample_parts", "sample_rows", "route", "expert_first", "expert_down", "expert_sum",
	"tensor1_set", "tensor1_add", "tensor1_swiglu", "tensor2_set", "tensor2_add", "tensor2_swiglu",
	"tensor4_set", "tensor4_add", "tensor4_swiglu",
}

func (k function) String() string { return functionNames[k] }

// load loads all kernels.
func (d *device) load() (all [functionCount]*kernel, err error) {
	for k := range all {
		if all[k], err = d.kernel(functionNames[k], 0); err != nil {
			return all, err
		}
	}
	return all, nil
}

// of is the kernel for a format, when each has so many.
func (k function) of(f kernels.Format, each int) function {
	return k + function(int(f-kernels.F32)*each)
}

// kv is the kernel for a format of keys and values.
func (k function) kv(f kernels.Format) function {
	if f == kernels.BF16 {
		return k + 1
	}
	return k
}
