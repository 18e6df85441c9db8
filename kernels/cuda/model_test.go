//go:build cuda

package cuda

import (
	"math"
	"slices"
	"testing"

	"caucus/engine"
	"caucus/engine/mini"
	"caucus/engine/model"
	"caucus/kernels"
	"caucus/kernels/cpu"
)

// forks is a prompt and samples that continue it, token by token.
type forks struct {
	model *model.Model
	state *model.State
	all   []model.Sequence
	next  []int32 // the newest token of each
	batch model.Batch
	how   []kernels.Sampling
	drawn []kernels.Sampled
}

// newForks reads a prompt and forks it n times.
func newForks(t *testing.T, ops kernels.Ops, n int) *forks {
	t.Helper()
	c, err := engine.Load(mini.FS(), ops)
	if err != nil {
		t.Fatal(err)
	}
	prompt, err := c.Tokenizer.Prompt("What is 7*8 - 3, and why is that so?")
	if err != nil {
		t.Fatal(err)
	}
	return forkPrompt(c.Model, prompt, 23, n)
}

// forkPrompt reads all of a prompt but its last token, in chunks, and forks it n times.
func forkPrompt(m *model.Model, prompt []int32, chunk, n int) *forks {
	f := &forks{model: m, all: make([]model.Sequence, n), next: make([]int32, n), how: make([]kernels.Sampling, n),
		drawn: make([]kernels.Sampled, n)}
	f.state = m.NewState(model.Capacity{Slots: n + 1, Pages: 8 * (n + 1), Rows: 64, Logits: n})
	first := model.Sequence{Slot: n}
	for from := 0; from < len(prompt)-1; from += chunk {
		tokens := prompt[from:min(from+chunk, len(prompt)-1)]
		span, _ := f.state.Extend(&first, 0, len(tokens))
		m.Forward(f.state, &model.Batch{Tokens: tokens, Spans: []kernels.Span{span}})
	}
	for i := range f.all {
		f.all[i].Slot = i
		f.state.Fork(&f.all[i], &first)
		f.next[i] = prompt[len(prompt)-1]
	}
	return f
}

// step draws a token for each of the first n.
func (f *forks) step(t *testing.T, n int, draw func(fork int) kernels.Sampling) {
	f.batch.Reset()
	for i := range n {
		span, ok := f.state.Extend(&f.all[i], i, 1)
		if !ok {
			t.Fatal("too few pages")
		}
		f.batch.Spans, f.batch.Tokens = append(f.batch.Spans, span), append(f.batch.Tokens, f.next[i])
		f.batch.Logits = append(f.batch.Logits, i)
		f.how[i] = draw(i)
	}
	logits := f.model.Forward(f.state, &f.batch)
	f.model.Ops.Sample(f.drawn[:n], logits, f.model.Config.Vocab, f.how[:n])
	for i := range n {
		f.next[i] = f.drawn[i].Token
	}
}

func TestTheEmbeddedModelDrawsTheCPUsTokens(t *testing.T) {
	const n, tokens = 8, 64
	for _, p := range []kernels.Precision{{}, {Weights: kernels.BF16, KV: kernels.BF16}} {
		gpu := newOps(t)(p)
		defer gpu.Close()
		reference, err := cpu.New(cpu.Options{Threads: 1, Precision: p})
		if err != nil {
			t.Fatal(err)
		}
		defer reference.Close()
		ours, theirs := newForks(t, gpu, n), newForks(t, reference, n)
		for i := range tokens {
			draw := func(fork int) kernels.Sampling {
				return kernels.Sampling{Temperature: float32(fork) / 6, TopP: 0.95, TopK: 10 * (fork % 3), MinP: 0.01 * float32(fork%2),
					Uniform: float32(i*n+fork)*0.6180339 - float32(int(float32(i*n+fork)*0.6180339))}
			}
			ours.step(t, n, draw)
			theirs.step(t, n, draw)
			if !slices.Equal(ours.next, theirs.next) {
				t.Fatalf("%+v: token %d is %v, on the CPU %v", p, i, ours.drawn, theirs.drawn)
			}
		}
		o := gpu.(*ops)
		if o.list.captured != 1 || o.list.replayed != tokens {
			t.Errorf("%d graphs were captured and %d replayed, want 1 and %d", o.list.captured, o.list.replayed, tokens)
		}
	}
}

func TestStepsOfABucketShareAGraph(t *testing.T) {
	gpu := newOps(t)(kernels.Precision{})
	defer gpu.Close()
	f, o := newForks(t, gpu, 8), gpu.(*ops)
	for _, n := range []int{8, 7, 5, 6, 8} {
		f.step(t, n, greedy)
	}
	f.step(t, 4, greedy)
	f.step(t, 3, greedy)
	if o.list.captured != 2 || o.list.replayed != 7 {
		t.Errorf("%d graphs were captured and %d replayed, want 2 and 7", o.list.captured, o.list.replayed)
	}
}

func TestAStepOfTheModelAllocatesNothing(t *testing.T) {
	gpu := newOps(t)(kernels.Precision{})
	defer gpu.Close()
	f := newForks(t, gpu, 3)
	draw := func(int) kernels.Sampling { return kernels.Sampling{Temperature: 1, TopP: 0.9, Uniform: 0.3} }
	step := func() { f.step(t, 3, draw) }
	for range 20 {
		step() // grows what grows with the sequences
	}
	if n := testing.AllocsPerRun(10, step); n != 0 {
		t.Errorf("a step allocates %v times", n)
	}
}

