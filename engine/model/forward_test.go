package model_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"caucus/engine/internal/tiny"
	"caucus/engine/model"
	"caucus/kernels"
	"caucus/kernels/cpu"
)

var capacity = model.Capacity{Slots: 6, Pages: 24, Rows: 128, Logits: 128}

// prompt makes up n tokens.
func prompt(n int) []int32 {
	tokens := make([]int32, n)
	for i := range tokens {
		tokens[i] = int32((i*i + 3*i + 1) % tiny.Config().Vocab)
	}
	return tokens
}

// runner reads tokens into one state and collects the logits of every token.
type runner struct {
	t     *testing.T
	model *model.Model
	state *model.State
}

func newRunner(t *testing.T, m *model.Model) *runner {
	return &runner{t, m, m.NewState(capacity)}
}

// piece is the next tokens of a sequence in a batch.
type piece struct {
	q      *model.Sequence
	tokens []int32
}

// read runs one batch and returns the logits of each piece, token after token.
func (r *runner) read(pieces ...piece) [][]float32 {
	r.t.Helper()
	var b model.Batch
	for _, p := range pieces {
		span, ok := r.state.Extend(p.q, len(b.Tokens), len(p.tokens))
		if !ok {
			r.t.Fatalf("no pages for %d tokens at position %d", len(p.tokens), p.q.Len)
		}
		b.Spans = append(b.Spans, span)
		b.Tokens = append(b.Tokens, p.tokens...)
	}
	for i := range b.Tokens {
		b.Logits = append(b.Logits, i)
	}
	view := r.model.Forward(r.state, &b)
	out := make([][]float32, len(pieces))
	row := 0
	for i, p := range pieces {
		out[i] = make([]float32, len(p.tokens)*r.model.Config.Vocab)
		r.model.Ops.Download(out[i], view.Buf, view.Off+row*view.Stride)
		row += len(p.tokens)
	}
	return out
}

// alone reads tokens as one sequence in chunks of n.
func alone(t *testing.T, tokens []int32, n int) []float32 {
	r := newRunner(t, tiny.New(kernels.NewReference()))
	var logits []float32
	q := &model.Sequence{Slot: 1}
	for chunk := range slices.Chunk(tokens, n) {
		logits = append(logits, r.read(piece{q, chunk})[0]...)
	}
	return logits
}

func TestChunkedPrefillEqualsStepwise(t *testing.T) {
	tokens := prompt(70)
	want := alone(t, tokens, 1)
	for _, n := range []int{2, 31, 32, 33, 64, 70} {
		if !slices.Equal(alone(t, tokens, n), want) {
			t.Errorf("logits in chunks of %d differ from those token by token", n)
		}
	}
}

func TestOnlyTheLogitsAskedForAreComputed(t *testing.T) {
	tokens := prompt(9)
	all := alone(t, tokens, len(tokens))
	m := tiny.New(kernels.NewReference())
	state, vocab := m.NewState(capacity), m.Config.Vocab
	span, _ := state.Extend(&model.Sequence{}, 0, len(tokens))
	b := model.Batch{Tokens: tokens, Spans: []kernels.Span{span}, Logits: []int{0, 1, 2, 5, 8}}
	view := m.Forward(state, &b)
	for i, row := range b.Logits {
		got := make([]float32, vocab)
		m.Ops.Download(got, view.Buf, view.Off+i*view.Stride)
		if !slices.Equal(got, all[row*vocab:][:vocab]) {
			t.Errorf("logits of row %d differ", row)
		}
	}
}

func TestSequencesOfABatchDoNotMeet(t *testing.T) {
	a, b := prompt(45), prompt(80)[40:]
	wantA, wantB := alone(t, a, 1), alone(t, b, 1)
	r := newRunner(t, tiny.New(kernels.NewReference()))
	qa, qb := &model.Sequence{Slot: 4}, &model.Sequence{Slot: 0}
	var gotA, gotB []float32
	for i := range 5 { // chunks of different length, in alternating order
		pieces := []piece{{qa, a[i*9:][:9]}, {qb, b[i*8:][:8]}}
		if i%2 == 1 {
			slices.Reverse(pieces)
		}
		out := r.read(pieces...)
		if i%2 == 1 {
			slices.Reverse(out)
		}
		gotA, gotB = append(gotA, out[0]...), append(gotB, out[1]...)
	}
	if !slices.Equal(gotA, wantA) || !slices.Equal(gotB, wantB) {
		t.Error("logits in a batch differ from those alone")
	}
}

