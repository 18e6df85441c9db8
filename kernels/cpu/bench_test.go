package cpu

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"caucus/kernels"
)

// machine is what this one can do with a number of threads.
type machine struct {
	fma, int8 float64
	reads     map[int]float64 // by size
	threads   int
}

// read is the bandwidth of a block of so many bytes, measured once for each size.
func (m *machine) read(bytes int) float64 {
	if m.reads[bytes] == 0 {
		m.reads[bytes] = PeakRead(bytes, m.threads)
	}
	return m.reads[bytes]
}

var machines = map[int]*machine{}

// peaks measures the machine once for each number of threads.
func peaks(threads int) *machine {
	if machines[threads] == nil {
		machines[threads] = &machine{PeakFMA(threads), PeakInt8(threads), map[int]float64{}, threads}
	}
	return machines[threads]
}

func random(n int) []float32 {
	rng := rand.New(rand.NewPCG(1, 2))
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(rng.NormFloat64())
	}
	return v
}

func view(ops kernels.Ops, rows, n int) kernels.View {
	v := kernels.View{Buf: ops.NewBuffer(rows * n), Stride: n}
	ops.Upload(v.Buf, 0, random(rows*n))
	return v
}

// verify stops a benchmark whose first and last result are not near the reference's.
func verify(b *testing.B, got, want kernels.View, n int) {
	b.Helper()
	g, w := got.Buf.(kernels.Vector), want.Buf.(kernels.Vector)
	for _, i := range []int{0, n / 2, n - 1} {
		if math.Abs(float64(g[i]-w[i])) > 1e-3*(1+math.Abs(float64(w[i]))) {
			b.Fatalf("result %d is %v, want %v", i, g[i], w[i])
		}
	}
}

// expFlops is what the polynomial and the scaling of an exponential take, at least.
const expFlops = 12

// report adds what share of the bound an operation reached: the longer of its arithmetic at the peak and of the bytes that
// it must move, from wherever a block of the size of all of its data lies.
func report(b *testing.B, threads int, flops, bytes float64, size int) {
	elapsed := float64(b.Elapsed().Nanoseconds()) / float64(b.N)
	if peak := peaks(threads); peak.fma > 0 {
		b.ReportMetric(100*max(flops/peak.fma, bytes/peak.read(size))/elapsed, "%bound")
	}
	b.ReportMetric(flops/elapsed, "GFLOP/s")
	b.ReportMetric(bytes/elapsed, "GB/s")
}

// BenchmarkMatMul multiplies by one matrix after the other of a set that no cache holds ("cold", as in a large model), or
// by the same one ("hot"). The bound is the longer of the multiply-adds at their peak and of reading the weights.
func BenchmarkMatMul(b *testing.B) {
	for _, shape := range [][2]int{{256, 1296}, {768, 3072}, {3072, 768}} {
		for _, format := range []kernels.Format{kernels.F32, kernels.F16, kernels.BF16, kernels.Int8} {
			for _, memory := range []int{0, 192 << 20} {
				for _, rows := range []int{1, 8, 32, 128} {
					name := fmt.Sprintf("%dx%d/%v/%s/rows=%d", shape[0], shape[1], format,
						map[bool]string{true: "hot", false: "cold"}[memory == 0], rows)
					b.Run(name, func(b *testing.B) { benchmarkMatMul(b, format, memory, rows, shape[0], shape[1]) })
				}
			}
		}
	}
}

