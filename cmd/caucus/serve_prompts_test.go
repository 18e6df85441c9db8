package main

import (
	"math/rand/v2"
	"testing"

	"caucus/engine"
	"caucus/engine/mini"
	"caucus/kernels"
)

// TestPromptsAreOpenAsLongAsAnybodyUsesThem opens and closes prompts by chance, and starts samples from those that are open.
func TestPromptsAreOpenAsLongAsAnybodyUsesThem(t *testing.T) {
	c, err := engine.Load(mini.FS(), kernels.NewReference())
	if err != nil {
		t.Fatal(err)
	}
	alone, err := engine.New(c.Model, c.Tokenizer, engine.Options{Slots: 2, MaxTokens: 1, Prompts: 2})
	if err != nil {
		t.Fatal(err)
	}
	e := engine.NewFleet(alone)
	defer e.Close()
	rng := rand.New(rand.NewPCG(1, 2))
	o := newOpenPrompts(e, 3)
	var held []engine.PromptID
	of := map[int32]engine.PromptID{} // of the first token, while it is held
	for i := range uint64(300) {
		if n := len(held); n > 0 && rng.IntN(2) == 0 {
			at := rng.IntN(n)
			o.close(held[at])
			held = append(held[:at], held[at+1:]...)
			continue
		}
		token := rng.Int32N(8)
		id, err := o.open([]int32{token, 65})
		if err != nil {
			t.Fatal(err)
		}
		if was, ok := of[token]; ok && o.byID[was] != nil && was != id {
			t.Fatalf("prompt %d is open twice, as %d and %d", token, was, id)
		}
		of[token] = id
		held = append(held, id)
		if err := e.Start(engine.Request{ID: i, Prompt: id}); err != nil {
			t.Fatal(err)
		}
		if event := <-e.Events(); event.Err != nil {
			t.Fatal(event.Err)
		}
		if len(o.idle) > 3 || len(o.byKey) != len(o.byID) || len(o.byID) > 8 {
			t.Fatalf("%d idle, %d by key, %d by id", len(o.idle), len(o.byKey), len(o.byID))
		}
	}
	if _, err := o.open(nil); err == nil {
		t.Error("a prompt without tokens is opened")
	}
}
