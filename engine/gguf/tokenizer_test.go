package gguf_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"caucus/engine/token"
)

// bytePairs are the keys of a tokenizer whose tokens spell bytes.
func bytePairs(pre string) []pair {
	tokens, types := make([]string, 256), make([]int, 256)
	spare := rune(256)
	for b := range tokens { // GPT-2's spelling: printable characters as they are, others from U+0100 on
		tokens[b] = string(rune(b))
		if b < '!' || b > '~' && b < 0xa1 || b == 0xad {
			tokens[b] = string(spare)
			spare++
		}
		types[b] = 1
	}
	return []pair{
		{"tokenizer.ggml.model", "gpt2"},
		{"tokenizer.ggml.pre", pre},
		{"tokenizer.ggml.tokens", append(tokens, "ab", "Ġab", "<|end|>", "<think>", "[PAD260]")},
		{"tokenizer.ggml.token_type", append(types, 1, 1, 3, 4, 5)},
		{"tokenizer.ggml.merges", []string{"a b", "Ġ ab"}},
	}
}

// pieces are the keys of a tokenizer whose tokens have scores.
func pieces() []pair {
	tokens, types, scores := []string{"<unk>", "<s>", "</s>"}, []int{2, 3, 3}, []float32{0, 0, 0}
	for b := range 256 {
		tokens, types, scores = append(tokens, fmt.Sprintf("<0x%02X>", b)), append(types, 6), append(scores, 0)
	}
	for _, p := range []struct {
		text  string
		score float32
	}{{"▁a", -1}, {"ab", -2}, {"▁ab", -3}, {"aab", -3}, {"▁", -4}, {"a", -5}, {"b", -6}, {"s", -7}, {">", -8}, {"s>", -9}, {"<", -10}} {
		tokens, types, scores = append(tokens, p.text), append(types, 1), append(scores, p.score)
	}
	return []pair{
		{"tokenizer.ggml.model", "llama"},
		{"tokenizer.ggml.pre", "default"},
		{"tokenizer.ggml.tokens", tokens},
		{"tokenizer.ggml.token_type", types},
		{"tokenizer.ggml.scores", scores},
		{"tokenizer.ggml.bos_token_id", uint32(1)},
		{"tokenizer.ggml.unknown_token_id", uint32(0)},
	}
}

// read gives one of the files that are made of keys.
func read(t *testing.T, name string, pairs ...pair) string {
	t.Helper()
	fsys, err := parsed(t, file(llama(pairs...), embedding)).FS()
	if err != nil {
		t.Fatal(err)
	}
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestTheEngineReadsTheTokenizer(t *testing.T) {
	for _, pre := range []string{"gpt-2", "llama-bpe", "dbrx", "qwen2"} {
		pairs := append(bytePairs(pre), pair{"tokenizer.ggml.eos_token_id", uint32(258)},
			pair{"tokenizer.chat_template", "{% for m in messages %}{{ m.content }}<|end|>{% endfor %}"})
		fsys, err := parsed(t, file(llama(pairs...), embedding)).FS()
		if err != nil {
			t.Fatal(err)
		}
		tok, err := token.Load(fsys)
		if err != nil {
			t.Errorf("%s: %v", pre, err)
			continue
		}
		got, err := tok.Prompt("ab ab<think>é<|end|>")
		want := slices.Concat([]int32{256, 257, 259, 0xc3, 0xa9}, []int32{'<', '|', 'e', 'n', 'd', '|', '>'}, []int32{258})
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: the prompt is %v, %v; want %v", pre, got, err, want)
		}
		if eos := tok.EOS(); !slices.Equal(eos, []int32{258}) {
			t.Errorf("%s: a text ends with %v, want 258", pre, eos)
		}
	}
}

