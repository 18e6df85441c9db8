//go:build cuda

package cuda

import "caucus/kernels"

// These are the constants of tensor.cu.
const (
	tileOutputs = 128
	chunkInputs = 64
	tensorBlock = 256
	leastTile   = 8 // rows
)

// tensorShared is the shared memory of a block with a tile of 8 << size rows.
func (d *device) tensorShared(size int) int {
	const align = 1024
	return align + tensorStages[d.hopper()][size]*2*chunkInputs*(tileOutputs+leastTile<<size)
}

// tensorStages is how many chunks a block of a tile of 8, 16, ... rows has in shared memory, on Hopper and elsewhere.
var tensorStages = map[bool][]int{true: {8, 8, 8, 8, 6, 4}, false: {3, 3, 3, 3, 3}}

// clusters is how many clusters of 1, 2, 3 and 4 blocks an H200 runs at once, of which each has a multiprocessor to itself. It
// decides how many shares a matrix has, and so the order of sums: it is part of what a sample is a function of, and the
// same on all GPUs.
var clusters = []int{132, 66, 39, 30}

// fewBlocks leave so many multiprocessors idle that blocks with half as many rows are better.
const fewBlocks = 66

// leastShare is how many chunks are worth a block.
const leastShare = 4

// tiles is how a matrix lies in memory for products on tensor cores. The zero value stands for row by row.
type tiles struct {
	count  int // of tiles
	chunks int // of a tile
	share  int // chunks that a block multiplies
	shares int
}

// tilesOf is the form of a matrix [out, in]; the zero value if it has none.
func (o *ops) tilesOf(w kernels.Source, f kernels.Format) tiles {
	if f != kernels.BF16 || o.precision.Inputs != kernels.BF16 || w.In%chunkInputs != 0 {
		return tiles{}
	}
	t := tiles{count: blocks(w.Out, tileOutputs), chunks: w.In / chunkInputs}
	t.shares = 1
	for n, atOnce := range clusters {
		if t.count <= atOnce && t.chunks >= (n+1)*leastShare {
			t.shares = n + 1
		}
	}
	t.share = blocks(t.chunks, t.shares)
	t.shares = blocks(t.chunks, t.share)
	return t
}

func (t *tiles) there() bool { return t.count > 0 }

// bytes is the size of the matrix, whose last tile is filled up.
func (t *tiles) bytes() int { return 2 * t.count * tileOutputs * t.chunks * chunkInputs }

// tileRows is how many rows a block takes of a batch, as the logarithm of how many times leastTile it is.
func (o *ops) tileRows(rows int) (n, size int) {
	last := len(tensorStages[o.device.hopper()]) - 1
	for n = leastTile; n < rows && size < last; n *= 2 {
		size++
	}
	return n, size
}

// tensorMultiply is multiply on tensor cores.
func (o *ops) tensorMultiply(y, x kernels.View, rows int, m *matrix, out, mode int) {
	t, most := &m.tiles, bucket(rows)
	n, size := o.tileRows(most)
	for t.count*t.shares*blocks(most, n) < fewBlocks && size > 0 {
		n, size = n/2, size-1
	}
	across := blocks(most, n)
	var partial, arrived uint64
	if t.shares > 1 && !o.device.hopper() {
		arrived = o.fitCounters(t.count * across)
		partial = o.fit(&o.partial, 4*t.count*tileOutputs*across*n*t.shares)
	}
	o.room(0)
	number := o.rows(rows)
	operand := o.operand(x, rows, m.in, number)
	to, rounded := o.result(y), uint64(0)
	if mode != add {
		rounded = o.rounded(y, rows, out).at
	}
	o.launchCluster(t.shares, tensorSet+function(3*size+mode), across, t.count*t.shares, tensorBlock, o.device.tensorShared(size), to, stride(y), rounded,
		operand.at, intArg(operand.room),
		m.data.arg(), intArg(out), intArg(t.chunks), intArg(t.share), intArg(t.shares), partial, arrived, o.P(), number)
}

// fitCounters makes room for counters of blocks that have come, which are 0 between launches.
func (o *ops) fitCounters(n int) uint64 {
	if o.counters.bytes < 4*n {
		o.counters = scratch{o.zeros(8 * n), 8 * n}
	}
	return o.counters.arg()
}
