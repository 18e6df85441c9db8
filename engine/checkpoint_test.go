package engine_test

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"caucus/engine"
	"caucus/engine/mini"
	"caucus/kernels"
)

// carried copies the program's own checkpoint, so that a test may change it.
func carried(t *testing.T) fstest.MapFS {
	t.Helper()
	files := make(fstest.MapFS)
	entries, err := fs.ReadDir(mini.FS(), ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		data, err := fs.ReadFile(mini.FS(), entry.Name())
		if err != nil {
			t.Fatal(err)
		}
		files[entry.Name()] = &fstest.MapFile{Data: data}
	}
	return files
}

func TestLoadReadsACheckpointInMemoryOrOnDisk(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, mini.FS()); err != nil {
		t.Fatal(err)
	}
	embedded, err := engine.Load(mini.FS(), kernels.NewReference())
	if err != nil {
		t.Fatal(err)
	}
	files, err := engine.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	onDisk, err := files.Load(kernels.NewReference())
	if err := errors.Join(err, files.Close()); err != nil {
		t.Fatal(err)
	}
	for _, c := range []*engine.Checkpoint{embedded, onDisk} {
		if c.Landing != engine.DefaultLanding || !(c.Params.Temperature > 0) || len(c.Tokenizer.EOS()) == 0 {
			t.Errorf("got landing %q, parameters %+v, end-of-text tokens %v", c.Landing, c.Params, c.Tokenizer.EOS())
		}
	}
}

func TestLoadNamesTheFileAtFault(t *testing.T) {
	for name, want := range map[string]string{
		"config.json":       "config.json",
		"mamba_config.json": "mamba_config.json is missing", // it is a Llama without it
		"tokenizer.json":    "tokenizer.json",
		"model.safetensors": "model.safetensors",
	} {
		files := carried(t)
		delete(files, name)
		if _, err := engine.Load(files, kernels.NewReference()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("without %s: got error %v, want one with %q", name, err, want)
		}
	}
	files := carried(t)
	config := string(files["config.json"].Data)
	files["config.json"].Data = []byte(strings.Replace(config, `"vocab_size": 272`, `"vocab_size": 256`, 1))
	if _, err := engine.Load(files, kernels.NewReference()); err == nil || !strings.Contains(err.Error(), "tokenizer.json has") {
		t.Errorf("with too small a vocabulary: got error %v", err)
	}
	if _, err := engine.Open("testdata/absent"); err == nil ||
		!strings.Contains(err.Error(), "testdata/absent") {
		t.Errorf("from a folder that is not there: got error %v", err)
	}
}