func benchmarkMatMul(b *testing.B, format kernels.Format, memory, rows, in, out int) {
	const threads = 2
	p := kernels.Precision{Weights: format}
	ops, ref := newOps(Options{Threads: threads, Precision: p}, bestInstructions()), kernels.NewReferenceOf(p)
	defer ops.Close()
	w := kernels.Dense(random(in*out), out, in)
	set := make([]kernels.Matrix, 1+memory/(in*out*format.Bytes()))
	for i := range set {
		set[i] = ops.NewMatrix(w)
	}
	x, y, want := view(ops, rows, in), view(ops, rows, out), view(ops, rows, out)
	ops.MatMul(y, x, rows, set[0])
	ref.MatMul(want, x, rows, ref.NewMatrix(w))
	verify(b, y, want, rows*out)
	i := 0
	for b.Loop() {
		ops.MatMul(y, x, rows, set[i%len(set)])
		i++
	}
	flops, bytes := 2*float64(rows*in*out), in*out*format.Bytes()
	if format == kernels.Int8 && peaks(threads).int8 > 0 {
		flops *= peaks(threads).fma / peaks(threads).int8 // as many as take as long
	}
	report(b, threads, flops, float64(bytes), len(set)*bytes)
	b.ReportMetric(2*float64(rows*in*out)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
}

func BenchmarkMamba(b *testing.B) {
	shapes := map[string]kernels.MambaShape{
		"mini":  {DInner: 192, DXB: 64, DState: 16, DConv: 4},
		"M1-3B": {DInner: 3072, DXB: 1024, DState: 16, DConv: 4},
		"plain": {DInner: 1536, DState: 16},
	}
	for name, shape := range shapes {
		for _, rows := range []int{1, 32} {
			b.Run(fmt.Sprintf("%s/rows=%d", name, rows), func(b *testing.B) { benchmarkMamba(b, shape, rows) })
		}
	}
}

func benchmarkMamba(b *testing.B, shape kernels.MambaShape, rows int) {
	ops, ref := newOps(Options{Threads: 1}, bestInstructions()), kernels.NewReference()
	a := random(shape.DInner * shape.DState)
	for i := range a {
		a[i] = -float32(math.Abs(float64(a[i])))
	}
	w := kernels.MambaWeights{Shape: shape, ConvW: random(shape.DInner * shape.DConv), ConvB: random(shape.DInner),
		DTBias: random(shape.DInner), A: a, D: random(shape.DInner)}
	in := kernels.MambaInputs{Z: view(ops, rows, shape.DInner), X: view(ops, rows, shape.XWidth()),
		B: view(ops, rows, shape.BWidth()), C: view(ops, rows, shape.CWidth()), DT: view(ops, rows, shape.DInner)}
	y, want := view(ops, rows, shape.DInner), view(ops, rows, shape.DInner)
	var spans []kernels.Span
	for r := range rows {
		spans = append(spans, kernels.Span{Slot: r, Row: r, Len: 1, Pos: 1})
	}
	ref.PrepareMamba(&w)
	ref.Mamba(want, in, spans, &w, ref.NewMambaState(shape, rows))
	ops.PrepareMamba(&w)
	state := ops.NewMambaState(shape, rows)
	ops.Mamba(y, in, spans, &w, state)
	verify(b, y, want, rows*shape.DInner)
	for b.Loop() {
		ops.Mamba(y, in, spans, &w, state)
	}
	elements := rows * shape.DInner * shape.DState
	const flops = expFlops + 7                                             // exp(delta*A)*S + u*B, then S*C
	report(b, 1, float64(elements*flops), float64(8*elements), 4*elements) // each state is read and written
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(elements), "ns/state")
}

// BenchmarkMamba2 advances a token in each of some slots, or reads a chunk of a prompt into one. A state takes a
// multiplication and two multiply-adds, which count as three of the latter, and is read and written.
func BenchmarkMamba2(b *testing.B) {
	shapes := map[string]kernels.Mamba2Shape{
		"100M":  {Heads: 24, HeadDim: 64, XHeads: 24, BGroups: 1, CGroups: 1, DState: 128},
		"N=16":  {Heads: 24, HeadDim: 64, XHeads: 24, BGroups: 8, CGroups: 8, DState: 16},
		"N=256": {Heads: 24, HeadDim: 64, XHeads: 24, BGroups: 1, CGroups: 1, DState: 256},
		"P=80":  {Heads: 24, HeadDim: 80, XHeads: 24, BGroups: 1, CGroups: 1, DState: 128},
		"M1":    {Heads: 24, HeadDim: 128, XHeads: 8, BGroups: 8, CGroups: 24, DState: 128},
	}
	for name, shape := range shapes {
		for _, threads := range []int{1, 2} {
			for _, rows := range []int{1, 64} {
				b.Run(fmt.Sprintf("%s/threads=%d/rows=%d", name, threads, rows), func(b *testing.B) {
					benchmarkMamba2(b, shape, threads, rows, rows)
				})
			}
			b.Run(fmt.Sprintf("%s/threads=%d/chunk=64", name, threads), func(b *testing.B) {
				benchmarkMamba2(b, shape, threads, 64, 1)
			})
		}
	}
}

