package cpu

import (
	"fmt"
	"runtime"

	"caucus/kernels"
)

//go:generate sh -c "cd _asm && go run . -out ../kernels_amd64.s -stubs ../kernels_amd64.go -pkg cpu"

// Options chooses how an Ops computes. The zero value is the default.
type Options struct {
	// Threads is the number of goroutines that compute, the caller among them; 0 means GOMAXPROCS. One computes in
	// the caller alone, which is best when other programs keep the machine busy.
	Threads int
	// Precision says how weights, keys and values are stored.
	Precision kernels.Precision
}

// MaxThreads bounds Options.Threads.
const MaxThreads = 1024

// New returns the fastest Ops that this processor can run. Close it to stop its workers.
func New(opts Options) (kernels.Ops, error) {
	if opts.Threads < 0 || opts.Threads > MaxThreads {
		return nil, fmt.Errorf("starting cpu kernels: %d threads: choose 1 to %d, or 0 for as many as Go may run",
			opts.Threads, MaxThreads)
	}
	if err := opts.Precision.Check(); err != nil {
		return nil, fmt.Errorf("starting cpu kernels: %w", err)
	}
	return newOps(opts, bestInstructions()), nil
}

// ops holds one task of every kind, so that handing one to the team allocates nothing.
type ops struct {
	*instructions
	team      *team
	scratch   []*scratch // of every part
	partCost  int        // see the constant; a test takes a smaller one
	precision kernels.Precision

	matMul    matMulTask
	gated     gatedTask
	quantize  quantizeTask
	quantized int8Rows
	round     roundTask
	rounded   []float32
	rows      rowsTask
	conv      convTask
	mamba     mambaTask
	mamba2    mamba2Task
	experts   expertsTask
	store     storeTask
	attention attentionTask
	sample    sampleTask
	rope      kernels.RopeTable
}

// scratch is the working space of one part of a task.
type scratch struct {
	tile      [maxTileRows * panelWidth]float32     // a tile that overhangs its matrix
	pair      [maxTileRows * 2 * panelWidth]float32 // the products of a gated tile
	conv      [][]float32
	mamba     mambaToken
	mamba2    mamba2Token
	attention attentionScratch
	weights   []int32
	drawer    kernels.Drawer
}

func newOps(opts Options, inst *instructions) *ops {
	threads := opts.Threads
	if threads == 0 {
		threads = min(runtime.GOMAXPROCS(0), MaxThreads)
	}
	o := &ops{instructions: inst, team: newTeam(threads), scratch: make([]*scratch, threads), partCost: partCost,
		precision: opts.Precision.WithDefaults()}
	for i := range o.scratch {
		o.scratch[i] = new(scratch)
	}
	return o
}

// Name says which instructions compute on how many threads.
func (o *ops) Name() string {
	if len(o.scratch) == 1 {
		return fmt.Sprintf("cpu/%s, 1 thread", o.name)
	}
	return fmt.Sprintf("cpu/%s, %d threads", o.name, len(o.scratch))
}

func (o *ops) Precision() kernels.Precision { return o.precision }

// Close stops the workers.
func (o *ops) Close() { o.team.close() }

func (o *ops) NewBuffer(n int) kernels.Buffer { return kernels.Vector(aligned(n)) }

func (o *ops) Upload(dst kernels.Buffer, off int, src []float32) {
	copy(dst.(kernels.Vector)[off:off+len(src)], src)
}

func (o *ops) Download(dst []float32, src kernels.Buffer, off int) {
	copy(dst, src.(kernels.Vector)[off:off+len(dst)])
}

// partCost is the least work, in nanoseconds, that is worth handing to another thread: a few hand-overs.
const partCost = 2000

// split runs a task of about cost nanoseconds in as many parts as are worth it.
func (o *ops) split(t task, cost int) {
	o.team.run(t, min(len(o.scratch), 1+cost/o.partCost))
}

// share is the part of n units that falls to one of several parts.
func share(n, part, parts int) (from, to int) { return n * part / parts, n * (part + 1) / parts }
