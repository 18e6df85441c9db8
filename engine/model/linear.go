package model

import (
	"strings"

	"caucus/kernels"
)

// Linear is a projection: the rows of one or more tensors, one below the other.
type Linear struct {
	In        int
	Rows      []Rows
	Fused     string  // a tensor with all the rows, which a checkpoint may have in their place
	Bias      bool    // each tensor X.weight has a vector X.bias
	BiasScale float32 // factor of the biases

	matrix kernels.Matrix
	bias   kernels.Buffer // nil if there is none
}

// Rows are rows of a tensor [..., in], seen as a matrix.
type Rows struct {
	Tensor string
	N      int
	From   int
	Shape  []int // of the tensor; nil stands for [N, in]
}

// weight is a projection that is one tensor.
func weight(tensor string, out, in int) Linear {
	return Linear{In: in, Rows: []Rows{{Tensor: tensor, N: out}}}
}

// biased is weight with or without a bias.
func biased(tensor string, out, in int, bias bool) Linear {
	l := weight(tensor, out, in)
	l.Bias = bias
	return l
}

// Out is the number of rows.
func (l *Linear) Out() int {
	n := 0
	for _, r := range l.Rows {
		n += r.N
	}
	return n
}

func (l Linear) load(from *loader) Linear {
	l.matrix = from.matrix(&l)
	if l.Bias {
		l.bias = from.bias(&l)
	}
	return l
}

// biasOf is the name of the vector that belongs to a matrix.
func biasOf(tensor string) string { return strings.TrimSuffix(tensor, ".weight") + ".bias" }

// apply is y = W x + b.
func (l *Linear) apply(ops kernels.Ops, y, x kernels.View, rows int) {
	ops.MatMul(y, x, rows, l.matrix)
	if l.bias != nil {
		ops.AddRow(y, rows, l.bias)
	}
}

// add is y += W x + b.
func (l *Linear) add(ops kernels.Ops, y, x kernels.View, rows int) {
	ops.MatMulAdd(y, x, rows, l.matrix)
	if l.bias != nil {
		ops.AddRow(y, rows, l.bias)
	}
}
