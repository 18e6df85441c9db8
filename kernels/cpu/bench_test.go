package cpu

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"testing"

	"caucus/kernels"
)

// peak is the bound of one thread, measured once; benchmarks report what part of it they reach.
var peak = sync.OnceValue(func() float64 { return PeakFMA(1) })

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

func BenchmarkMatMul(b *testing.B) {
	for _, shape := range [][2]int{{192, 524}, {192, 1024}, {512, 192}, {192, 192}, {192, 272}, {1024, 1024}} {
		for _, rows := range []int{1, 3, 8, 32, 128} {
			for _, threads := range []int{1, 2} {
				name := fmt.Sprintf("%dx%d/rows=%d/threads=%d", shape[0], shape[1], rows, threads)
				b.Run(name, func(b *testing.B) { benchmarkMatMul(b, threads, rows, shape[0], shape[1]) })
			}
		}
	}
}

func benchmarkMatMul(b *testing.B, threads, rows, in, out int) {
	ops, ref := newOps(Options{Threads: threads}, bestInstructions()), kernels.NewReference()
	defer ops.Close()
	w := random(in * out)
	m := ops.NewMatrix(kernels.Dense(w, out, in))
	x, y, want := view(ops, rows, in), view(ops, rows, out), view(ops, rows, out)
	ops.MatMul(y, x, rows, m)
	ref.MatMul(want, x, rows, ref.NewMatrix(kernels.Dense(w, out, in)))
	verify(b, y, want, rows*out)
	for b.Loop() {
		ops.MatMul(y, x, rows, m)
	}
	rate := 2 * float64(rows*in*out) * float64(b.N) / float64(b.Elapsed().Nanoseconds())
	b.ReportMetric(rate, "GFLOP/s")
	if peak() > 0 {
		b.ReportMetric(100*rate/(float64(threads)*peak()), "%peak")
	}
}

func BenchmarkMamba(b *testing.B) {
	shapes := map[string]kernels.MambaShape{
		"mini":  {DInner: 192, DXB: 64, DState: 16, DTRank: 12, DConv: 4},
		"M1-3B": {DInner: 3072, DXB: 1024, DState: 16, DTRank: 192, DConv: 4},
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
	p, dt := view(ops, rows, shape.InProj()), view(ops, rows, shape.DInner)
	y, want := view(ops, rows, shape.DInner), view(ops, rows, shape.DInner)
	var spans []kernels.Span
	for r := range rows {
		spans = append(spans, kernels.Span{Slot: r, Row: r, Len: 1, Pos: 1})
	}
	ref.PrepareMamba(&w)
	ref.Mamba(want, p, dt, spans, &w, ref.NewMambaState(shape, rows))
	ops.PrepareMamba(&w)
	state := ops.NewMambaState(shape, rows)
	ops.Mamba(y, p, dt, spans, &w, state)
	verify(b, y, want, rows*shape.DInner)
	for b.Loop() {
		ops.Mamba(y, p, dt, spans, &w, state)
	}
	elements := float64(rows*shape.DInner*shape.DState) * float64(b.N)
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/elements, "ns/state")
}

func BenchmarkAttention(b *testing.B) {
	shape := kernels.AttentionShape{Heads: 6, KVHeads: 2, HeadDim: 32, RopeTheta: 10000}
	for _, pos := range []int{127, 1023} {
		b.Run(fmt.Sprintf("mini/rows=32/positions=%d", pos+1), func(b *testing.B) {
			const rows = 32
			ops := newOps(Options{Threads: 1}, bestInstructions())
			pages := (pos + kernels.PageLen) / kernels.PageLen
			cache := ops.NewKVCache(shape, rows*pages)
			var spans []kernels.Span
			for r := range rows {
				s := kernels.Span{Row: r, Len: 1, Pos: pos}
				for p := range pages {
					s.Pages = append(s.Pages, int32(r*pages+p))
				}
				spans = append(spans, s)
			}
			qkv, y := view(ops, rows, shape.QKV()), view(ops, rows, shape.Heads*shape.HeadDim)
			for b.Loop() {
				ops.Attention(y, qkv, spans, shape, cache)
			}
			pairs := float64(rows*(pos+1)*shape.Heads) * float64(b.N)
			rate := 4 * pairs * float64(shape.HeadDim) / float64(b.Elapsed().Nanoseconds())
			b.ReportMetric(rate, "GFLOP/s")
		})
	}
}

func BenchmarkRows(b *testing.B) {
	const rows, n, vocabulary = 32, 192, 272
	ops := newOps(Options{Threads: 1}, bestInstructions())
	x, y, logits := view(ops, rows, 2*n), view(ops, rows, n), view(ops, rows, vocabulary)
	weight := ops.NewBuffer(n)
	out, greedy := make([]kernels.Sampled, rows), make([]kernels.Sampling, rows)
	warm, nucleus := make([]kernels.Sampling, rows), make([]kernels.Sampling, rows)
	for r := range rows {
		warm[r] = kernels.Sampling{Temperature: 0.8, Uniform: float32(r) / rows}
		nucleus[r] = kernels.Sampling{Temperature: 0.8, TopP: 0.95, Uniform: float32(r) / rows}
	}
	operations := []struct {
		name string
		run  func()
	}{
		{"rmsnorm", func() { ops.RMSNorm(y, x, rows, n, weight, 1e-5) }},
		{"swiglu", func() { ops.SwiGLU(y, x, rows, n) }},
		{"sample greedy", func() { ops.Sample(out, logits, vocabulary, greedy) }},
		{"sample", func() { ops.Sample(out, logits, vocabulary, warm) }},
		{"sample top-p", func() { ops.Sample(out, logits, vocabulary, nucleus) }},
	}
	for _, op := range operations {
		b.Run(op.name, func(b *testing.B) {
			for b.Loop() {
				op.run()
			}
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
