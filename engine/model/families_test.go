package model_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"caucus/engine/model"
	"caucus/engine/weights"
	"caucus/kernels"
	"caucus/kernels/cpu"
)

// What a logit may be off, relative to the largest of its position: the other implementation computes in float32, too.
const (
	tolerance     = 1e-4
	toleranceBF16 = 5e-3
)

// golden is what a family's reference implementation computed: train/checkpoints.py made it.
type golden struct {
	dir            string
	tokens         [][]int32
	exact, rounded [][]float32 // logits of every token, by the weights as they are and rounded to bfloat16
}

func readGolden(t *testing.T, dir string) golden {
	t.Helper()
	f, err := weights.Open(filepath.Join(dir, "golden.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // only read
	g := golden{dir: dir}
	for i := 0; f.Has(fmt.Sprintf("tokens.%d", i)); i++ {
		read := func(name string) []float32 {
			v, err := f.Floats(fmt.Sprintf("%s.%d", name, i))
			if err != nil && name != "bf16.logits" { // which only some have
				t.Fatal(err)
			}
			return v
		}
		var tokens []int32
		for _, v := range read("tokens") {
			tokens = append(tokens, int32(v))
		}
		g.tokens, g.exact, g.rounded = append(g.tokens, tokens), append(g.exact, read("logits")), append(g.rounded, read("bf16.logits"))
	}
	return g
}

func families(t *testing.T) []string {
	t.Helper()
	dirs, err := filepath.Glob("testdata/families/*")
	if err != nil || len(dirs) < 16 {
		t.Fatalf("found families %v, %v", dirs, err)
	}
	return dirs
}

// load opens a family's checkpoint on an Ops.
func (g *golden) load(t *testing.T, ops kernels.Ops) *model.Model {
	t.Helper()
	f, err := weights.Open(g.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // only read
	cfg, err := model.LoadConfig(os.DirFS(g.dir))
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.Load(rounding{f, ops.Precision().Weights}, cfg, ops)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// rounding is weights all of whose numbers are rounded to a format, vectors too.
type rounding struct {
	*weights.File
	format kernels.Format
}

func (r rounding) Floats(name string, shape ...int) ([]float32, error) {
	v, err := r.File.Floats(name, shape...)
	for i := range v {
		v[i] = r.format.Round(v[i])
	}
	return v, err
}

func TestFamiliesGiveTheReferencesLogits(t *testing.T) {
	for _, dir := range families(t) {
		name := filepath.Base(dir)
		t.Run(name, func(t *testing.T) {
			g := readGolden(t, dir)
			t.Run("reference", func(t *testing.T) { g.compare(t, kernels.NewReference(), g.exact, tolerance) })
			t.Run("cpu", func(t *testing.T) { g.compare(t, newCPU(t, kernels.Precision{}), g.exact, tolerance) })
			rounded := kernels.Precision{Weights: kernels.BF16}
			t.Run("cpu in bf16", func(t *testing.T) { g.compare(t, newCPU(t, rounded), g.rounded, tolerance) })
			rounded.KV = kernels.BF16
			t.Run("cpu with all in bf16", func(t *testing.T) { g.compare(t, newCPU(t, rounded), g.rounded, toleranceBF16) })
		})
	}
}

func newCPU(t *testing.T, p kernels.Precision) kernels.Ops {
	t.Helper()
	ops, err := cpu.New(cpu.Options{Threads: 2, Precision: p})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(ops.Close)
	return ops
}

// compare reads the prompts in every way in which an engine reads: each at once, token by token, in chunks, all side by side,
// and on from a fork.
func (g *golden) compare(t *testing.T, ops kernels.Ops, want [][]float32, allowed float64) {
	m := g.load(t, ops)
	vocab, worst := m.Config.Vocab, 0.0
	check := func(how string, prompt, from int, got []float32) {
		t.Helper()
		if want[prompt] == nil {
			return
		}
		off := difference(got, want[prompt][from*vocab:], vocab)
		worst = max(worst, off)
		if !(off <= allowed) {
			t.Errorf("%s, prompt %d from token %d: logits are off by %.2g, allowed %.2g", how, prompt, from, off, allowed)
		}
	}
	var together []piece
	for i, tokens := range g.tokens {
		for _, n := range []int{len(tokens), 1, 16} {
			r, q := newRunner(t, m), &model.Sequence{Slot: 1}
			var got []float32
			for chunk := range slices.Chunk(tokens, n) {
				got = append(got, r.read(piece{q, chunk})[0]...)
			}
			check(fmt.Sprintf("in chunks of %d", n), i, 0, got)
		}
		together = append(together, piece{&model.Sequence{Slot: i}, tokens})
	}
	for i, got := range newRunner(t, m).read(together...) {
		check("side by side", i, 0, got)
	}
	g.fork(t, m, check)
	t.Logf("off by %.2g at most", worst)
}

// fork lets two forks, one of them behind a decode step of another prompt, end what a prompt began.
func (g *golden) fork(t *testing.T, m *model.Model, check func(string, int, int, []float32)) {
	r, last := newRunner(t, m), len(g.tokens)-1
	tokens, other := g.tokens[last], &model.Sequence{Slot: 5}
	source, forks := &model.Sequence{Slot: 0}, []*model.Sequence{{Slot: 1}, {Slot: 2}}
	const begin = 21
	r.read(piece{source, tokens[:begin]})
	for _, f := range forks {
		r.state.Fork(f, source)
	}
	r.state.Release(source)
	got := r.read(piece{other, g.tokens[0][:1]}, piece{forks[0], tokens[begin:]}, piece{forks[1], tokens[begin : begin+1]})
	check("a fork", last, begin, got[1])
	check("a fork that steps", last, begin, append(got[2], r.read(piece{forks[1], tokens[begin+1:]})[0]...))
}

// difference is the largest over the positions, relative to the largest logit of each.
func difference(got, want []float32, vocab int) float64 {
	worst := 0.0
	for at := 0; at < len(got); at += vocab {
		off, size := 0.0, 0.0
		for i, w := range want[at : at+vocab] {
			off = math.Max(off, math.Abs(float64(got[at+i])-float64(w)))
			size = math.Max(size, math.Abs(float64(w)))
		}
		worst = math.Max(worst, off/size)
	}
	if len(got) == 0 || len(got) > len(want) {
		return math.Inf(1)
	}
	return worst
}
