package engine

import (
	"bytes"
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
	if of(same) != base {
		t.Error("another README has another fingerprint")
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