func TestScoresBecomeMerges(t *testing.T) {
	var file struct {
		AddedTokens []struct {
			ID      int
			Special bool
		} `json:"added_tokens"`
		Model struct {
			Merges [][2]string
			Vocab  map[string]int
			Unk    string `json:"unk_token"`
		}
	}
	if err := json.Unmarshal([]byte(read(t, "tokenizer.json", pieces()...)), &file); err != nil {
		t.Fatal(err)
	}
	// By score, and where that is equal by the lengths of the parts; none that leads to a control token.
	want := [][2]string{{"▁", "a"}, {"a", "b"}, {"▁a", "b"}, {"▁", "ab"}, {"a", "ab"}, {"s", ">"}}
	if !slices.Equal(file.Model.Merges, want) {
		t.Errorf("merges are %q, want %q", file.Model.Merges, want)
	}
	if n := len(file.Model.Vocab); n != 1+256+11 || file.Model.Unk != "<unk>" || file.Model.Vocab["<s>"] != 0 {
		t.Errorf("the vocabulary has %d tokens, want <unk>, bytes and text; the unknown one is %q", n, file.Model.Unk)
	}
	if len(file.AddedTokens) != 3 || file.AddedTokens[2].ID != 2 || !file.AddedTokens[2].Special {
		t.Errorf("added tokens are %v, want <unk>, <s> and </s>", file.AddedTokens)
	}
}

func TestTheTokenizersFilesSayWhatTheKeysSay(t *testing.T) {
	bos, noBOS := pair{"tokenizer.ggml.bos_token_id", uint32(258)}, pair{"tokenizer.ggml.add_bos_token", false}
	const template = `"post_processor":{"pair":`
	for _, c := range []struct {
		name, file string
		pairs      []pair
		want       string
		not        bool
	}{
		{"a first token by default", "tokenizer.json", append(bytePairs("llama-bpe"), bos), template, false},
		{"a first token but for the key", "tokenizer.json", append(bytePairs("llama-bpe"), bos, noBOS), template, true},
		{"no first token by default", "tokenizer.json", append(bytePairs("gpt-2"), bos), template, true},
		{"no first token to add", "tokenizer.json", bytePairs("llama-bpe"), template, true},
		{"digits", "tokenizer.json", bytePairs("smollm"), `"pretokenizers":[{"individual_digits":true,"type":"Digits"}`, false},
		{"a pattern", "tokenizer.json", bytePairs("tekken"), `\\p{Lu}\\p{Lt}\\p{Lm}`, false},
		{"whole pieces first", "tokenizer.json", bytePairs("tekken"), `"ignore_merges":true`, false},
		{"padding is no token", "tokenizer.json", bytePairs("gpt-2"), "PAD", true},
		{"a space before the text", "tokenizer.json", pieces(), `"prepend":"▁"`, false},
		{"none before it", "tokenizer.json", append(pieces(), pair{"tokenizer.ggml.add_space_prefix", false}), "prepend", true},
		{"the original", "tokenizer.json", append(bytePairs("?"), pair{"tokenizer.huggingface.json", `{"a": 1}`}), `{"a":1}`, false},
		{"roles", "tokenizer_config.json", append(bytePairs("gpt-2"), bos), `"bos_token":"\u003c|end|\u003e"`, false},
		{"the template", "tokenizer_config.json", append(bytePairs("gpt-2"), pair{"tokenizer.chat_template", "{{ x }}"}),
			`"chat_template":"{{ x }}"`, false},
		{"ends", "generation_config.json", append(bytePairs("gpt-2"), pair{"tokenizer.ggml.eos_token_id", uint32(7)},
			pair{"tokenizer.ggml.eot_token_id", uint32(258)}, pair{"tokenizer.ggml.eom_token_id", uint32(7)}),
			`{"eos_token_id":[7,258]}`, false},
		{"sampling", "generation_config.json", append(bytePairs("gpt-2"), pair{"general.sampling.temp", float32(0.6)},
			pair{"general.sampling.top_k", 20}, pair{"general.sampling.top_p", float32(0.95)}),
			`{"eos_token_id":[],"temperature":0.6,"top_k":20,"top_p":0.95}`, false},
	} {
		if got := read(t, c.file, c.pairs...); strings.Contains(got, c.want) == c.not {
			t.Errorf("%s: %s is %.2000s; has %s: %v", c.name, c.file, got, c.want, c.not)
		}
	}
}

