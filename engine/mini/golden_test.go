package mini_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"math"
	"os"
	"slices"
	"testing"

	"caucus/engine"
	"caucus/engine/mini"
	"caucus/engine/model"
	"caucus/kernels"
	"caucus/kernels/cpu"
)

// golden is what the PyTorch model that was trained computes, written by train/golden.py.
type golden struct {
	Prompts      [][]int32 `json:"prompts"`
	Vocab        int       `json:"vocab"`
	GreedyPrompt []int32   `json:"greedy_prompt"`
	Greedy       []int32   `json:"greedy"` // the most probable continuation, end-of-text tokens not heeded
	logits       [][]float32
}

func readGolden(t *testing.T) golden {
	t.Helper()
	const remake = "python train/golden.py --model engine/mini/model --to engine/mini/testdata/golden.bin"
	data, err := os.ReadFile("testdata/golden.bin")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("no golden file to compare with; make it: %s", remake)
	}
	if err != nil {
		t.Fatal(err)
	}
	g, err := parseGolden(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("testdata/golden.bin: %v; make it again: %s", err, remake)
	}
	return g
}

// parseGolden reads magic, header length, JSON header, and the logits of every position of every prompt.
func parseGolden(r *bytes.Reader) (g golden, err error) {
	var preamble struct {
		Magic  [8]byte
		Header uint32
	}
	if err := binary.Read(r, binary.LittleEndian, &preamble); err != nil || string(preamble.Magic[:]) != "CAUCGOLD" {
		return g, errors.New("it does not begin with CAUCGOLD")
	}
	if err := json.NewDecoder(io.LimitReader(r, int64(preamble.Header))).Decode(&g); err != nil {
		return g, err
	}
	if _, err := r.Seek(int64(binary.Size(preamble))+int64(preamble.Header), io.SeekStart); err != nil {
		return g, err
	}
	for _, prompt := range g.Prompts {
		logits := make([]float32, len(prompt)*g.Vocab)
		if err := binary.Read(r, binary.LittleEndian, logits); err != nil {
			return g, err
		}
		g.logits = append(g.logits, logits)
	}
	return g, nil
}

// eachOps runs a test on the plain and on the fast kernels.
func eachOps(t *testing.T, test func(t *testing.T, c *engine.Checkpoint)) {
	fast, err := cpu.New(cpu.Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer fast.Close()
	for _, ops := range []kernels.Ops{kernels.NewReference(), fast} {
		t.Run(ops.Name(), func(t *testing.T) {
			c, err := engine.Load(mini.FS(), ops)
			if err != nil {
				t.Fatal(err)
			}
			test(t, c)
		})
	}
}

// forward reads tokens as the continuation of q and returns their logits, row after row.
func forward(m *model.Model, s *model.State, q *model.Sequence, tokens []int32) []float32 {
	span, ok := s.Extend(q, 0, len(tokens))
	if !ok {
		panic("too few pages")
	}
	b := model.Batch{Tokens: tokens, Spans: []kernels.Span{span}}
	for i := range tokens {
		b.Logits = append(b.Logits, i)
	}
	logits := make([]float32, len(tokens)*m.Config.Vocab)
	m.Ops.Download(logits, m.Forward(s, &b).Buf, 0)
	return logits
}

// TestLogitsAgreeWithPyTorch allows for sums of up to 512 float32 products in another order, layer upon layer.
func TestLogitsAgreeWithPyTorch(t *testing.T) {
	const tolerance = 2e-4 // of a prompt's largest logit
	g := readGolden(t)
	eachOps(t, func(t *testing.T, c *engine.Checkpoint) {
		state := c.Model.NewState(model.Capacity{Slots: 1, Pages: 64, Rows: 256, Logits: 256})
		worst := 0.0
		for i, prompt := range g.Prompts {
			var q model.Sequence
			got, want := forward(c.Model, state, &q, prompt), g.logits[i]
			state.Release(&q)
			largest := 0.0
			for _, w := range want {
				largest = max(largest, math.Abs(float64(w)))
			}
			for j := range want {
				off := math.Abs(float64(got[j])-float64(want[j])) / largest
				worst = max(worst, off)
				if !(off <= tolerance) {
					t.Fatalf("prompt %d, token %d, logit %d: %v, PyTorch %v", i, j/g.Vocab, j%g.Vocab, got[j], want[j])
				}
			}
		}
		t.Logf("largest difference: %.1e of the largest logit", worst)
	})
}

func TestGreedyContinuationIsPyTorchs(t *testing.T) {
	g := readGolden(t)
	eachOps(t, func(t *testing.T, c *engine.Checkpoint) {
		state := c.Model.NewState(model.Capacity{Slots: 1, Pages: 64, Rows: 256, Logits: 256})
		var q model.Sequence
		next, got := g.GreedyPrompt, []int32(nil)
		for range g.Greedy {
			logits := forward(c.Model, state, &q, next)
			last := logits[len(logits)-c.Model.Config.Vocab:]
			token := int32(slices.Index(last, slices.Max(last)))
			next, got = []int32{token}, append(got, token)
		}
		if !slices.Equal(got, g.Greedy) {
			t.Errorf("got %q\nPyTorch %q", c.Tokenizer.Decode(got), c.Tokenizer.Decode(g.Greedy))
		}
	})
}