func TestForksEqualUnsharedSequences(t *testing.T) {
	for _, length := range []int{0, 1, 31, 32, 33, 64} { // around the end of a page
		t.Run(fmt.Sprintf("forked after %d tokens", length), func(t *testing.T) {
			begin := prompt(length)
			r := newRunner(t, tiny.New(kernels.NewReference()))
			source := &model.Sequence{Slot: 5}
			if length > 0 {
				r.read(piece{source, begin})
			}
			forks := make([]*model.Sequence, 3)
			for i := range forks {
				forks[i] = &model.Sequence{Slot: i}
				r.state.Fork(forks[i], source)
			}
			r.state.Release(source)
			for i, q := range forks {
				end := prompt(i + 40)[i:]
				got := r.read(piece{q, end})[0]
				want := alone(t, slices.Concat(begin, end), 1)[length*r.model.Config.Vocab:]
				if !slices.Equal(got, want) {
					t.Errorf("logits of fork %d differ from those of its tokens read alone", i)
				}
			}
			for _, q := range forks {
				r.state.Release(q)
			}
			if free := r.state.FreePages(); free != capacity.Pages {
				t.Errorf("%d of %d pages are free after every sequence is released", free, capacity.Pages)
			}
		})
	}
}

func TestADetachedSequenceReadsPagesOfItsOwn(t *testing.T) {
	begin := prompt(70)
	r := newRunner(t, tiny.New(kernels.NewReference()))
	source, fork := &model.Sequence{Slot: 5}, &model.Sequence{Slot: 0}
	r.read(piece{source, begin})
	r.state.Fork(fork, source)
	free := r.state.FreePages()
	if !r.state.Detach(fork) || r.state.FreePages() != free-3 {
		t.Fatalf("of %d free pages %d are left, want 3 less", free, r.state.FreePages())
	}
	if !r.state.Detach(fork) || r.state.FreePages() != free-3 {
		t.Error("what shares nothing took pages")
	}
	r.state.Release(source)
	r.read(piece{&model.Sequence{Slot: 4}, prompt(100)}) // writes over the pages of source
	end := prompt(110)[70:]
	if got := r.read(piece{fork, end})[0]; !slices.Equal(got, alone(t, prompt(110), 1)[70*r.model.Config.Vocab:]) {
		t.Error("logits of a detached fork differ from those of its tokens read alone")
	}
}

func TestDetachChangesNothingWhenPagesRunOut(t *testing.T) {
	state := tiny.New(kernels.NewReference()).NewState(model.Capacity{Slots: 2, Pages: 3, Rows: 1, Logits: 1})
	a, b := &model.Sequence{Slot: 0}, &model.Sequence{Slot: 1}
	state.Extend(a, 0, 40)
	state.Fork(b, a)
	if state.Detach(b) || state.FreePages() != 1 {
		t.Errorf("two pages were copied to one that was free; %d are left", state.FreePages())
	}
}

func TestAStepAllocatesNothing(t *testing.T) {
	ops, err := cpu.New(cpu.Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer ops.Close()
	m := tiny.New(ops)
	state := m.NewState(capacity)
	q := &model.Sequence{}
	b := model.Batch{Tokens: []int32{1}, Spans: make([]kernels.Span, 1), Logits: []int{0}}
	allocs := testing.AllocsPerRun(100, func() {
		if q.Len == 8*kernels.PageLen {
			state.Release(q)
		}
		b.Spans[0], _ = state.Extend(q, 0, 1)
		m.Forward(state, &b)
	})
	if allocs > 0 {
		t.Errorf("a step made %v allocations", allocs)
	}
}

func TestExtendChangesNothingWhenPagesRunOut(t *testing.T) {
	state := tiny.New(kernels.NewReference()).NewState(model.Capacity{Slots: 2, Pages: 2, Rows: 1, Logits: 1})
	a, b := &model.Sequence{Slot: 0}, &model.Sequence{Slot: 1}
	state.Extend(a, 0, 40)
	state.Fork(b, a)
	if _, ok := state.Extend(b, 0, 1); ok {
		t.Error("a shared page was written without a free page to copy it to")
	}
	if _, ok := state.Extend(a, 0, 30); ok || a.Len != 40 {
		t.Errorf("Extend beyond the free pages reported %v and left %d tokens, want false and 40", ok, a.Len)
	}
	state.Release(b)
	if _, ok := state.Extend(a, 0, 24); !ok || a.Len != 64 {
		t.Errorf("Extend within the sequence's own page reported %v and left %d tokens, want true and 64", ok, a.Len)
	}
}

// lacking is tiny.Weights without one tensor.
type lacking struct {
	tiny.Weights
	missing string
}

func (l lacking) Has(name string) bool { return name != l.missing && l.Weights.Has(name) }

func (l lacking) Floats(name string, shape ...int) ([]float32, error) {
	if name == l.missing {
		return nil, errors.New("no tensor " + name)
	}
	return l.Weights.Floats(name, shape...)
}

func (l lacking) Matrix(name string, shape ...int) (kernels.Source, error) {
	return tiny.Matrix(l, name, shape...)
}

func TestLoadNamesTheMissingTensor(t *testing.T) {
	for _, name := range []string{"model.embed_tokens.weight", "model.norm.weight", "model.layers.0.mamba.in_proj.weight",
		"model.layers.0.mamba.A_log", "model.layers.4.mha.in_proj.weight", "model.layers.2.mlp.up_proj.weight"} {
		_, err := model.Load(lacking{missing: name}, tiny.Config(), kernels.NewReference())
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("without %s: got error %v", name, err)
		}
	}
}
