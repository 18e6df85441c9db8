//go:build cuda

package cuda

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"caucus/engine/model"
	"caucus/engine/weights"
	"caucus/kernels"
)

// TestFamiliesDrawTheReferencesTokens reads a prompt in two chunks and then the tokens that the reference draws, in steps of
// three sequences, with every part that a family has. A log-probability may be off by what logits may in package model.
func TestFamiliesDrawTheReferencesTokens(t *testing.T) {
	dirs, err := filepath.Glob("../../engine/model/testdata/families/*")
	if err != nil || len(dirs) < 16 {
		t.Fatalf("found families %v, %v", dirs, err)
	}
	for _, dir := range dirs {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			gpu := newOps(t)(kernels.Precision{})
			defer gpu.Close()
			ours, theirs := newFamily(t, dir, gpu), newFamily(t, dir, kernels.NewReference())
			for step := range 6 {
				ours.step(t, 3, greedy)
				theirs.step(t, 3, greedy)
				for i, d := range theirs.drawn {
					g := ours.drawn[i]
					if off := math.Abs(float64(g.LogProb - d.LogProb)); !(off <= 1e-3) || g.Token != d.Token {
						t.Fatalf("step %d, sequence %d: %+v, want %+v", step, i, g, d)
					}
				}
			}
			if o := gpu.(*ops); o.list.captured > 2 || o.list.replayed != 6 {
				t.Errorf("%d graphs were captured and %d replayed, want at most 2 and 6", o.list.captured, o.list.replayed)
			}
		})
	}
}

func greedy(int) kernels.Sampling { return kernels.Sampling{} }

// newFamily loads a checkpoint and forks a prompt of 14 tokens three times, each with another token behind it.
func newFamily(t *testing.T, dir string, ops kernels.Ops) *forks {
	t.Helper()
	cfg, err := model.LoadConfig(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	file, err := weights.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close() //nolint:errcheck // only read
	m, err := model.Load(file, cfg, ops)
	if err != nil {
		t.Fatal(err)
	}
	prompt := make([]int32, 15)
	for i := range prompt {
		prompt[i] = int32((7*i + 3) % cfg.Vocab)
	}
	f := forkPrompt(m, prompt, 9, 3)
	for i := range f.next {
		f.next[i] = int32((11*i + 5) % cfg.Vocab)
	}
	return f
}
