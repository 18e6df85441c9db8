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
	embedTiled
	tileMatrix
	roundRows
	attendSplit64
	attendSplit128
	attendJoin64
	attendJoin128
	appendSplit
	mambaStep
	tensorSet     // for 8 rows: set, add and swiglu; then for 16, 32, 64, 128 and 256
	functionCount = tensorSet + 18
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
	"embed_tiled", "tile_rows", "round_rows",
	"attend_split_64", "attend_split_128", "attend_join_64", "attend_join_128", "append_split", "mamba_step",
	"tensor8_set", "tensor8_add", "tensor8_swiglu", "tensor16_set", "tensor16_add", "tensor16_swiglu",
	"tensor32_set", "tensor32_add", "tensor32_swiglu", "tensor64_set", "tensor64_add", "tensor64_swiglu",
	"tensor128_set", "tensor128_add", "tensor128_swiglu", "tensor256_set", "tensor256_add", "tensor256_swiglu",
}

func (k function) String() string { return functionNames[k] }

// load loads all kernels that there are for the device.
func (d *device) load() (all [functionCount]*kernel, err error) {
	for k := range all {
		if _, there := d.entries[functionNames[k]]; !there {
			continue
		}
		shared := 0
		if function(k) >= tensorSet {
			shared = d.tensorShared((k - int(tensorSet)) / 3)
		}
		if f := function(k); f == attendSplit64 || f == attendSplit128 {
			shared = splitShared(64 * (1 + k - int(attendSplit64)))
		}
		if all[k], err = d.kernel(functionNames[k], shared); err != nil {
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
