package kerneltest

import (
	"fmt"
	"math"
	"testing"

	"caucus/kernels"
)

// routings are ways to choose among 6 experts, with the largest sum of a row's weights.
var routings = []struct {
	name string
	how  kernels.Routing
	sum  float64
}{
	{"softmax of 1", kernels.Routing{Chosen: 1, Normalize: true}, 1},
	{"softmax of 2", kernels.Routing{Chosen: 2, Normalize: true, Scale: 0.75}, 0.75},
	{"softmax of all", kernels.Routing{Chosen: 6, Normalize: true}, 1},
	{"2 of a softmax", kernels.Routing{Chosen: 2}, 1},
	{"sigmoids", kernels.Routing{Chosen: 3, Sigmoid: true, Scale: 1.5}, 4.5},
	{"sigmoids with a bias", kernels.Routing{Chosen: 2, Sigmoid: true, Bias: []float32{0, 0.5, -0.25, 0.5, 0, 0.25}}, 2},
	{"groups of 2", kernels.Routing{Chosen: 3, Sigmoid: true, Normalize: true, Scale: 2.5,
		Bias: []float32{0.25, 0, 0, 0.25, -0.5, 0}, Groups: 3, ChosenGroups: 2}, 2.5},
	{"groups of 3", kernels.Routing{Chosen: 3, Groups: 2, ChosenGroups: 1}, 1},
}

func expertsScenarios() []scenario {
	var all []scenario
	for i, r := range routings {
		for j, sizes := range [][3]int{{24, 40, 24}, {300, 17, 33}} {
			gated := (i+j)%2 == 0
			name := fmt.Sprintf("experts, %s, gated %t, %dx%dx%d", r.name, gated, sizes[0], sizes[1], sizes[2])
			all = append(all, scenario{name, func(t *testing.T, ops kernels.Ops, rec *record) {
				newExperts(6, sizes[0], sizes[1], sizes[2]).record(t, ops, rec, gated, r.how, r.sum)
			}})
		}
	}
	return all
}

// expert is the matrices of one, of which gate may be left out; experts are those of a mixture.
type (
	expert  struct{ gate, up, down dense }
	experts []expert
)

func newExperts(n, in, width, out int) experts {
	rng := source(uint64(in + width))
	all := make(experts, n)
	for i := range all {
		all[i] = expert{newDense(rng, width, in, 2/math.Sqrt(float64(in))), newDense(rng, width, in, 1/math.Sqrt(float64(in))),
			newDense(rng, out, width, 1/math.Sqrt(float64(width)))}
	}
	return all
}

func (all experts) prepare(ops kernels.Ops, gated bool) []kernels.Expert {
	var prepared []kernels.Expert
	for _, e := range all {
		p := kernels.Expert{Down: ops.NewMatrix(e.down.source())}
		if gated {
			p.GateUp = ops.NewGated(e.gate.source(), e.up.source())
		} else {
			p.Up = ops.NewMatrix(e.up.source())
		}
		prepared = append(prepared, p)
	}
	return prepared
}

// record adds what some numbers of rows get whose weights add up to sum at most, by scores with many ties, and few of them
// for expert 3. No scores are those of others negated, whose sigmoids' sums would be 1, but for rounding.
func (all experts) record(t *testing.T, ops kernels.Ops, rec *record, gated bool, how kernels.Routing, sum float64) {
	in, out := all[0].gate.in, all[0].down.out
	prepared := all.prepare(ops, gated)
	for _, rows := range []int{1, 2, 5, 13} {
		rng := source(uint64(rows))
		values, scores, y := normals(rng, rows*in, 1), normals(rng, rows*len(all), 1), normals(rng, rows*out, 1)
		for i := range scores {
			if scores[i] = float32(math.Round(float64(scores[i]))) + 0.25; i%len(all) == 3 {
				scores[i] -= 10
			}
		}
		result := newGrid(ops, rows, out, y)
		ops.Experts(result.view, newGrid(ops, rows, in, values).view, newGrid(ops, rows, len(all), scores).view, rows,
			prepared, how)
		var offs []float64
		for _, length := range lengths(values, in) {
			offs = append(offs, all.off(length, gated, inputsOff(ops, prepared[0].Down))...)
		}
		rec.add(result.read(t), func(i int) float64 { return sum*offs[i] + float64(2*how.Chosen)*roundoff*math.Abs(float64(y[i])) })
	}
}

// off is how far each result of a row of x of some length may be off, if the weights add up to 1. What [matMulSwiGLU] allows
// passes through the second product, which adds its own, and a few roundings of the weights follow. inputs is how far apart the
// values are, relative to the largest, that the second product rounds its inputs to.
func (all experts) off(x float64, gated bool, inputs float64) []float64 {
	offs := make([]float64, all[0].down.out)
	for _, e := range all {
		squares, errors := 0.0, 0.0 // of results of the first product
		for i := range e.down.in {
			value, err := squaredOff(e.up, x, i)
			if gated {
				value, err = swiGLUOff(e.gate, e.up, x, i)
			}
			squares += value * value
			errors += err * err
		}
		size := math.Sqrt(squares)
		err := math.Sqrt(errors) + inputs*size
		for o, length := range e.down.lengths {
			offs[o] = math.Max(offs[o], err*length+e.down.off(size, o)+10*roundoff*size*length)
		}
	}
	return offs
}

// inputsOff is how far a value that lies between two may move, relative to the largest, when a product with w rounds it.
func inputsOff(ops kernels.Ops, w kernels.Matrix) float64 {
	switch {
	case w.Format() == kernels.Int8:
		return 1.0 / 127
	case ops.Precision().Inputs == kernels.BF16:
		return 1.0 / 128
	}
	return 0
}

// squaredOff is [swiGLUOff] for the squared ReLU of a product.
func squaredOff(up dense, x float64, o int) (value, off float64) {
	u := 5*x*up.lengths[o]/math.Sqrt(float64(up.in)) + 1
	return u * u, 2*u*up.off(x, o) + 2*roundoff*u*u
}
