package engine_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"caucus/engine"
	"caucus/engine/mini"
	"caucus/engine/weights"
	"caucus/kernels"
)

// tensorsOf reads all tensors of the program's own checkpoint.
func tensorsOf(t *testing.T) []weights.Tensor {
	t.Helper()
	f, err := weights.OpenFS(mini.FS())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // only read
	var all []weights.Tensor
	for _, name := range f.Names() {
		shape, _ := f.Shape(name)
		values, err := f.Floats(name, shape...)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, weights.Tensor{Name: name, DType: weights.F32, Shape: shape, Data: values})
	}
	return all
}

// at is the tensor whose name ends so.
func at(tensors []weights.Tensor, suffix string) *weights.Tensor {
	return &tensors[slices.IndexFunc(tensors, func(t weights.Tensor) bool { return strings.HasSuffix(t.Name, suffix) })]
}

// Each of these folders is to be refused within a second and without much memory, with an error that names what is wrong.
func TestHostileFoldersAreRefused(t *testing.T) {
	const gate, decay = "model.layers.0.mlp.gate_proj.weight", "model.layers.0.mamba.A_log"
	tensors := map[string]struct {
		change func([]weights.Tensor) []weights.Tensor
		want   []string
	}{
		"a missing tensor": {func(all []weights.Tensor) []weights.Tensor {
			return slices.DeleteFunc(all, func(t weights.Tensor) bool { return t.Name == gate })
		}, []string{"no tensor", gate}},
		"a tensor too many": {func(all []weights.Tensor) []weights.Tensor {
			return append(all, weights.Tensor{Name: "model.layers.0.mlp.gate_proj.lora", DType: weights.F32, Shape: []int{1}, Data: []float32{1}})
		}, []string{"no place for tensor", "gate_proj.lora", "config.json"}},
		"a tensor of another shape": {func(all []weights.Tensor) []weights.Tensor {
			g := at(all, gate)
			g.Shape = []int{g.Shape[1], g.Shape[0]}
			return all
		}, []string{"model.safetensors", gate, "want shape"}},
		"a matrix with a NaN": {func(all []weights.Tensor) []weights.Tensor {
			at(all, gate).Data[7] = float32(math.NaN())
			return all
		}, []string{gate, "NaN"}},
		"a vector with an infinity": {func(all []weights.Tensor) []weights.Tensor {
			at(all, decay).Data[3] = float32(math.Inf(-1))
			return all
		}, []string{decay, "infinite"}},
	}
	for name, c := range tensors {
		t.Run(name, func(t *testing.T) {
			var file bytes.Buffer
			if err := weights.Write(&file, c.change(tensorsOf(t))...); err != nil {
				t.Fatal(err)
			}
			refused(t, map[string][]byte{"model.safetensors": file.Bytes()}, c.want...)
		})
	}
	deep := []byte(strings.Repeat(`{"a":`, 1<<20))
	for name, c := range map[string]struct {
		file    string
		content []byte
		want    string
	}{
		"a header of 10 GB":         {"model.safetensors", binary.LittleEndian.AppendUint64(nil, 10<<30), "claims 10737418240 bytes"},
		"a deep configuration":      {"config.json", deep[:1<<19], "config.json"},
		"an endless configuration":  {"config.json", bytes.Repeat([]byte(" "), 8<<20), "config.json: larger than"},
		"a deep tokenizer":          {"tokenizer.json", deep, "tokenizer.json"},
		"a tokenizer of one object": {"tokenizer.json", []byte(`{"model":{"type":"BPE","vocab":{"a":2147483647},"merges":[]}}`), "tokenizer.json"},
		"a width of 2^40":           {"config.json", []byte(`{"hidden_size": 1099511627776}`), "hidden_size"},
	} {
		t.Run(name, func(t *testing.T) { refused(t, map[string][]byte{c.file: c.content}, c.want) })
	}
}

// To open a named pipe waits for a writer, who never comes.
func TestNamedPipesAreRefused(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"config.json", "mamba_config.json", "tokenizer.json", "generation_config.json", "model.safetensors", "model.gguf"} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(dir, name)
			if err := os.CopyFS(path, mini.FS()); err != nil {
				t.Fatal(err)
			}
			pipe := filepath.Join(path, name)
			_ = os.Remove(pipe)
			if err := exec.CommandContext(t.Context(), "mkfifo", pipe).Run(); err != nil {
				t.Skip("no named pipes here:", err)
			}
			if name == "model.gguf" {
				path = pipe
			}
			_, err := engine.Open(path)
			if err == nil || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), "not a regular file") {
				t.Errorf("got error %v, want one that names the file", err)
			}
		})
	}
}

// refused loads the program's own checkpoint with some files replaced.
func refused(t *testing.T, files map[string][]byte, want ...string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, mini.FS()); err != nil {
		t.Fatal(err)
	}
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if len(content) == 8 { // the length of a header that follows, as a file would have it without using disk
			if err := os.Truncate(path, int64(binary.LittleEndian.Uint64(content))+16); err != nil {
				t.Fatal(err)
			}
		}
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	begin := time.Now()
	f, err := engine.Open(dir)
	if err == nil {
		_, err = f.Load(kernels.NewReference())
		_ = f.Close()
	}
	took := time.Since(begin)
	runtime.ReadMemStats(&after)
	for _, part := range want {
		if err == nil || !strings.Contains(err.Error(), part) || !strings.Contains(err.Error(), dir) {
			t.Errorf("got error %v, want one that names the folder and says %q", err, part)
		}
	}
	if took > 20*time.Second {
		t.Errorf("it took %v", took)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 200<<20 {
		t.Errorf("it took %d MB of memory", used>>20)
	}
}

func TestAFolderMayBeNamedLikeAFile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "mini.gguf")
	if err := os.CopyFS(dir, mini.FS()); err != nil {
		t.Fatal(err)
	}
	f, err := engine.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Fingerprint(); err != nil {
		t.Error(err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}
