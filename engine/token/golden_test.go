package token_test

import (
	"compress/bzip2"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"hash/crc32"
	"io"
	"os"
	"strings"
	"sync"
	"testing"

	"caucus/engine/token"
)

// golden lists the tokenizers in testdata, which train/tokenizers_golden.py made with the reference library, one for each
// kind of pipeline.
var golden = []string{"llama3", "qwen2", "gpt2", "smollm2", "granite4", "nemotron", "o200k", "falcon", "deepseek", "jamba",
	"metaspace", "gemma", "odd", "unknown"}

// lossless lists those of which every text comes back, but for what is normalized, special, or one of the lossy added tokens.
var lossless = golden[:9]

// read returns the tokenizer.json of a name, or another file of testdata.
func read(t testing.TB, name string) string {
	t.Helper()
	file, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	var in io.Reader = file
	switch {
	case strings.HasSuffix(name, ".gz"):
		in, err = gzip.NewReader(file)
	case strings.HasSuffix(name, ".bz2"):
		in = bzip2.NewReader(file)
	}
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(in)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// goldenStrings are the strings that testdata has the checksums for.
var goldenStrings = sync.OnceValues(func() (texts []string, err error) {
	file, err := os.Open("testdata/strings.bz2")
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	return texts, json.NewDecoder(bzip2.NewReader(file)).Decode(&texts)
})

func TestEveryFamilyAgreesWithTheReferenceLibrary(t *testing.T) {
	texts, err := goldenStrings()
	if err != nil || len(texts) != 20_000 {
		t.Fatalf("%d strings, %v", len(texts), err)
	}
	for _, name := range golden {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			compare(t, load(t, name, nil), texts, []byte(read(t, name+".golden")))
		})
	}
}

// compare checks what a tokenizer makes of texts: of each, two bytes for its ids and one for what these decode to; then, of
// every eighth, two bytes for its ids with special tokens.
func compare(t *testing.T, tok *token.Tokenizer, texts []string, want []byte) {
	bad := 0
	fail := func(what, text string, ids []int32) {
		if bad++; bad <= 10 {
			t.Errorf("%s of %q: %v %q", what, text, ids, pieces(tok, ids))
		}
	}
	for i, text := range texts {
		ids := tok.Encode(text, false)
		if uint16(checksum(ids)) != binary.LittleEndian.Uint16(want[3*i:]) {
			fail("tokens", text, ids)
		} else if decoded := tok.Decode(ids); byte(crc32.ChecksumIEEE([]byte(decoded))) != want[3*i+2] {
			fail("the text "+decoded, text, ids)
		}
	}
	for i := 0; i < len(texts); i += 8 {
		if ids := tok.Encode(texts[i], true); uint16(checksum(ids)) != binary.LittleEndian.Uint16(want[3*len(texts)+i/4:]) {
			fail("with special tokens: tokens", texts[i], ids)
		}
	}
	if bad > 0 {
		t.Errorf("%d strings differ", bad)
	}
}

// checksum is that of ids as 32-bit numbers.
func checksum(ids []int32) uint32 {
	var data []byte
	for _, id := range ids {
		data = binary.LittleEndian.AppendUint32(data, uint32(id))
	}
	return crc32.ChecksumIEEE(data)
}