// onTensorCores is the precision in which a GPU is fast.
var onTensorCores = kernels.Precision{Weights: kernels.BF16, KV: kernels.BF16, Inputs: kernels.BF16}

// TestRoundedRowsStayNearTheCPUs follows the CPU's texts: where rows are rounded to bf16, a sum in another order may be rounded
// the other way, and makes a difference of a 256th part.
func TestRoundedRowsStayNearTheCPUs(t *testing.T) {
	const n, tokens = 8, 64
	gpu := newOps(t)(onTensorCores)
	defer gpu.Close()
	reference, err := cpu.New(cpu.Options{Threads: 1, Precision: onTensorCores})
	if err != nil {
		t.Fatal(err)
	}
	defer reference.Close()
	ours, theirs := newForks(t, gpu, n), newForks(t, reference, n)
	others, off := 0, 0.0
	for i := range tokens {
		draw := func(fork int) kernels.Sampling {
			return kernels.Sampling{Temperature: float32(fork) / 6, Uniform: float32((i*n+fork)*37%100) / 100}
		}
		ours.step(t, n, draw)
		theirs.step(t, n, draw)
		for f := range n {
			off += math.Abs(float64(ours.drawn[f].Entropy - theirs.drawn[f].Entropy))
			if ours.next[f] != theirs.next[f] {
				others++
			}
		}
		copy(ours.next, theirs.next)
	}
	off /= n * tokens
	t.Logf("of %d tokens, %d are others, and entropies are off by %.4f nats on the average", n*tokens, others, off)
	if others > n*tokens/50 || off > 0.02 {
		t.Error("that is too far")
	}
}

// TestAStepTakesFewLaunches counts those of the embedded model: 8 of a Mamba mixer with its MLP, 9 of an attention mixer with
// its own, and beside the layers the embedding, the last norm, the head and two of the draw.
func TestAStepTakesFewLaunches(t *testing.T) {
	for _, p := range []kernels.Precision{{}, onTensorCores} {
		gpu := newOps(t)(p)
		defer gpu.Close()
		f, o := newForks(t, gpu, 2), gpu.(*ops)
		f.step(t, 2, greedy)
		most := 5
		for _, kind := range f.model.Config.Strip() {
			most += map[rune]int{'M': 8, 'A': 9}[kind]
		}
		if got := len(o.list.graphs[0].launches); got > most || most < 12 {
			t.Errorf("%+v: a step of layers %s takes %d launches, want at most %d", p, f.model.Config.Strip(), got, most)
		}
	}
}

func TestALongerArrayOfNumbersIsANewGraph(t *testing.T) {
	gpu := newOps(t)(kernels.Precision{})
	defer gpu.Close()
	f, o := newForks(t, gpu, 2), gpu.(*ops)
	again := newForks(t, gpu, 2)
	draw := func(i int) kernels.Sampling { return kernels.Sampling{Temperature: 1, Uniform: 0.4 + 0.3*float32(i)} }
	for i := range 4 {
		again.step(t, 2, draw)
		if i == 2 {
			o.room(leastWords)
		}
		f.step(t, 2, draw)
		if !slices.Equal(f.drawn, again.drawn) {
			t.Errorf("step %d draws %v, and by itself %v", i, f.drawn, again.drawn)
		}
	}
	if o.list.captured != 4 {
		t.Errorf("%d graphs were captured, want 4: two before and two after", o.list.captured)
	}
}

// TestSamplesDoNotDependOnTheBatch draws samples one by one, and among others while prompts are read in chunks.
func TestSamplesDoNotDependOnTheBatch(t *testing.T) {
	gpu := newOps(t)(kernels.Precision{})
	defer gpu.Close()
	alone := drawSamples(t, gpu, engine.Options{Slots: 1}, 3)
	together := drawSamples(t, gpu, engine.Options{Slots: 7, PrefillChunk: 7}, 9)
	for id, want := range alone {
		if got := together[id]; got != want {
			t.Errorf("sample %d among others is %+v, alone %+v", id, got, want)
		}
	}
}

// sample is what must be the same.
type sample struct {
	text             string
	logProb, entropy float64
}

// drawSamples draws samples 0..n-1, of two problems in turn.
func drawSamples(t *testing.T, ops kernels.Ops, opt engine.Options, n uint64) map[uint64]sample {
	t.Helper()
	c, err := engine.Load(mini.FS(), ops)
	if err != nil {
		t.Fatal(err)
	}
	opt.MaxTokens, opt.Landing = 20, c.Landing
	e, err := engine.New(c.Model, c.Tokenizer, opt)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	var prompts []engine.PromptID
	for _, question := range []string{"What is 7*8 - 3?", "Solve 3*x + 7 = 19 for x, which is a longer question."} {
		tokens, err := c.Tokenizer.Prompt(question)
		if err != nil {
			t.Fatal(err)
		}
		id, err := e.Open(tokens)
		if err != nil {
			t.Fatal(err)
		}
		prompts = append(prompts, id)
	}
	for id := range n {
		if err := e.Start(engine.Request{ID: id, Prompt: prompts[id%2], Seed: id, Params: c.Params}); err != nil {
			t.Fatal(err)
		}
	}
	drawn := map[uint64]sample{}
	for range n {
		event := <-e.Events()
		if event.Err != nil {
			t.Fatal(event.Err)
		}
		drawn[event.ID] = sample{event.Text, event.LogProb, event.Entropy}
	}
	return drawn
}
