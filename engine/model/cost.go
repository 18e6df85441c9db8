package model

import (
	"iter"

	"caucus/kernels"
)

// float32Size is the bytes of a float32, in which all but matrices, keys and values is kept.
const float32Size = 4

// partCost is what a part takes besides its products.
type partCost struct {
	params   int // values of a scan and a convolution
	state    int // values of a sequence's recurrent state
	scan     int // operations on it, a row
	position int // values of keys and values, a position
	attend   int // operations on them, a row and position
}

// add sums what parts take.
func (c *partCost) add(p partCost) {
	c.params += p.params
	c.state += p.state
	c.scan += p.scan
	c.position += p.position
	c.attend += p.attend
}

// Params counts the network's weights; a tied head counts once.
func (m *Model) Params() int { return m.params }

// Cost is what a step takes: operations, of which a multiplication, an addition and an exponential are one each, and
// bytes of memory read and written.
type Cost struct {
	Products     float64 // operations in products with matrices of floats
	Int8Products float64 // operations in products with matrices of bytes
	Other        float64 // operations besides
	Bytes        float64
}

// Operations counts all of them.
func (c Cost) Operations() float64 { return c.Products + c.Int8Products + c.Other }

// What of a step is no product has roles, too.
const (
	Scans     Role = "mamba" // with their convolutions
	Attending Role = "attention"
)

// StepCost is the least that a decode step of rows sequences with context positions in all must do, when weights, states,
// keys and values are touched once, in the formats that the Ops keeps them in. Norms and activations, below one operation
// in a hundred, are left out.
func (m *Model) StepCost(rows, context int) Cost {
	var sum Cost
	for _, c := range m.StepCosts(rows, context) {
		sum.Products += c.Products
		sum.Int8Products += c.Int8Products
		sum.Other += c.Other
		sum.Bytes += c.Bytes
	}
	return sum
}

// StepCosts is StepCost in parts: all scans, all attention, and every product.
func (m *Model) StepCosts(rows, context int) iter.Seq2[Role, Cost] {
	n, positions, c := float64(rows), float64(context), m.total
	return func(yield func(Role, Cost) bool) {
		scans := Cost{Other: n * float64(c.scan), Bytes: float32Size*float64(c.params) + 2*n*float64(m.SlotBytes())}
		attending := Cost{Other: positions * float64(c.attend),
			Bytes: positions * float64(c.position) * float64(m.Ops.Precision().KV.Bytes())}
		if !yield(Scans, scans) || !yield(Attending, attending) {
			return
		}
		for _, p := range m.Products() {
			if !yield(p.Role, p.cost(n)) {
				return
			}
		}
	}
}

// cost is what a product takes in a step of n rows.
func (p *Product) cost(n float64) Cost {
	out, in := p.Matrix.Shape()
	operations := 2 * n * p.Share * float64(out) * float64(in)
	c := Cost{Bytes: min(1, n*p.Share) * matrixBytes(p.Matrix)}
	if p.Matrix.Format() == kernels.Int8 {
		c.Int8Products = operations
	} else {
		c.Products = operations
	}
	return c
}

// Memory is the bytes that the model and a State of this capacity take together, but for what an Ops keeps besides.
func (m *Model) Memory(c Capacity) float64 {
	bytes := float32Size * float64(m.total.params)
	for _, p := range m.Products() {
		bytes += matrixBytes(p.Matrix)
	}
	if m.Config.Head != "" {
		bytes += matrixBytes(m.embed)
	}
	bytes += float64(c.Slots) * float64(m.SlotBytes())
	bytes += float64(c.Pages) * float64(m.PageBytes())
	row := 2*m.Config.DModel + m.rowWidths().sum()
	return bytes + float32Size*(float64(c.Rows)*float64(row)+float64(c.Logits)*float64(m.Config.Vocab))
}

// SlotBytes is the size of one sequence's recurrent state: S and the last inputs of the convolution, in float32.
func (m *Model) SlotBytes() int { return float32Size * m.total.state }

// PageBytes is the size of one page of keys and values over all attention layers. An Ops may pad it.
func (m *Model) PageBytes() int {
	return m.Ops.Precision().KV.Bytes() * m.total.position * kernels.PageLen
}

// matrixBytes is the size of a matrix; one of bytes has a scale a row.
func matrixBytes(w kernels.Matrix) float64 {
	out, in := w.Shape()
	bytes := float64(out) * float64(in) * float64(w.Format().Bytes())
	if w.Format() == kernels.Int8 {
		bytes += float32Size * float64(out)
	}
	return bytes
}
