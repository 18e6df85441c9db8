package engine

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
)

func TestAFingerprintTellsCheckpointsApart(t *testing.T) {
	folder := func(config string, weights []byte) fstest.MapFS {
		return fstest.MapFS{"config.json": {Data: []byte(config)}, "model.safetensors": {Data: weights}, "README.md": {Data: []byte(config)}}
	}
	weights := bytes.Repeat([]byte("0123456789"), 200_000)
	last := bytes.Clone(weights)
	last[len(last)-1] = 'x'
	of := func(f fstest.MapFS) string {
		t.Helper()
		print, err := Fingerprint(f)
		if err != nil {
			t.Fatal(err)
		}
		return print
	}
	base := of(folder("{}", weights))
	for name, other := range map[string]fstest.MapFS{
		"another configuration": folder("{ }", weights), "longer weights": folder("{}", append(bytes.Clone(weights), '0')),
		"other weights": folder("{}", bytes.Repeat([]byte("1234567890"), 200_000)), "other last weights": folder("{}", last),
		"a chat template": {"config.json": {Data: []byte("{}")}, "model.safetensors": {Data: weights}, "chat_template.jinja": {Data: []byte("x")}},
		"no weights":      {"config.json": {Data: []byte("{}")}},
	} {
		if of(other) == base {
			t.Errorf("%s has the same fingerprint", name)
		}
	}
	same := folder("{}", weights)
	same["README.md"].Data = []byte("another")
	same[".caucus-pull.json"] = &fstest.MapFile{Data: []byte("{}")}
	same["old.json/config.json"] = &fstest.MapFile{Data: []byte("{}")}
	if of(same) != base {
		t.Error("another README, a hidden file or a folder makes another fingerprint")
	}
}

// TestAFingerprintTellsMetadataOfGGUFApart: tools edit single keys in place, far from the blocks that are looked at.
func TestAFingerprintTellsMetadataOfGGUFApart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "model.gguf")
	if err := os.WriteFile(path, make([]byte, 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	of := func(config string) string {
		t.Helper()
		print, err := (&Files{gguf: path, fsys: fstest.MapFS{"config.json": {Data: []byte(config)}}}).Fingerprint()
		if err != nil {
			t.Fatal(err)
		}
		return print
	}
	if of("{}") == of("{ }") {
		t.Error("another configuration has the same fingerprint")
	}
}

func TestAFingerprintOfALargeTextReadsBlocksOfIt(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "notes.json")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 1<<40); err != nil {
		t.Skip("no such large files here:", err)
	}
	if _, err := Fingerprint(os.DirFS(dir)); err != nil {
		t.Error(err)
	}
}

func TestBlocksCoverASmallFileAndTheEndsOfALargeOne(t *testing.T) {
	const whole = fingerprintBlocks * fingerprintBlock
	for _, size := range []int64{0, 1, fingerprintBlock, fingerprintBlock + 1, whole, whole + 1, 1 << 40} {
		at := blocksOf(size)
		covered := int64(0)
		for _, from := range at {
			if from >= size {
				t.Errorf("%d bytes: a block begins at %d", size, from)
			}
			covered = max(covered, min(from+fingerprintBlock, size))
		}
		if covered != size || len(at) > fingerprintBlocks || size <= whole && int64(len(at)) != (size+fingerprintBlock-1)/fingerprintBlock {
			t.Errorf("%d bytes: %d blocks up to %d", size, len(at), covered)
		}
	}
}
