// Command asm writes the AVX2 kernels of package cpu and their Go declarations.
package main

import . "github.com/mmcloughlin/avo/build"

func main() {
	ConstraintExpr("amd64,!purego")
	for rows := 1; rows <= 6; rows++ {
		tile(rows, 1)
	}
	tile(1, 4)
	tile(2, 2)
	tile(3, 2)
	mambaBlocks()
	sumSquares()
	scaleRow()
	swiGLU()
	maxRow()
	expSum()
	expMoments()
	drawWeights()
	fmaPeak()
	pause()
	Generate()
}

func pause() {
	TEXT("pause", NOSPLIT, "func()")
	Doc("pause tells the core that it runs a waiting loop.")
	PAUSE()
	RET()
}
