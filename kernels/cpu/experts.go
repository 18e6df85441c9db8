package cpu

import "caucus/kernels"

// expertsTask runs a step of a mixture row by row. Between the steps, a row that goes to an expert has a place; the places
// of an expert follow one another, so that its products have all of its rows at once.
type expertsTask struct {
	o            *ops
	y, x, scores kernels.View
	rows         int
	how          kernels.Routing
	step         func(t *expertsTask, r int)

	chosen       []int     // [rows, how.Chosen] experts, in ascending order
	weights      []float32 // [rows, how.Chosen]
	places       []int     // [rows, how.Chosen]
	routing      []float32 // [rows, how.Room], on which route works
	first        []int     // place of every expert, and the end
	in, act, out kernels.View
}

func (o *ops) Experts(y, x, scores kernels.View, rows int, experts []kernels.Expert, how kernels.Routing) {
	kernels.CheckExperts(y, x, scores, rows, experts, &how)
	if rows == 0 {
		return
	}
	t := &o.experts
	t.o, t.y, t.x, t.scores, t.rows, t.how = o, y, x, scores, rows, how
	t.fit(experts)
	const perScore, perCopy = 16, 4 // nanoseconds for a score, and for 8 values that are copied or added
	t.each((*expertsTask).route, rows*len(experts)*perScore)
	t.sort()
	t.each((*expertsTask).gather, rows*how.Chosen*t.in.Stride*perCopy/8)
	for e := range experts {
		at, n := t.first[e], t.first[e+1]-t.first[e]
		experts[e].Apply(o, rowsFrom(t.out, at), rowsFrom(t.act, at), rowsFrom(t.in, at), n)
	}
	t.each((*expertsTask).sum, rows*how.Chosen*t.out.Stride*perCopy/8)
}

// rowsFrom is a view's rows from r on.
func rowsFrom(v kernels.View, r int) kernels.View {
	v.Off += r * v.Stride
	return v
}

// fit makes room for the experts' work.
func (t *expertsTask) fit(experts []kernels.Expert) {
	if n := t.rows * t.how.Chosen; len(t.chosen) < n {
		t.chosen, t.weights, t.places = make([]int, n), make([]float32, n), make([]int, n)
	}
	if n := t.rows * t.how.Room(len(experts)); len(t.routing) < n {
		t.routing = make([]float32, n)
	}
	if cap(t.first) < len(experts)+1 {
		t.first = make([]int, len(experts)+1)
	}
	t.first = t.first[:len(experts)+1]
	_, in := experts[0].First().Shape()
	out, width := experts[0].Down.Shape()
	t.in, t.act, t.out = t.room(t.in, in), t.room(t.act, width), t.room(t.out, out)
}

// room is a view of as many rows of n values as there are places, on the buffer of v if that has them.
func (t *expertsTask) room(v kernels.View, n int) kernels.View {
	if v.Stride = n; v.Buf == nil || v.Buf.Len() < t.rows*t.how.Chosen*n {
		v.Buf = kernels.Vector(aligned(t.rows * t.how.Chosen * n))
	}
	return v
}

func (t *expertsTask) each(step func(t *expertsTask, r int), cost int) {
	t.step = step
	t.o.split(t, cost)
}

func (t *expertsTask) run(part, parts int) {
	from, to := share(t.rows, part, parts)
	for r := from; r < to; r++ {
		t.step(t, r)
	}
}

func (t *expertsTask) route(r int) {
	k, experts := t.how.Chosen, len(t.first)-1
	room := t.how.Room(experts)
	t.how.Route(t.chosen[r*k:][:k], t.weights[r*k:][:k], row(t.scores, r, experts), t.routing[r*room:][:room])
}

// sort gives every chosen expert of every row its place: by experts, then by rows.
func (t *expertsTask) sort() {
	chosen := t.chosen[:t.rows*t.how.Chosen]
	clear(t.first)
	for _, e := range chosen {
		t.first[e+1]++
	}
	for e := range len(t.first) - 1 {
		t.first[e+1] += t.first[e]
	}
	for i, e := range chosen {
		t.places[i] = t.first[e]
		t.first[e]++
	}
	copy(t.first[1:], t.first) // each has become the next one's
	t.first[0] = 0
}

func (t *expertsTask) gather(r int) {
	x := row(t.x, r, t.in.Stride)
	for _, place := range t.places[r*t.how.Chosen:][:t.how.Chosen] {
		copy(row(t.in, place, t.in.Stride), x)
	}
}

// sum adds what the row's experts made of it, in the order of their numbers.
func (t *expertsTask) sum(r int) {
	y, k := row(t.y, r, t.out.Stride), t.how.Chosen
	for i, place := range t.places[r*k:][:k] {
		t.o.addScaled(y, row(t.out, place, t.out.Stride), t.weights[r*k+i])
	}
}
