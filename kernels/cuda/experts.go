//go:build cuda

package cuda

import (
	"cmp"
	"slices"

	"caucus/kernels"
)

// expertEntry is the struct expert of experts.cu.
type expertEntry struct {
	first, down, firstScales, downScales uint64
	firstFormat, downFormat, gated, _    int32
}

// mixture is a list of experts on the device.
type mixture struct {
	experts []kernels.Expert // that it was made of
	bias    []float32        // likewise
	table   *memory
	biases  *memory

	firstInt8, downInt8 bool // some first, or second, matrix takes rows in bytes
}

// expertTiled stands beside the formats for a matrix that is not row by row.
const expertTiled = 5

func (m *matrix) expertFormat() int32 {
	if m.tiles.there() {
		return expertTiled
	}
	return int32(m.format)
}

// mixture is that of these experts, which a model always gives as the same slice.
func (o *ops) mixture(experts []kernels.Expert, bias []float32) *mixture {
	m := o.mixtures[&experts[0]]
	if m != nil && slices.Equal(m.experts, experts) && slices.Equal(m.bias, bias) {
		return m
	}
	m = &mixture{experts: slices.Clone(experts), bias: slices.Clone(bias), biases: &memory{}}
	entries := make([]expertEntry, len(experts))
	for i := range experts {
		first, down := experts[i].First().(*matrix), experts[i].Down.(*matrix)
		entries[i] = expertEntry{first: first.data.arg(), down: down.data.arg(), firstScales: first.scales.arg(), downScales: down.scales.arg(),
			firstFormat: first.expertFormat(), downFormat: down.expertFormat(), gated: int32(flag(experts[i].GateUp != nil))}
		m.firstInt8 = m.firstInt8 || first.format == kernels.Int8
		m.downInt8 = m.downInt8 || down.format == kernels.Int8
	}
	if bias != nil {
		m.biases = copied(o, bias)
	}
	m.table = copied(o, entries)
	o.mixtures[&experts[0]] = m
	return m
}

func (o *ops) Experts(y, x, scores kernels.View, rows int, experts []kernels.Expert, how kernels.Routing) {
	kernels.CheckExperts(y, x, scores, rows, experts, &how)
	if rows == 0 {
		return
	}
	o.room(0)
	m, s, k := o.mixture(experts, how.Bias), &o.routing, how.Chosen
	_, in := experts[0].First().Shape()
	out, width := experts[0].Down.Shape()
	most := bucket(rows)
	places := most * k
	chosen, weights := o.fit(&s.chosen, 4*places), o.fit(&s.weights, 4*places)
	room := o.fit(&s.room, 4*most*how.Room(len(experts)))
	act, made := o.fit(&s.act, 4*places*width), o.fit(&s.made, 4*places*out)
	n, placed := o.rows(rows), o.number(rows*k)
	o.launch(routeRows, blocks(most, 32), 1, 32, 0, chosen, weights, room, at(scores), stride(scores), m.biases.arg(),
		intArg(len(experts)), intArg(k), flag(how.Sigmoid), flag(how.Normalize), intArg(how.Groups), intArg(how.ChosenGroups),
		floatArg(cmp.Or(how.Scale, 1)), o.P(), n)
	var q, scales uint64
	if m.firstInt8 {
		q, scales = o.quantize(at(x), x.Stride, in, most, n)
	}
	o.launch(expertFirst, places, blocks(width, productWarps), 32*productWarps, 0, act, at(x), stride(x), q, scales, m.table.arg(),
		chosen, intArg(k), intArg(width), intArg(in), o.rounds(), o.P(), placed)
	if m.downInt8 {
		q, scales = o.quantize(act, width, width, places, placed)
	}
	o.launch(expertDown, places, blocks(out, productWarps), 32*productWarps, 0, made, act, q, scales, m.table.arg(), chosen,
		intArg(out), intArg(width), o.rounds(), o.P(), placed)
	o.launch(expertSum, most, blocks(out, pointBlock), pointBlock, 0, o.result(y), stride(y), made, weights, intArg(k), intArg(out),
		o.P(), n)
}
