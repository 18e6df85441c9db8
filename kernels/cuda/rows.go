//go:build cuda

package cuda

import (
	"fmt"

	"caucus/kernels"
)

// pointBlock is how many threads a block of a pointwise operation has.
const pointBlock = 128

// normBlock is how many a norm of n values has: enough to hold them, up to 4096.
func normBlock(n int) int { return min(32*max(1, blocks(n, 8*32)), 512) }

func (o *ops) RMSNorm(y, x kernels.View, rows, n int, weight kernels.Buffer, eps float32) {
	y.Check("rmsnorm", "y", rows, n)
	x.Check("rmsnorm", "x", rows, n)
	if weight.Len() < n {
		panic(fmt.Sprintf("kernels: rmsnorm: %d weights for %d values", weight.Len(), n))
	}
	if rows == 0 {
		return
	}
	o.room(0)
	to, operand := o.result(y), o.rounded(y, rows, n)
	o.launch(rmsNorm, bucket(rows), 1, normBlock(n), 0, to, stride(y), operand.at, intArg(operand.room), at(x), stride(x), weight.(*buffer).arg(), intArg(n),
		floatArg(eps), o.P(), o.rows(rows))
}

func (o *ops) MulRow(y kernels.View, rows int, by kernels.Buffer) {
	o.withRow("mulrow", mulRow, y, rows, by)
}

func (o *ops) AddRow(y kernels.View, rows int, b kernels.Buffer) {
	o.withRow("addrow", addRow, y, rows, b)
}

func (o *ops) withRow(op string, k function, y kernels.View, rows int, b kernels.Buffer) {
	n := b.Len()
	y.Check(op, "y", rows, n)
	if rows == 0 || n == 0 {
		return
	}
	o.room(0)
	o.launch(k, bucket(rows), blocks(n, pointBlock), pointBlock, 0, o.result(y), stride(y), b.(*buffer).arg(), intArg(n), o.P(), o.rows(rows))
}

func (o *ops) Gate(y, z kernels.View, rows, n int) {
	y.Check("gate", "y", rows, n)
	z.Check("gate", "z", rows, n)
	if rows == 0 || n == 0 {
		return
	}
	o.room(0)
	o.launch(gateRow, bucket(rows), blocks(n, pointBlock), pointBlock, 0, o.result(y), stride(y), at(z), stride(z), intArg(n), o.P(),
		o.rows(rows))
}

func (o *ops) SquaredReLU(y kernels.View, rows, n int) {
	y.Check("squaredrelu", "y", rows, n)
	if rows == 0 || n == 0 {
		return
	}
	o.room(0)
	o.launch(squaredReLU, bucket(rows), blocks(n, pointBlock), pointBlock, 0, o.result(y), stride(y), intArg(n), o.P(), o.rows(rows))
}
