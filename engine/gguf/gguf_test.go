package gguf_test

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"caucus/engine/gguf"
	"caucus/kernels"
)

func TestNumbersAreWhatTheDefinitionSays(t *testing.T) {
	f, err := gguf.Open("testdata/formats.gguf")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // a test's file
	for i, name := range []string{
		"F32", "F16", "BF16", "Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K",
	} {
		prefix := fmt.Sprintf("model.layers.%d.mlp.", i)
		got, err := f.Floats(prefix+"up_proj.weight", 3, 256)
		if err != nil {
			t.Fatal(err)
		}
		want, err := f.Floats(prefix+"gate_proj.weight", 3, 256)
		if err != nil {
			t.Fatal(err)
		}
		for j := range want {
			if math.Float32bits(got[j]) != math.Float32bits(want[j]) {
				t.Errorf("%s: value %d is %v, want %v", name, j, got[j], want[j])
				break
			}
		}
		m, err := f.Matrix(prefix+"up_proj.weight", 3, 256)
		if err != nil {
			t.Fatal(err)
		}
		row := make([]float32, 256)
		for o := range 3 {
			if m.Row(row, o); !slices.Equal(row, want[o*256:(o+1)*256]) {
				t.Errorf("%s: row %d of the matrix is not that of the tensor", name, o)
			}
		}
		held := map[string]kernels.Format{"F16": kernels.F16, "BF16": kernels.BF16}[name]
		if held == 0 {
			held = kernels.F32
		}
		if m.Stored != held || m.Out != 3 || m.In != 256 {
			t.Errorf("%s: a matrix [%d, %d] in %v, want [3, 256] in %v", name, m.Out, m.In, m.Stored, held)
		}
	}
}

