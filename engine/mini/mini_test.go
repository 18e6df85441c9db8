package mini_test

import (
	"testing"

	"caucus/engine"
	"caucus/engine/mini"
	"caucus/kernels/cpu"
)

// load reads the model on kernels that live as long as the test.
func load(t *testing.T, opt cpu.Options) *engine.Checkpoint {
	t.Helper()
	ops, err := cpu.New(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(ops.Close)
	c, err := engine.Load(mini.FS(), ops)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTheCarriedModelSamples(t *testing.T) {
	c := load(t, cpu.Options{Threads: 1})
	e, err := engine.New(c.Model, c.Tokenizer, engine.Options{Slots: 4, MaxTokens: 64, Landing: c.Landing})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	tokens, err := c.Tokenizer.Prompt("What is 7*8?")
	if err != nil {
		t.Fatal(err)
	}
	prompt, err := e.Open(tokens)
	if err != nil {
		t.Fatal(err)
	}
	for id := range uint64(4) {
		if err := e.Start(engine.Request{ID: id, Prompt: prompt, Seed: id, Params: c.Params}); err != nil {
			t.Fatal(err)
		}
	}
	for range 4 {
		event := <-e.Events()
		if event.Status != engine.Finished && event.Status != engine.Truncated || event.Tokens == 0 {
			t.Errorf("a sample ended as %+v", event)
		}
	}
}
