package engine_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"caucus/engine"
	"caucus/engine/mini"
	"caucus/engine/model"
	"caucus/engine/weights"
	"caucus/kernels"
	"caucus/kernels/cpu"
)

var largeFolder = flag.String("large.folder", "", "write a checkpoint of M1-3B's shape, 7 GB, into this folder unless it is there, and load it")

// TestM1sShapeLoadsAndFits loads 3.4 billion random weights from bf16 shards, as they are and as bytes.
func TestM1sShapeLoadsAndFits(t *testing.T) {
	if *largeFolder == "" {
		t.Skip("it takes a minute, 7 GB of disk and of memory; give -large.folder")
	}
	if _, err := os.Stat(filepath.Join(*largeFolder, "config.json")); err != nil {
		writeLarge(t, *largeFolder)
	}
	begin := time.Now()
	load(t, kernels.Precision{})
	t.Logf("loaded as it is stored in %v", time.Since(begin))
	debug.FreeOSMemory()

	begin = time.Now()
	checkpoint := load(t, kernels.Precision{Weights: kernels.Int8})
	t.Logf("loaded as bytes in %v", time.Since(begin))
	e, err := engine.New(checkpoint.Model, checkpoint.Tokenizer, engine.Options{Slots: 8, Prompts: 1, MaxTokens: 16})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	prompt, err := e.Open([]int32{1, 2, 3, 4, 5})
	if err != nil {
		t.Fatal(err)
	}
	for id := range uint64(8) {
		if err := e.Start(engine.Request{ID: id, Prompt: prompt, Seed: id, Params: engine.Params{Temperature: 1}}); err != nil {
			t.Fatal(err)
		}
	}
	for range 8 {
		if event := <-e.Events(); event.Err != nil {
			t.Fatal(event.Err)
		}
	}
	if resident := resident(t); resident > 6e9 {
		t.Errorf("it runs in %.2f GB", resident/1e9)
	} else {
		t.Logf("it runs in %.2f GB", resident/1e9)
	}
}

// load loads the large checkpoint.
func load(t *testing.T, p kernels.Precision) *engine.Checkpoint {
	t.Helper()
	ops, err := cpu.New(cpu.Options{Precision: p})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(ops.Close)
	files, err := engine.Open(*largeFolder)
	if err != nil {
		t.Fatal(err)
	}
	defer files.Close() //nolint:errcheck // only read
	checkpoint, err := files.Load(ops)
	if err != nil {
		t.Fatal(err)
	}
	return checkpoint
}

// resident is the most memory that the process had to itself, in bytes: what is mapped from files can be given back at any time.
func resident(t *testing.T) float64 {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Skip(err)
	}
	found := regexp.MustCompile(`RssAnon:\s+(\d+) kB`).FindSubmatch(status)
	if found == nil {
		t.Fatalf("no RssAnon in %s", status)
	}
	kilobytes, err := strconv.ParseFloat(string(found[1]), 64)
	if err != nil {
		t.Fatal(err)
	}
	return 1024 * kilobytes
}

// recorder notes the tensors that a network asks for.
type recorder struct {
	model.Weights
	shapes map[string][]int
}

func (r recorder) Floats(name string, shape ...int) ([]float32, error) {
	r.shapes[name] = shape
	return r.Weights.Floats(name, shape...)
}

func (r recorder) Matrix(name string, shape ...int) (kernels.Source, error) {
	r.shapes[name] = shape
	return r.Weights.Matrix(name, shape...)
}

// writeLarge writes the made-up m1-3b, a shard a layer.
func writeLarge(t *testing.T, dir string) {
	t.Helper()
	cfg, random, err := model.Random("m1-3b")
	if err != nil {
		t.Fatal(err)
	}
	r := recorder{random, make(map[string][]int)}
	if _, err := model.Plan(r, cfg, kernels.Precision{}); err != nil {
		t.Fatal(err)
	}
	shards, index := make(map[string][]string), make(map[string]string)
	layer := regexp.MustCompile(`layers\.(\d+)\.`)
	for name := range r.shapes {
		shard := "model-rest.safetensors"
		if found := layer.FindStringSubmatch(name); found != nil {
			shard = fmt.Sprintf("model-%s.safetensors", found[1])
		}
		shards[shard], index[name] = append(shards[shard], name), shard
	}
	for shard, names := range shards {
		writeShard(t, filepath.Join(dir, shard), names, r)
	}
	files := map[string]any{
		"model.safetensors.index.json": map[string]any{"weight_map": index},
		"mamba_config.json":            json.RawMessage(`{"d_xb": 1024, "ssm_cfg": {"expand": 1}, "attn_layers": [3, 8, 13, 18, 23, 27]}`),
		"config.json": json.RawMessage(`{"hidden_size": 3072, "intermediate_size": 8192, "num_hidden_layers": 28,
			"num_attention_heads": 24, "num_key_value_heads": 8, "vocab_size": 128256, "rms_norm_eps": 1e-05,
			"rope_theta": 500000.0, "tie_word_embeddings": true}`),
	}
	tokenizer, err := fs.ReadFile(mini.FS(), "tokenizer.json")
	if err != nil {
		t.Fatal(err)
	}
	files["tokenizer.json"] = json.RawMessage(tokenizer)
	for name, content := range files {
		text, err := json.Marshal(content)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func writeShard(t *testing.T, path string, names []string, r recorder) {
	t.Helper()
	var tensors []weights.Tensor
	for _, name := range names {
		shape := r.shapes[name]
		var data []float32
		if len(shape) == 2 && !strings.HasSuffix(name, "A_log") {
			source, err := r.Weights.Matrix(name, shape...)
			if err != nil {
				t.Fatal(err)
			}
			data = make([]float32, source.Out*source.In)
			for o := range source.Out {
				source.Row(data[o*source.In:][:source.In], o)
			}
		} else {
			var err error
			if data, err = r.Weights.Floats(name, shape...); err != nil {
				t.Fatal(err)
			}
		}
		tensors = append(tensors, weights.Tensor{Name: name, DType: weights.BF16, Shape: shape, Data: data})
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := weights.Write(f, tensors...); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}