func TestReadingTheWrongTensorSaysWhatWasFound(t *testing.T) {
	f := parsed(t, file(llama(), embedding,
		stored{name: "blk.0.ffn_up.weight", shape: []int{1, 256}, format: 23, data: make([]byte, 136)}))
	for _, c := range []struct {
		name  string
		shape []int
		want  []string
	}{
		{"token_embd.weight", nil, []string{`no tensor "token_embd.weight"`}},
		{"model.embed_tokens.weight", []int{4, 2}, []string{"F32[2 4]", "want shape [4 2]"}},
		{"model.layers.0.mlp.up_proj.weight", []int{1, 256}, []string{"blk.0.ffn_up.weight", "IQ4_XS is not supported"}},
	} {
		_, err := f.Floats(c.name, c.shape...)
		for _, part := range append(c.want, "test.gguf") {
			if err == nil || !strings.Contains(err.Error(), part) {
				t.Errorf("reading %s as %v: error %v does not say %q", c.name, c.shape, err, part)
			}
		}
	}
	if _, err := f.Matrix("model.embed_tokens.weight", 4, 2); err == nil || !strings.Contains(err.Error(), "want shape [4 2]") {
		t.Errorf("reading a matrix as its transpose: %v", err)
	}
	if shape, ok := f.Shape("model.embed_tokens.weight"); !ok || !slices.Equal(shape, []int{2, 4}) {
		t.Errorf("shape of the embedding is %v, %v", shape, ok)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Floats("model.embed_tokens.weight"); err == nil || f.Has("model.embed_tokens.weight") {
		t.Error("a closed file still has tensors")
	}
	if _, err := f.FS(); err == nil {
		t.Error("a closed file still has a folder")
	}
	if err := f.Close(); err != nil {
		t.Errorf("closing a closed file: %v", err)
	}
}

func TestParseRefusesMaliciousHeaders(t *testing.T) {
	fine := file(llama(), embedding)
	parsed(t, fine)
	cut := func(n int) []byte { return fine[:len(fine)-n] }
	join := func(parts ...[]byte) []byte { return slices.Concat(parts...) }
	number := func(n uint64) []byte { return le.AppendUint64(nil, n) }
	kinds := func(k ...uint32) (out []byte) {
		for _, kind := range k {
			out = le.AppendUint32(out, kind)
		}
		return out
	}
	tensor := func(name string, format uint32, offset uint64, dims ...uint64) []byte {
		out := join(text(name), kinds(uint32(len(dims))))
		for _, d := range dims {
			out = append(out, number(d)...)
		}
		return join(out, kinds(format), number(offset))
	}
	body := make([]byte, 4096)
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"empty file":                 {nil, "not a GGUF file"},
		"another format":             {[]byte("<html>404 Not Found</html>"), "not a GGUF file"},
		"only the magic":             {[]byte("GGUF"), "truncated"},
		"version 1":                  {header(1, 0, 0), "version 1 is not supported"},
		"big-endian":                 {header(3<<24, 0, 0), "version 50331648 is not supported"},
		"too many tensors":           {join(header(3, 1<<62, 0), body), "claims 4611686018427387904 tensors"},
		"too many keys":              {join(header(3, 0, math.MaxUint64), body), "claims 18446744073709551615 keys"},
		"more keys than bytes":       {join(header(3, 0, 1000), body), "claims 1000 keys"},
		"a key of 10 GB":             {join(header(3, 0, 1), number(10e9), body), "claims 10000000000 bytes"},
		"a key without a name":       {join(header(3, 0, 1), text(""), kinds(4, 0), body), "a name has 0 bytes"},
		"a long key":                 {join(header(3, 0, 1), text(strings.Repeat("k", 2000)), kinds(4, 0)), "a name has 2000 bytes"},
		"a key that is no text":      {join(header(3, 0, 1), text("\xff"), kinds(4, 0)), "UTF-8"},
		"a key twice":                {file(llama(pair{"llama.block_count", uint32(1)})), `"llama.block_count" comes twice`},
		"an unknown type":            {join(header(3, 0, 1), text("k"), kinds(13), body), "no type 13"},
		"a string of 10 GB":          {join(header(3, 0, 1), text("k"), kinds(8), number(10e9), body), "claims 10000000000 bytes"},
		"an array of 10 GB":          {join(header(3, 0, 1), text("k"), kinds(9, 4), number(10e9), body), "claims 10000000000 elements"},
		"an array that overflows":    {join(header(3, 0, 1), text("k"), kinds(9, 10), number(1<<61), body), "elements"},
		"an array of huge strings":   {join(header(3, 0, 1), text("k"), kinds(9, 8), number(2), number(1<<63), body), "bytes more"},
		"strings over the end":       {join(header(3, 0, 1), text("k"), kinds(9, 8), number(501), body[:4000], number(9)), "truncated"},
		"an array of arrays":         {join(header(3, 0, 1), text("k"), kinds(9, 9), number(1), body), "array of arrays"},
		"an array of unknown things": {join(header(3, 0, 1), text("k"), kinds(9, 77), number(1), body), "no type 77"},
		"a tensor twice":             {file(llama(), embedding, embedding), `"token_embd.weight" comes twice`},
		"no dimensions":              {join(header(3, 1, 0), tensor("t", 0, 0), body), "0 dimensions"},
		"five dimensions":            {join(header(3, 1, 0), tensor("t", 0, 0, 1, 1, 1, 1, 1), body), "5 dimensions"},
		"2^32-1 dimensions":          {join(header(3, 1, 0), text("t"), kinds(math.MaxUint32), body), "4294967295 dimensions"},
		"a dimension of nothing":     {join(header(3, 1, 0), tensor("t", 0, 0, 0), body), "a dimension of 0"},
		"a dimension of 2^63":        {join(header(3, 1, 0), tensor("t", 0, 0, 1<<63), body), "a dimension of 9223372036854775808"},
		"a product that overflows":   {join(header(3, 1, 0), tensor("t", 0, 0, 1<<30, 1<<30, 1<<4), body), "addressed"},
		"a tensor over the end":      {join(header(3, 1, 0), tensor("t", 0, 0, 1<<20, 1<<10), body), "truncated"},
		"an unknown format":          {join(header(3, 1, 0), tensor("t", 4, 0, 32), body), "no format 4"},
		"half a block":               {join(header(3, 1, 0), tensor("t", 8, 0, 48), body), "whole blocks of Q8_0"},
		"a row of half a block":      {join(header(3, 1, 0), tensor("t", 8, 0, 16, 2), body), "whole blocks of Q8_0"},
		"an offset of 2^64-1":        {join(header(3, 1, 0), tensor("t", 0, math.MaxUint64, 8), body), "begins at 18446744073709551615"},
		"an offset off the boundary": {join(header(3, 1, 0), tensor("t", 0, 16, 8), body), "begins at 16"},
		"a gap":                      {join(header(3, 2, 0), tensor("a", 0, 0, 8), tensor("b", 0, 64, 8), body), "begins at 64"},
		"an overlap":                 {join(header(3, 2, 0), tensor("a", 0, 0, 64), tensor("b", 0, 32, 8), body), "begins at 32"},
		"the same place":             {join(header(3, 2, 0), tensor("a", 0, 0, 64), tensor("b", 0, 0, 64), body), "begins at 0"},
		"half a boundary":            {file(llama(pair{"general.alignment", uint32(48)}), embedding), "general.alignment is 48"},
		"a boundary of nothing":      {file(llama(pair{"general.alignment", uint32(0)}), embedding), "general.alignment is 0"},
		"a boundary of a gigabyte":   {file(llama(pair{"general.alignment", uint32(1 << 30)}), embedding), "general.alignment is"},
		"a boundary that is a word":  {file(llama(pair{"general.alignment", "wide"}), embedding), "general.alignment is"},
		"a truncated tensor":         {cut(1), "truncated"},
		"a truncated header":         {fine[:300], "truncated"},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := gguf.Parse(c.data, "evil.gguf")
		runtime.ReadMemStats(&after)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "evil.gguf") {
			t.Errorf("%s: error is %v, want one with the file's name and %q", name, err, c.want)
		}
		if grown := after.TotalAlloc - before.TotalAlloc; grown > 1<<20 {
			t.Errorf("%s: %d bytes were allocated for a file of %d", name, grown, len(c.data))
		}
	}
}