func benchmarkMamba2(b *testing.B, shape kernels.Mamba2Shape, threads, rows, slots int) {
	ops, ref := newOps(Options{Threads: threads}, bestInstructions()), kernels.NewReference()
	defer ops.Close()
	a := random(shape.Heads)
	for i := range a {
		a[i] = -float32(math.Abs(float64(a[i])))
	}
	w := kernels.Mamba2Weights{Shape: shape, DTBias: random(shape.Heads), A: a, D: random(shape.Heads), MaxDT: 10}
	in := kernels.Mamba2Inputs{X: view(ops, rows, shape.XWidth()), B: view(ops, rows, shape.BWidth()),
		C: view(ops, rows, shape.CWidth()), DT: view(ops, rows, shape.Heads)}
	y, want := view(ops, rows, shape.DInner()), view(ops, rows, shape.DInner())
	spans := evenSpans(rows, slots)
	ref.PrepareMamba2(&w)
	ref.Mamba2(want, in, spans, &w, ref.NewMamba2State(shape, slots))
	ops.PrepareMamba2(&w)
	state := ops.NewMamba2State(shape, slots)
	ops.Mamba2(y, in, spans, &w, state)
	verify(b, y, want, rows*shape.DInner())
	for b.Loop() {
		ops.Mamba2(y, in, spans, &w, state)
	}
	states := shape.DInner() * shape.DState
	report(b, threads, float64(6*rows*states), float64(4*slots*states), 4*slots*states)
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(rows*states), "ns/state")
}

// evenSpans goes on with every slot by as many tokens.
func evenSpans(rows, slots int) []kernels.Span {
	var spans []kernels.Span
	for i := range slots {
		spans = append(spans, kernels.Span{Slot: i, Row: i * rows / slots, Len: rows / slots, Pos: 1})
	}
	return spans
}

// BenchmarkConv reads a row, its history and the weights, and writes a row and the history.
func BenchmarkConv(b *testing.B) {
	const channels, taps, rows, threads = 1792, 4, 64, 1
	for _, slots := range []int{1, 64} {
		b.Run(fmt.Sprintf("rows=%d/slots=%d", rows, slots), func(b *testing.B) {
			ops, ref := newOps(Options{Threads: threads}, bestInstructions()), kernels.NewReference()
			w := kernels.ConvWeights{Channels: channels, Taps: taps, W: random(channels * taps), B: random(channels)}
			x, y, want := view(ops, rows, channels), view(ops, rows, channels), view(ops, rows, channels)
			spans := evenSpans(rows, slots)
			ref.Conv(want, x, spans, &w, ref.NewConvState(channels, taps, slots))
			ops.PrepareConv(&w)
			state := ops.NewConvState(channels, taps, slots)
			ops.Conv(y, x, spans, &w, state)
			verify(b, y, want, rows*channels)
			for b.Loop() {
				ops.Conv(y, x, spans, &w, state)
			}
			const flops = 2*taps + expFlops + 4 // and an activation
			bytes := 4 * channels * (2*rows + 2*slots*(taps-1))
			report(b, threads, float64(rows*channels*flops), float64(bytes), bytes)
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row")
		})
	}
}

// BenchmarkAttention reads keys and values of its own for every row. The bound is the longer of the multiply-adds and of
// reading them.
func BenchmarkAttention(b *testing.B) {
	shapes := map[string]kernels.AttentionShape{
		"10M":  {Heads: 8, KVHeads: 2, HeadDim: 32, Rope: kernels.Rope{Dim: 32, Theta: 10000}},
		"100M": {Heads: 12, KVHeads: 3, HeadDim: 64, Rope: kernels.Rope{Dim: 64, Theta: 10000}},
	}
	for name, shape := range shapes {
		for _, format := range []kernels.Format{kernels.F32, kernels.BF16} {
			for _, positions := range []int{128, 2048} {
				b.Run(fmt.Sprintf("%s/%v/positions=%d", name, format, positions), func(b *testing.B) {
					benchmarkAttention(b, shape, format, positions)
				})
			}
		}
	}
}

func benchmarkAttention(b *testing.B, shape kernels.AttentionShape, format kernels.Format, positions int) {
	const rows, threads = 64, 2
	ops := newOps(Options{Threads: threads, Precision: kernels.Precision{KV: format}}, bestInstructions())
	defer ops.Close()
	pages := positions / kernels.PageLen
	cache := ops.NewKVCache(shape, rows*pages).(*kvCache)
	clear(cache.keys) // memory never written is one page of zeros
	clear(cache.values)
	var spans []kernels.Span
	for r := range rows {
		s := kernels.Span{Row: r, Len: 1, Pos: positions - 1}
		for p := range pages {
			s.Pages = append(s.Pages, int32(r*pages+p))
		}
		spans = append(spans, s)
	}
	qkv, y := view(ops, rows, shape.QKV()), view(ops, rows, shape.Heads*shape.HeadDim)
	for b.Loop() {
		ops.Attention(y, qkv, spans, shape, cache)
	}
	flops := 4 * float64(rows*positions*shape.Heads*shape.HeadDim)
	bytes := 2 * rows * positions * shape.KVHeads * shape.HeadDim * format.Bytes()
	report(b, threads, flops, float64(bytes), bytes)
}

