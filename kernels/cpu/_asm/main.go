// Command asm writes the AVX2 and AVX-512 kernels of package cpu and their Go declarations.
package main

import . "github.com/mmcloughlin/avo/build"

func main() {
	ConstraintExpr("amd64,!purego")
	for _, a := range []isa{avx2, avx512} {
		for _, f := range formats {
			tile(a, f)
			if f.name != "F16" { // keys and values are F32 or BF16
				attentionScores(a, f)
				attentionValues(a, f)
			}
		}
		tileInt8(a)
		mambaInputs(a, false)
		mambaInputs(a, true)
		mambaScan(a)
		convRow(a)
		mamba2Scan(a)
		peaks(a)
	}
	absMax()
	quantize()
	sumSquares()
	scaleRow()
	mamba2Steps()
	addScaled()
	squaredReLU()
	swiGLU()
	maxRow()
	expSum()
	expMoments()
	drawWeights()
	pause()
	Generate()
}

func pause() {
	TEXT("pause", NOSPLIT, "func()")
	Doc("pause tells the core that it runs a waiting loop.")
	PAUSE()
	RET()
}
