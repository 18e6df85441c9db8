package engine_test

import (
	"os"
	"path/filepath"
	"testing"

	"caucus/engine"
	"caucus/engine/model"
	"caucus/engine/weights"
)

// codes is a tokenizer of the 57 tokens of the families' tiny checkpoints: each is a character.
type codes struct{}

func (codes) EOS() []int32 { return []int32{2} }

func (codes) Encode(text string, _ bool) []int32 {
	var tokens []int32
	for _, r := range text {
		tokens = append(tokens, r%57)
	}
	return tokens
}

func (codes) Decode(tokens []int32) string {
	var text []rune
	for _, t := range tokens {
		text = append(text, 'A'+t)
	}
	return string(text)
}

// Samples of every family are the same alone and in a batch of forks of several prompts that loses slots for want of pages.
func TestSamplesOfEveryFamilyDoNotDependOnTheBatch(t *testing.T) {
	dirs, err := filepath.Glob("model/testdata/families/*")
	if err != nil || len(dirs) == 0 {
		t.Fatalf("found %v, %v", dirs, err)
	}
	for _, dir := range dirs {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			alone := familySamples(t, dir, engine.Options{Slots: 1})
			batch := familySamples(t, dir, engine.Options{Slots: 7, Prompts: 2, PrefillChunk: 5, KVTokens: 256})
			different := map[string]bool{}
			for id, want := range alone {
				if got := batch[id]; got.Text != want.Text || got.Status != want.Status || got.LogProb != want.LogProb {
					t.Errorf("sample %d is %q (%v) alone and %q (%v) in a batch", id, want.Text, want.Status, got.Text, got.Status)
				}
				different[want.Text] = true
			}
			if len(different) < len(alone)/2 {
				t.Errorf("only %d of %d samples differ", len(different), len(alone))
			}
		})
	}
}

// familySamples draws four samples of each of three prompts.
func familySamples(t *testing.T, dir string, opt engine.Options) map[uint64]engine.Event {
	t.Helper()
	cfg, err := model.LoadConfig(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	f, err := weights.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // only read
	m, err := model.Load(f, cfg, fast(t, 2))
	if err != nil {
		t.Fatal(err)
	}
	opt.MaxTokens = 60
	e, err := engine.New(m, codes{}, opt)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	n := 0
	for i, text := range []string{"a", "which prompt is of some length?", "another one"} {
		prompt, err := e.Open(codes{}.Encode(text, true))
		if err != nil {
			t.Fatal(err)
		}
		for j := range 4 {
			r := warm(uint64(10*i+j), prompt, 20+10*j)
			begin(t, e, r)
			n++
		}
	}
	return collect(t, e, n)
}
