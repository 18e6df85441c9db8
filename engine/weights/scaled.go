package weights

import (
	"fmt"
	"slices"
	"strings"

	"caucus/kernels"
)

// A matrix of 8-bit floats X.weight comes with factors: X.weight_scale, one for all or one a row, or X.weight_scale_inv, one
// for every block of 128 by 128. What X.input_scale and its like say of activations has no use here.
const scaleBlock = 128

// companions are the names of tensors that belong to an F8 matrix, after the name up to "weight".
var companions = []string{"weight_scale", "weight_scale_inv", "input_scale", "k_scale", "v_scale", "q_scale"}

// isCompanion tells whether a tensor belongs to another one, which is F8.
func (f *File) isCompanion(name string) bool {
	i := strings.LastIndexByte(name, '.') + 1
	base, ok := f.tensors[name[:i]+"weight"]
	return ok && isF8(base.dtype) && slices.Contains(companions, name[i:])
}

func isF8(t DType) bool { return t == F8E4M3 || t == F8E5M2 }

// scales are the factors of a matrix of 8-bit floats, one for each block of rows and columns.
type scales struct {
	values        []float32
	rows, columns int // of a block
	perRow        int // blocks
}

// scalesOf returns the factors of an F8 matrix; there may be none.
func (f *File) scalesOf(name string, out, in int) (*scales, error) {
	for _, suffix := range []string{"_scale", "_scale_inv"} {
		t, ok := f.tensors[name+suffix]
		if !ok {
			continue
		}
		values, err := f.Floats(name + suffix)
		if err != nil {
			return nil, err
		}
		blocks := func(n int) int { return (n + scaleBlock - 1) / scaleBlock }
		switch n := len(values); {
		case suffix == "_scale" && n == 1:
			return &scales{values, out, in, 1}, nil
		case suffix == "_scale" && n == out:
			return &scales{values, 1, in, 1}, nil
		case suffix == "_scale_inv" && slices.Equal(t.shape, []int{blocks(out), blocks(in)}):
			return &scales{values, scaleBlock, scaleBlock, blocks(in)}, nil
		}
		return nil, fmt.Errorf("%s: tensor %q is %s%v, which does not fit the matrix [%d %d] whose factors it holds",
			t.file, name+suffix, t.dtype, t.shape, out, in)
	}
	return nil, nil
}

// apply is s with its rows multiplied by the factors.
func (c *scales) apply(s kernels.Source) kernels.Source {
	read := s.Row
	s.Stored = kernels.F32
	s.Row = func(to []float32, o int) {
		read(to, o)
		factors := c.values[o/c.rows*c.perRow:]
		for i := range to {
			to[i] *= factors[i/c.columns]
		}
	}
	return s
}
