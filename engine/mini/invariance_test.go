package mini_test

import (
	"fmt"
	"testing"

	"caucus/engine"
	"caucus/kernels"
	"caucus/kernels/cpu"
)

// TestSamplesDoNotDependOnThreadsOrBatch draws the same samples one by one on one thread, and among others on two and
// three, in every precision: the bits of their probabilities must agree.
func TestSamplesDoNotDependOnThreadsOrBatch(t *testing.T) {
	for _, p := range []kernels.Precision{
		{}, {Weights: kernels.F32}, {Weights: kernels.BF16, KV: kernels.BF16}, {Weights: kernels.Int8, KV: kernels.BF16},
	} {
		t.Run(fmt.Sprintf("weights %v, kv %v", p.Weights, p.KV), func(t *testing.T) {
			alone := drawSamples(t, p, 1, engine.Options{Slots: 1}, 4)
			for _, threads := range []int{2, 3} {
				together := drawSamples(t, p, threads, engine.Options{Slots: 19, PrefillChunk: 7}, 24)
				for id, want := range alone {
					if got := together[id]; got != want {
						t.Errorf("%d threads, sample %d among others is %+v, alone %+v", threads, id, got, want)
					}
				}
			}
		})
	}
}

// sample is what must be the same.
type sample struct {
	text             string
	logProb, entropy float64
}

// drawSamples draws samples 0..n-1 of one problem, every second one of which another problem's sample follows.
func drawSamples(t *testing.T, p kernels.Precision, threads int, opt engine.Options, n uint64) map[uint64]sample {
	t.Helper()
	c := load(t, cpu.Options{Threads: threads, Precision: p})
	opt.MaxTokens, opt.Landing = 30, c.Landing
	e, err := engine.New(c.Model, c.Tokenizer, opt)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	open := func(question string) engine.PromptID {
		tokens, err := c.Tokenizer.Prompt(question)
		if err != nil {
			t.Fatal(err)
		}
		id, err := e.Open(tokens)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	ours, other := open("What is 7*8 - 3?"), open("Solve 3*x + 7 = 19 for x, which is a longer question.")
	started := uint64(0)
	begin := func(id uint64, prompt engine.PromptID) {
		started++
		if err := e.Start(engine.Request{ID: id, Prompt: prompt, Seed: id, Params: c.Params}); err != nil {
			t.Fatal(err)
		}
	}
	for id := range n {
		begin(id, ours)
		if id%2 == 1 {
			begin(1000+id, other)
		}
	}
	drawn := map[uint64]sample{}
	for range started {
		event := <-e.Events()
		if event.Err != nil {
			t.Fatal(event.Err)
		}
		drawn[event.ID] = sample{event.Text, event.LogProb, event.Entropy}
	}
	return drawn
}