// BenchmarkExperts multiplies rows by two experts each of a mixture that no cache holds. The bound is the longer of the
// multiply-adds and of reading every expert.
func BenchmarkExperts(b *testing.B) {
	const n, width, count, k = 768, 768, 16, 2
	for _, threads := range []int{1, 2} {
		for _, rows := range []int{1, 64} {
			b.Run(fmt.Sprintf("threads=%d/rows=%d", threads, rows), func(b *testing.B) {
				ops := newOps(Options{Threads: threads}, bestInstructions())
				defer ops.Close()
				var experts []kernels.Expert
				w := kernels.Dense(random(n*width), width, n)
				for range count {
					experts = append(experts, kernels.Expert{GateUp: ops.NewGated(w, w), Down: ops.NewMatrix(w)})
				}
				x, y, scores := view(ops, rows, n), view(ops, rows, n), view(ops, rows, count)
				for b.Loop() {
					ops.Experts(y, x, scores, rows, experts, kernels.Routing{Chosen: k, Normalize: true, Scale: 1e-6})
				}
				const weights = 3 * n * width
				used := min(rows*k, count) // as many as rows at random reach, nearly
				report(b, threads, float64(2*rows*k*weights), float64(4*used*weights), 4*used*weights)
			})
		}
	}
}

func BenchmarkRows(b *testing.B) {
	const rows, n, vocabulary = 32, 192, 272
	ops := newOps(Options{Threads: 1}, bestInstructions())
	x, y, logits := view(ops, rows, n), view(ops, rows, n), view(ops, rows, vocabulary)
	weight, open := ops.NewBuffer(n), view(ops, rows, n)
	for i := range rows * n {
		open.Buf.(kernels.Vector)[i] = 1.27846 // its silu is 1: y stays as it is
	}
	out, greedy := make([]kernels.Sampled, rows), make([]kernels.Sampling, rows)
	warm, nucleus := make([]kernels.Sampling, rows), make([]kernels.Sampling, rows)
	for r := range rows {
		warm[r] = kernels.Sampling{Temperature: 0.8, Uniform: float32(r) / rows}
		nucleus[r] = kernels.Sampling{Temperature: 0.8, TopP: 0.95, Uniform: float32(r) / rows}
	}
	operations := []struct {
		name  string
		n     int // values of a row
		flops int // a value, at least
		run   func()
	}{
		{"rmsnorm", n, 4, func() { ops.RMSNorm(y, x, rows, n, weight, 1e-5) }},
		{"gate", n, expFlops + 4, func() { ops.Gate(y, open, rows, n) }},
		{"squared relu", n, 2, func() { ops.SquaredReLU(y, rows, n) }},
		{"mul row", n, 1, func() { ops.MulRow(y, rows, weight) }},
		{"add row", n, 1, func() { ops.AddRow(y, rows, weight) }},
		{"sample greedy", vocabulary, expFlops + 4, func() { ops.Sample(out, logits, vocabulary, greedy) }},
		{"sample", vocabulary, 2*expFlops + 6, func() { ops.Sample(out, logits, vocabulary, warm) }},
		{"sample top-p", vocabulary, 2*expFlops + 6, func() { ops.Sample(out, logits, vocabulary, nucleus) }},
	}
	for _, op := range operations {
		b.Run(op.name, func(b *testing.B) {
			for b.Loop() {
				op.run()
			}
			report(b, 1, float64(rows*op.n*op.flops), float64(4*rows*op.n), 4*rows*op.n)
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row")
		})
	}
}

func BenchmarkHandOver(b *testing.B) {
	for _, threads := range []int{1, 2} {
		b.Run(fmt.Sprintf("threads=%d", threads), func(b *testing.B) {
			team := newTeam(threads)
			defer team.close()
			job := new(countTask)
			for b.Loop() {
				team.run(job, threads)
			}
		})
	}
}