func TestAFileMayHaveNoTokenizer(t *testing.T) {
	for _, pairs := range [][]pair{nil, {{"tokenizer.ggml.model", "no_vocab"}}} {
		fsys, err := parsed(t, file(llama(pairs...), embedding)).FS()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := fs.Stat(fsys, "config.json"); err != nil {
			t.Error(err)
		}
		if _, err := fs.Stat(fsys, "tokenizer.json"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("tokenizer.json: %v, want that it does not exist", err)
		}
	}
}

func TestTokenizersThatCannotBeMadeAreRefused(t *testing.T) {
	with := func(pairs []pair, key string, value any) []pair {
		return append(slices.DeleteFunc(pairs, func(p pair) bool { return p.key == key }), pair{key, value})
	}
	flat := make([]float32, 3+256+11)
	for name, c := range map[string]struct {
		pairs []pair
		want  string
	}{
		"no tokens":             {bytePairs("gpt-2")[:1], "tokenizer.ggml.tokens: missing"},
		"another kind":          {with(pieces(), "tokenizer.ggml.model", "t5"), `tokenizer.ggml.model: "t5" is not supported`},
		"an unknown way":        {bytePairs("poro-chat"), `tokenizer.ggml.pre: "poro-chat" is not supported`},
		"no way":                {bytePairs("default"), `tokenizer.ggml.pre: "default" is not supported`},
		"scores without sense":  {with(pieces(), "tokenizer.ggml.scores", flat), "lacks the merges"},
		"too few scores":        {with(pieces(), "tokenizer.ggml.scores", flat[1:]), "want a number for each of 270 tokens"},
		"too few types":         {with(bytePairs("gpt-2"), "tokenizer.ggml.token_type", []int{1}), "want a number for each of 261"},
		"types that are words":  {with(bytePairs("gpt-2"), "tokenizer.ggml.token_type", make([]string, 261)), "want a number"},
		"types with fractions":  {with(bytePairs("gpt-2"), "tokenizer.ggml.token_type", make([]float32, 261)), "number 0 is not valid"},
		"a token twice":         {with(pieces(), "tokenizer.ggml.tokens", append(make([]string, 268), "x", "x")), "are both"},
		"a token that is bytes": {with(bytePairs("gpt-2"), "tokenizer.ggml.tokens", []string{"\xff"}), "UTF-8"},
		"a token of a megabyte": {with(pieces(), "tokenizer.ggml.tokens", long(270)), "has 1048576 bytes"},
		"a role out of range":   {append(bytePairs("gpt-2"), pair{"tokenizer.ggml.eos_token_id", uint32(261)}), "261 is not one of 261"},
		"a template of numbers": {append(bytePairs("gpt-2"), pair{"tokenizer.chat_template", 1}), "tokenizer.chat_template: it is not a string"},
		"an original that is no JSON": {append(bytePairs("gpt-2"), pair{"tokenizer.huggingface.json", "{"}),
			"make tokenizer.json"},
	} {
		f := parsed(t, file(llama(c.pairs...), embedding))
		if _, err := f.FS(); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "test.gguf") {
			t.Errorf("%s: error is %v, want one with the file's name and %q", name, err, c.want)
		}
	}
}

// long are tokens of which the last is.
func long(count int) []string {
	tokens := make([]string, count)
	for i := range tokens {
		tokens[i] = fmt.Sprint("token", i)
	}
	tokens[count-1] = strings.Repeat("a", 1<<20)
	return tokens
}

func TestTheFolderListsItsFiles(t *testing.T) {
	fsys, err := parsed(t, file(llama(bytePairs("gpt-2")...), embedding)).FS()
	if err != nil {
		t.Fatal(err)
	}
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		info, err := entry.Info()
		if data, _ := fs.ReadFile(fsys, entry.Name()); err != nil || info.Size() != int64(len(data)) || entry.IsDir() {
			t.Errorf("%s: %v, %v", entry.Name(), info, err)
		}
		names = append(names, entry.Name())
	}
	if want := []string{"config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json"}; !slices.Equal(names, want) {
		t.Errorf("got %q, want %q", names, want)
	}
}
