package model

import (
	"fmt"

	"caucus/kernels"
)

// Experts is a mixture of MLPs of which each token takes a few, by the scores that a router gives them: h += the sum over
// these of weight * expert(u).
type Experts struct {
	Router  Linear // [number, d]
	Routing kernels.Routing
	Bias    string // tensor [number] of the Routing's; "" for none
	Experts []MLP  // without biases

	experts []kernels.Expert
}

// Kind is E.
func (*Experts) Kind() byte { return 'E' }

func (e *Experts) load(l *loader) Part {
	b := *e
	b.Router = e.Router.load(l)
	if e.Bias != "" {
		b.Routing.Bias = l.floats(e.Bias, len(e.Experts))
	}
	b.experts = make([]kernels.Expert, len(e.Experts))
	for i := range e.Experts {
		m := e.Experts[i].load(l).(*MLP)
		b.experts[i] = kernels.Expert{GateUp: m.gateUp, Up: m.Up.matrix, Down: m.Down.matrix}
	}
	return &b
}

func (*Experts) allot(*State, Capacity) {}

func (e *Experts) run(ops kernels.Ops, s *State, b *Batch) {
	rows, scores := len(b.Tokens), view(s.dt, len(e.experts))
	e.Router.apply(ops, scores, s.stream(s.u), rows)
	ops.Experts(s.stream(s.h), s.stream(s.u), scores, rows, e.experts, e.Routing)
}

func (e *Experts) products() []Product {
	all := []Product{{Inner, e.Router.matrix, 1}}
	share := float64(e.Routing.Chosen) / float64(len(e.experts))
	for i := range e.experts {
		all = append(all, Product{Inner, e.experts[i].First(), share}, Product{Inner, e.experts[i].Down, share})
	}
	return all
}

func (*Experts) cost() partCost { return partCost{} }

func (e *Experts) widths() rowWidths { return rowWidths{dt: len(e.Experts)} }

// numberedExperts are n experts with tensors of their own, behind a prefix that ends in the expert's number.
func numberedExperts(prefix string, n int, expert func(prefix string) *MLP) []MLP {
	all := make([]MLP, n)
	for e := range all {
		all[e] = *expert(fmt.Sprintf("%s%d.", prefix, e))
	}
	return all
}

// stackedExperts are n experts in two tensors, [n, 2f, d] with gate above up and [n, d, f].
func stackedExperts(in, out string, n, d, f int) []MLP {
	all := make([]MLP, n)
	for e := range all {
		gate, up := halves(in, []int{n, 2 * f, d}, 2*f*e, f)
		all[e] = MLP{Gate: &gate, Up: up, Down: Linear{In: f, Rows: []Rows{{Tensor: out, N: d, From: d * e, Shape: []int{n, d, f}}}}}
	}
	return all
}

// halves are a gate and, below it, its up projection, of f rows each, from a row on.
func halves(tensor string, shape []int, from, f int) (gate, up Linear) {
	in := shape[len(shape)-1]
	gate = Linear{In: in, Rows: []Rows{{Tensor: tensor, N: f, From: from, Shape: shape}}}
	up = Linear{In: in, Rows: []Rows{{Tensor: tensor, N: f, From: from + f, Shape: shape}}}
	return gate, up
}
