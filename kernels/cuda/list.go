//go:build cuda

package cuda

// maxArgs is the most arguments that a kernel has.
const maxArgs = 28

// launch is a kernel that is to run. Its arguments take 8 bytes each.
type launch struct {
	kernel        function
	grid          [3]uint32
	block, shared uint32
	cluster       uint32 // blocks that run at once, neighbours along y
	n             int
	args          [maxArgs]uint64
	operation     string // for profiles: see Mark
}

// list is what the operations since the last flush are to run. A flush runs it on the stream or, where it is a decode
// step's, as a graph, which is captured when such a list first comes.
type list struct {
	launches  []launch
	ran       []launch // those of the flush before
	operation string   // of further launches
	prompt    bool     // it has work of a size that hardly comes again
	graphs    []cachedGraph
	captured  int // graphs, ever
	replayed  int
}

type cachedGraph struct {
	hash     uint64
	launches []launch
	graph    *graph
}

// maxGraphs bounds the cache: a decode step has one for each bucket.
const maxGraphs = 64

// maxBucket is the largest batch that shares a graph with smaller ones.
const maxBucket = 512

// bucket is how many rows a grid is made for that has n. Up to maxBucket it is a power of two.
func bucket(n int) int {
	if n > maxBucket {
		return n
	}
	b := 1
	for b < n {
		b *= 2
	}
	return b
}

// launch adds a kernel to the list.
func (o *ops) launch(k function, gridX, gridY, block, shared int, args ...uint64) {
	o.launch3(k, [3]int{gridX, gridY, 1}, block, shared, args...)
}

// launchCluster is launch for blocks of which so many run at once, on devices that can.
func (o *ops) launchCluster(cluster int, k function, gridX, gridY, block, shared int, args ...uint64) {
	o.launch3(k, [3]int{gridX, gridY, 1}, block, shared, args...)
	if o.device.hopper() {
		o.list.launches[len(o.list.launches)-1].cluster = uint32(cluster)
	}
}

// launch3 is launch with a grid of three dimensions.
func (o *ops) launch3(k function, grid [3]int, block, shared int, args ...uint64) {
	l := o.list.add()
	*l = launch{kernel: k, cluster: 1, block: uint32(block), shared: uint32(shared), n: len(args), operation: o.list.operation}
	for i, n := range grid {
		l.grid[i] = uint32(n)
	}
	copy(l.args[:], args)
}

// add returns the place of a further launch.
func (l *list) add() *launch {
	if len(l.launches) < cap(l.launches) {
		l.launches = l.launches[:len(l.launches)+1]
	} else {
		l.launches = append(l.launches, launch{})
	}
	return &l.launches[len(l.launches)-1]
}

// flag is the argument for a condition.
func flag(set bool) uint64 {
	if set {
		return 1
	}
	return 0
}

// blocks is how many blocks of so many units hold n.
func blocks(n, units int) int { return (n + units - 1) / units }

// flush runs the list and waits for it.
func (o *ops) flush() {
	if len(o.list.launches) > 0 {
		o.upload()
		ok(o.put(o.list.launches))
		ok(o.stream.wait())
		o.done()
	}
}

// runStep puts the list of a step on the stream, as a graph if such a list may come again.
func (o *ops) runStep() {
	o.upload()
	if o.list.prompt {
		ok(o.put(o.list.launches))
		return
	}
	ok(o.stream.replay(o.graph()))
	o.list.replayed++
}

// upload sends the numbers of the list.
func (o *ops) upload() { ok(o.params.host.upload(o.stream, o.params.memory.at, 0, o.params.used)) }

// put puts launches on the stream.
func (o *ops) put(launches []launch) error {
	for i := range launches {
		l := &launches[i]
		grid, block := dim{int(l.grid[0]), int(l.grid[1]), int(l.grid[2])}, dim{x: int(l.block)}
		if err := o.stream.launchCluster(o.kernels[l.kernel], int(l.cluster), grid, block, int(l.shared), l.args[:l.n]...); err != nil {
			return err
		}
	}
	return nil
}

// done empties the list, which the device has run.
func (o *ops) done() {
	o.list.launches, o.list.ran, o.list.prompt = o.list.ran[:0], o.list.launches, false
	o.params.reset()
	o.spans.forget()
	o.reclaim()
}

// graph is that of the list.
func (o *ops) graph() *graph {
	hash := o.list.hash()
	for i := range o.list.graphs {
		if g := &o.list.graphs[i]; g.hash == hash && same(g.launches, o.list.launches) {
			return g.graph
		}
	}
	if len(o.list.graphs) == maxGraphs {
		o.dropGraphs()
	}
	g, err := o.stream.capture("a step", func() error { return o.put(o.list.launches) })
	ok(err)
	o.list.captured++
	o.list.graphs = append(o.list.graphs, cachedGraph{hash, append([]launch(nil), o.list.launches...), g})
	return g
}

func (o *ops) dropGraphs() {
	for _, g := range o.list.graphs {
		ok(g.graph.close())
	}
	o.list.graphs = o.list.graphs[:0]
}

// hash is FNV-1a over words.
func (l *list) hash() uint64 {
	h := uint64(14695981039346656037)
	for i := range l.launches {
		c := &l.launches[i]
		h = (h ^ uint64(c.kernel)) * 1099511628211
		for _, n := range c.grid {
			h = (h ^ uint64(n)) * 1099511628211
		}
		for _, a := range c.args[:c.n] {
			h = (h ^ a) * 1099511628211
		}
	}
	return h
}

func same(a, b []launch) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