func TestWhatIsNotSupportedIsRefusedByName(t *testing.T) {
	layers := func(n int) []pair {
		pairs := llama()
		pairs[1].value = uint32(n)
		return pairs
	}
	for name, c := range map[string]struct {
		pairs   []pair
		tensors []stored
		want    string
	}{
		"another architecture": {[]pair{{"general.architecture", "mamba2"}}, nil, `"mamba2" is not supported, only ["falcon-h1"`},
		"no architecture":      {nil, nil, `general.architecture: ""`},
		"a part of a model":    {llama(pair{"split.count", uint32(3)}), nil, "one of 3 files"},
		"no embedding":         {llama(), nil, "token_embd.weight: the tensor is missing"},
		"no layers":            {layers(0), []stored{embedding}, "llama.block_count: 0"},
		"2^31-1 layers":        {layers(math.MaxInt32), []stored{embedding}, "llama.block_count: 2147483647"},
		"no size":              {[]pair{{"general.architecture", "qwen2"}}, []stored{embedding}, "qwen2.embedding_length: missing"},
		"a size that is none":  {append(llama()[:2:2], pair{"llama.embedding_length", "wide"}), nil, `llama.embedding_length: "wide" is not a size`},
		"an unknown key": {llama(pair{"llama.attention.sliding_window", uint32(4096)}), []stored{embedding},
			"llama.attention.sliding_window: 4096: what this asks for is not supported"},
		"an unknown tensor": {llama(), []stored{embedding, {name: "blk.0.attn_sinks.weight", shape: []int{1}, values: []float32{1}}},
			`"blk.0.attn_sinks.weight" is not one that a llama of 1 layers has`},
		"a layer too many": {llama(), []stored{embedding, {name: "blk.1.attn_norm.weight", shape: []int{1}, values: []float32{1}}},
			`"blk.1.attn_norm.weight" is not one`},
		"heads that do not divide": {llama(), []stored{embedding, {name: "blk.0.attn_q.weight", shape: []int{3, 1}, values: make([]float32, 3)}},
			"its 3 rows are not those of 1 heads"},
		"sizes by layer":       {append(llama()[:4:4], pair{"llama.feed_forward_length", []int{8, 9}}), []stored{embedding}, "missing"},
		"a part of heads":      {llama(pair{"llama.rope.dimension_count", uint32(2)}), []stored{embedding}, "llama.rope.dimension_count: 2"},
		"a scaling of its own": {llama(pair{"llama.rope.scaling.type", "longrope"}), []stored{embedding}, `"longrope" is not supported`},
		"factors of its own": {llama(), []stored{embedding, {name: "rope_freqs.weight", shape: []int{2}, values: []float32{1, 2}}},
			"not those of Llama 3"},
		"experts":    {llama(pair{"llama.expert_count", uint32(8)}), []stored{embedding}, "llama.expert_count: 8"},
		"no experts": {llama(pair{"llama.expert_count", uint32(0)}), []stored{embedding}, ""},
	} {
		_, err := gguf.Parse(file(c.pairs, c.tensors...), "test.gguf")
		if c.want == "" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		} else if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "test.gguf") {
			t.Errorf("%s: error is %v, want one with the file's name and %q", name, err, c.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	golden, err := os.ReadFile("testdata/formats.gguf")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(golden[:2000])
	f.Add(file(llama(pair{"general.alignment", uint32(32)}), embedding))
	f.Add(file(llama(bytePairs("gpt-2")...), embedding))
	f.Add(file(llama(pieces()...), embedding))
	for _, c := range conversions {
		f.Add(file(c.pairs, c.stored()...))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		parsed, err := gguf.Parse(data, "fuzz")
		if err != nil {
			return
		}
		for _, name := range parsed.Names() {
			shape, _ := parsed.Shape(name)
			values, err := parsed.Floats(name, shape...)
			if err != nil {
				continue
			}
			size := 1
			for _, n := range shape {
				size *= n
			}
			if len(values) != size {
				t.Fatalf("tensor %q of shape %v has %d values", name, shape, len(values))
			}
		}
		_, _ = parsed.FS()
	})
}
