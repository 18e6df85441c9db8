//go:build cuda

package cuda

import "caucus/kernels"

// operand is rows as products on tensor cores take them: rounded to bf16, in the form of tensor.cu. What makes rows that are
// likely to be multiplied writes them in this form, too, beside the float32 that all operations agree on.
type operand struct {
	base   pointer // of the buffer that the rows are in
	off    int     // the first value of the first row
	stride int
	rows   int // 0 for none: they have been overwritten
	width  int
	room   int // rows
	at     uint64
	memory scratch
}

// maxOperands bounds how many places of rows are remembered, maxOperandWidth how wide they are: logits are not multiplied.
const (
	maxOperands     = 16
	maxOperandWidth = 1 << 14
)

// result is the argument for rows that an operation writes: what was made of those before is forgotten.
func (o *ops) result(y kernels.View) uint64 {
	o.forgetOperands(y.Buf.(*buffer).at)
	return at(y)
}

func (o *ops) forgetOperands(base pointer) {
	for i := range o.operands {
		if o.operands[i].base == base {
			o.operands[i].rows = 0
		}
	}
}

// rounded is where an operation that makes rows y is to write their operand as well; its address is 0 if they do not need one.
func (o *ops) rounded(y kernels.View, rows, width int) operand {
	if o.precision.Inputs != kernels.BF16 || width%chunkInputs != 0 || width > maxOperandWidth {
		return operand{}
	}
	most := bucket(rows)
	n, _ := o.tileRows(most)
	p := o.operandPlace(y)
	p.rows, p.width, p.room = rows, width, blocks(most, n)*n
	p.at = o.fit(&p.memory, 2*p.room*width)
	return *p
}

// roundedTokens is rounded for rows that an operation makes of the tokens of a batch, if that is all rows.
func (o *ops) roundedTokens(y kernels.View, l *spanList, width int) operand {
	if l.rows > l.tokens {
		return operand{}
	}
	return o.rounded(y, l.tokens, width)
}

// operandPlace is the entry for a place, which keeps its memory so that a graph finds it again.
func (o *ops) operandPlace(y kernels.View) *operand {
	base, free := y.Buf.(*buffer).at, -1
	for i := range o.operands {
		p := &o.operands[i]
		if p.base == base && p.off == y.Off && p.stride == y.Stride {
			return p
		}
		if p.rows == 0 {
			free = i
		}
	}
	if len(o.operands) < maxOperands || free < 0 {
		o.operands = append(o.operands, operand{})
		free = len(o.operands) - 1
	}
	p := &o.operands[free]
	p.base, p.off, p.stride = base, y.Off, y.Stride
	return p
}

// operand is that of rows x, which is made here if it is not there. number is the index of their number.
func (o *ops) operand(x kernels.View, rows, width int, number uint64) operand {
	base := x.Buf.(*buffer).at
	for i := range o.operands {
		p := &o.operands[i]
		column := x.Off - p.off
		if p.base == base && p.stride == x.Stride && p.rows >= rows && bucket(p.rows) == bucket(rows) && column >= 0 && column+width <= p.width && column%chunkInputs == 0 {
			found := *p
			found.at += uint64(2 * column * p.room)
			return found
		}
	}
	made := o.rounded(x, rows, width)
	o.launch(roundRows, bucket(rows), width/chunkInputs, chunkInputs/8, 0, made.at, intArg(made.room), at(x), stride(x), o.P(), number)
	return made
}
