package model

import "caucus/kernels"

// Product is a weight matrix that the rows of a pass are multiplied by, the head only where logits are wanted.
type Product struct {
	Role   Role
	Matrix kernels.Matrix
	Share  float64 // of the rows that take it: less than 1 for an expert
}

// Role is what a product is for.
type Role string

// The roles, in the order in which a layer has them.
const (
	MixerIn  Role = "in" // of either kind of mixer, as MixerOut is
	StepSize Role = "dt"
	MixerOut Role = "out"
	Inner    Role = "mlp"
	Head     Role = "head"
)

// Products lists the products of a pass.
func (m *Model) Products() []Product {
	var all []Product
	for _, part := range m.parts() {
		all = append(all, part.products()...)
	}
	return append(all, Product{Head, m.head, 1})
}

// Format is how most of the weights are stored: an Ops may keep small matrices in another way than it was asked to.
func (m *Model) Format() kernels.Format {
	most, counts := kernels.Stored, map[kernels.Format]int{}
	for _, p := range m.Products() {
		out, in := p.Matrix.Shape()
		f := p.Matrix.Format()
		if counts[f] += out * in; counts[f] > counts[most] {
			most = f
		}
	}
	return most
}
