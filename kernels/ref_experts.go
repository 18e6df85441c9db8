package kernels

import (
	"cmp"
	"math"
	"slices"
)

// Experts runs the chosen experts row by row.
func (ref *Reference) Experts(y, x, scores View, rows int, experts []Expert, how Routing) {
	CheckExperts(y, x, scores, rows, experts, &how)
	out, width := experts[0].Down.Shape()
	act := View{Buf: make(Vector, width), Stride: width}
	made := make(Vector, out)
	chosen, weights := make([]int, how.Chosen), make([]float32, how.Chosen)
	room := make([]float32, how.Room(len(experts)))
	for r := range rows {
		how.Route(chosen, weights, scores.row(r, len(experts)), room)
		at := x
		at.Off += r * x.Stride
		yr := y.row(r, out)
		for i, e := range chosen {
			experts[e].Apply(ref, View{Buf: made, Stride: out}, act, at, 1)
			for o, v := range made {
				yr[o] += float32(float64(weights[i]) * float64(v))
			}
		}
	}
}

// First is the matrix that an expert multiplies its input by.
func (e *Expert) First() Matrix { return cmp.Or(e.GateUp, e.Up) }

// Apply is y = Down(act(x)), by an Ops's own operations; act is room for the hidden values.
func (e *Expert) Apply(ops Ops, y, act, x View, rows int) {
	if e.GateUp != nil {
		ops.MatMulSwiGLU(act, x, rows, e.GateUp)
	} else {
		_, width := e.Down.Shape()
		ops.MatMul(act, x, rows, e.Up)
		ops.SquaredReLU(act, rows, width)
	}
	ops.MatMul(y, act, rows, e.Down)
}

// Route fills chosen with the numbers of a row's experts, in ascending order, and weights with what each of them counts. room
// is working space of [Routing.Room] values. What the choice goes by is rounded to float32, as in the models.
func (how *Routing) Route(chosen []int, weights, scores, room []float32) {
	choice, groups := room[:len(scores)], room[len(scores):]
	for e, s := range scores {
		if how.Sigmoid {
			s = float32(sigmoid(float64(s)))
		}
		if how.Bias != nil {
			s += how.Bias[e]
		}
		choice[e] = s
	}
	if how.Groups > 1 {
		how.leaveGroups(choice, groups[:how.Groups])
	}
	choose(chosen, choice)
	how.weigh(weights, chosen, scores)
}

// Room is how many values [Routing.Route] works on.
func (how *Routing) Room(experts int) int { return experts + how.Groups }

// leaveGroups takes the experts of all groups but the best out of the choice.
func (how *Routing) leaveGroups(choice, sums []float32) {
	n := len(choice) / len(sums)
	for g := range sums {
		first, second := choice[g*n], float32(math.Inf(-1))
		for _, s := range choice[g*n+1 : (g+1)*n] {
			if s > first {
				first, second = s, first
			} else if s > second {
				second = s
			}
		}
		sums[g] = first + second
	}
	for g, sum := range sums {
		better := 0
		for i, other := range sums {
			if other > sum || other == sum && i < g {
				better++
			}
		}
		for e := g * n; better >= how.ChosenGroups && e < (g+1)*n; e++ {
			choice[e] = float32(math.Inf(-1))
		}
	}
}

// choose fills chosen with the numbers of the largest values, the lower ones first among equals, in ascending order.
func choose(chosen []int, values []float32) {
	n := 0
	for e, v := range values {
		at := n
		for at > 0 && values[chosen[at-1]] < v {
			at--
		}
		if at == len(chosen) {
			continue
		}
		n = min(n+1, len(chosen))
		copy(chosen[at+1:n], chosen[at:])
		chosen[at] = e
	}
	slices.Sort(chosen)
}

func (how *Routing) weigh(weights []float32, chosen []int, scores []float32) {
	weight, total := sigmoid, 0.0
	if !how.Sigmoid {
		largest := float64(slices.Max(scores))
		weight = func(s float64) float64 { return math.Exp(s - largest) }
	}
	switch {
	case how.Normalize:
		for _, e := range chosen {
			total += weight(float64(scores[e]))
		}
		total += 1e-20 // the models', so that weights of 0 remain 0
	case how.Sigmoid:
		total = 1
	default:
		for _, s := range scores {
			total += weight(float64(s))
		}
	}
	scale := float64(cmp.Or(how.Scale, 1)) / total
	for i, e := range chosen {
		weights[i] = float32(scale * weight(float64(scores[e])))
	}
}

func sigmoid(v float64) float64 { return 1 / (1 + math.Exp(-v)) }
