package gguf

import (
	"fmt"
	"math"
	"slices"

	"caucus/kernels"
)

// view is a tensor of a checkpoint of transformers, read from the file's tensors that were made of it.
type view struct {
	parts []tensor // of equal shapes
	shape []int
	rows  int                         // of as many values as the parts' rows have
	row   func(o int) (part, row int) // where row o is; nil: row o of the only part
	apply func(values []float32)      // to the values of a row, in place; nil: nothing
}

// view is the tensor, changed where it has to be.
func (r rename) view(n *network, t tensor) (view, error) {
	v := view{parts: []tensor{t}, shape: t.shape, rows: t.rows()}
	if r.change == nil {
		return v, nil
	}
	return r.change(n, v)
}

// width is how many values a row has, which lie beside each other in the file.
func (v view) width() int { return v.parts[0].width() }

// format is the first part's, for errors.
func (v view) format() string { return v.parts[0].format.name }

// change makes a view of a tensor, which it may return as it is.
type change func(n *network, v view) (view, error)

// flat is for a vector that was stored as a matrix.
func flat(_ *network, v view) (view, error) {
	v.shape = []int{product(v.shape)}
	return v, nil
}

// taps is for the weights of a depthwise convolution, [channels, taps], whose one input a channel was left out.
func taps(_ *network, v view) (view, error) {
	if len(v.shape) != 2 {
		return v, fmt.Errorf("its shape is %v, want channels and taps", v.shape)
	}
	v.shape = []int{v.shape[0], 1, v.shape[1]}
	return v, nil
}

// logNegative is for A_log, stored as A = -exp(A_log).
func logNegative(_ *network, v view) (view, error) {
	v.apply = func(values []float32) {
		for i, a := range values {
			values[i] = float32(math.Log(-float64(a)))
		}
	}
	return v, nil
}

// flatLogNegative is both, for Mamba-2.
func flatLogNegative(n *network, v view) (view, error) {
	v, _ = flat(n, v)
	return logNegative(n, v)
}

// queries and keys undo a permutation of each head's rows. The file has the two numbers that rotary embedding turns
// together beside each other, transformers half a head apart.
func queries(n *network, v view) (view, error) { return unpaired(v, n.heads) }
func keys(n *network, v view) (view, error)    { return unpaired(v, n.kvHeads) }

func unpaired(v view, heads int) (view, error) {
	if len(v.shape) == 1 && v.parts[0].format.values == 1 { // a bias: rows of one value
		v.parts[0].shape = []int{v.shape[0], 1}
		v.rows = v.shape[0]
	}
	if heads < 1 || v.rows%(2*heads) != 0 {
		return v, fmt.Errorf("its %d rows are not those of %d heads of even size", v.rows, heads)
	}
	half := v.rows / heads / 2
	v.row = func(o int) (part, row int) {
		head, second, pair := o/(2*half), o/half%2, o%half
		return 0, (head*half+pair)*2 + second
	}
	return v, nil
}

// above puts the rows of one tensor above those of another, or, with a further outermost dimension, does so for each of
// the experts along it.
func above(upper, lower tensor) (view, error) {
	if !slices.Equal(upper.shape, lower.shape) || len(upper.shape) < 2 {
		return view{}, fmt.Errorf("shapes %v and %v do not go on top of each other", upper.shape, lower.shape)
	}
	v := view{parts: []tensor{upper, lower}, shape: slices.Clone(upper.shape), rows: 2 * upper.rows()}
	d := len(v.shape) - 2
	each := v.shape[d]
	v.shape[d] *= 2
	v.row = func(o int) (part, row int) { return o / each % 2, o/(2*each)*each + o%each }
	return v, nil
}

func product(shape []int) int {
	n := 1
	for _, size := range shape {
		n *= size
	}
	return n
}

// read decodes row o.
func (v view) read(to []float32, o int) {
	part := 0
	if v.row != nil {
		part, o = v.row(o)
	}
	v.parts[part].row(to, o)
	if v.apply != nil {
		v.apply(to)
	}
}

func (v view) floats() []float32 {
	width := v.width()
	values := make([]float32, v.rows*width)
	for o := range v.rows {
		v.read(values[o*width:(o+1)*width], o)
	}
	return values
}

// stored is the narrowest format that holds all values exactly.
func (v view) stored() kernels.Format {
	stored := v.parts[0].format.stored()
	for _, p := range v.parts {
		if v.apply != nil || p.format.stored() != stored {
			return kernels.F32
		}
	}
	return stored
}
