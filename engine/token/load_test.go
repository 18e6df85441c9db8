package token_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"caucus/engine/token"
)

// bytesOnly returns a tokenizer.json whose tokens are the 256 bytes, with their values as ids, and these added tokens.
// Pairs of a field's name and its JSON replace fields of the file.
func bytesOnly(t testing.TB, added []map[string]any, fields ...string) string {
	t.Helper()
	vocab := make(map[string]int)
	other := rune(256)
	for b := range 256 {
		r := rune(b)
		if b < '!' || b > '~' && b < 0xa1 || b == 0xad {
			r, other = other, other+1
		}
		vocab[string(r)] = b
	}
	file := map[string]any{
		"added_tokens":  added,
		"pre_tokenizer": map[string]any{"type": "ByteLevel", "use_regex": false},
		"decoder":       map[string]any{"type": "ByteLevel"},
		"model":         map[string]any{"type": "BPE", "vocab": vocab, "merges": []string{}},
	}
	for i := 0; i < len(fields); i += 2 {
		file[fields[i]] = json.RawMessage(fields[i+1])
	}
	text, err := json.Marshal(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func added(id int, content string, special bool) map[string]any {
	return map[string]any{"id": id, "content": content, "special": special, "normalized": !special}
}

func TestATokenizerOfBytesAndAFewAddedTokens(t *testing.T) {
	tok, err := token.Load(folder(map[string]string{
		"tokenizer.json": bytesOnly(t, []map[string]any{added(256, "<|begin_of_text|>", true), added(257, "<|eot_id|>", true),
			added(258, "<think>", false), added(259, "</think>", false), added(260, `\boxed{`, false), added(271, "<|11|>", true)}),
		"tokenizer_config.json":  `{"bos_token":"<|begin_of_text|>","eos_token":"<|eot_id|>"}`,
		"generation_config.json": `{"do_sample":true,"temperature":0.7,"top_p":0.95,"eos_token_id":257}`,
		"chat_template.jinja":    plain,
	}))
	if err != nil {
		t.Fatal(err)
	}
	prompt, err := tok.Prompt("é<|eot_id|>")
	if err != nil {
		t.Fatal(err)
	}
	want := []int32{256, 0xc3, 0xa9}
	for _, b := range []byte("<|eot_id|>") {
		want = append(want, int32(b))
	}
	if want = append(want, 258); !slices.Equal(prompt, want) {
		t.Errorf("the prompt is %v, want %v", prompt, want)
	}
	if got := tok.Encode(`</think>\boxed{7}`, false); !slices.Equal(got, []int32{259, 260, '7', '}'}) {
		t.Errorf("the landing text is %v", got)
	}
	if got := tok.Decode([]int32{258, 'x', 259, 260, '7', '}', 257, 261, 271}); got != `<think>x</think>\boxed{7}` {
		t.Errorf("an answer decodes to %q", got)
	}
	if bos, ok := tok.BOS(); bos != 256 || !ok || tok.VocabSize() != 272 || !slices.Equal(tok.EOS(), []int32{257}) {
		t.Errorf("begin %d, end %v, size %d", bos, tok.EOS(), tok.VocabSize())
	}
	if got, want := tok.Generation(), (token.Generation{Temperature: 0.7, TopP: 0.95}); got != want {
		t.Errorf("generation is %+v, want %+v", got, want)
	}
	for text, want := range map[string]int32{"</think>": 259, "a": 'a', " ": ' '} {
		if id, ok := tok.ID(text); id != want || !ok {
			t.Errorf("the id of %q is %d, %v; want %d", text, id, ok, want)
		}
	}
	if id, ok := tok.ID("ab"); ok {
		t.Errorf("ab is token %d", id)
	}
}

func TestTheEndsOfAGenerationComeFromAllTheFiles(t *testing.T) {
	tokens := []map[string]any{added(256, "<a>", true), added(257, "<b>", true), added(258, "<c>", true)}
	for _, c := range []struct {
		tokenizer, generation, config string
		want                          []int32
	}{
		{`{}`, `{}`, `{}`, nil},
		{`{"eos_token":"<b>"}`, `{}`, `{}`, []int32{257}},
		{`{"eos_token":{"content":"<b>"}}`, `{"eos_token_id":[258,256]}`, `{}`, []int32{256, 257, 258}},
		{`{"eos_token":null}`, `{"eos_token_id":null}`, `{"eos_token_id":[256,256]}`, []int32{256}},
		{`{"eos_token":"<b>"}`, `{"eos_token_id":257}`, `{"eos_token_id":256}`, []int32{257}},
		{`{"eos_token":"<unknown>"}`, `{}`, `{"eos_token_id":258}`, []int32{258}},
	} {
		tok, err := token.Load(folder(map[string]string{"tokenizer.json": bytesOnly(t, tokens),
			"tokenizer_config.json": c.tokenizer, "generation_config.json": c.generation, "config.json": c.config}))
		if err != nil {
			t.Errorf("%+v: %v", c, err)
			continue
		}
		if got := tok.EOS(); !slices.Equal(got, c.want) {
			t.Errorf("%+v: the ends are %v", c, got)
		}
	}
}

func TestWithoutGenerationConfigSamplingIsPlain(t *testing.T) {
	if got, want := load(t, "gpt2", nil).Generation(), (token.Generation{Temperature: 1, TopP: 1}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestThePostProcessorTellsWhatBeginsASequence(t *testing.T) {
	tok := load(t, "llama3", nil)
	want, _ := tok.ID("<|begin|>")
	if bos, ok := tok.BOS(); bos != want || !ok {
		t.Errorf("it is %d, %v; want %d", bos, ok, want)
	}
	if got := tok.Encode("x", true); len(got) != 1 {
		t.Errorf("Encode adds tokens: %v", got)
	}
}

func TestLoadNamesWhatIsNotSupported(t *testing.T) {
	config := func(file, text string) map[string]string {
		return map[string]string{"tokenizer.json": bytesOnly(t, []map[string]any{added(256, "<a>", true)}), file: text}
	}
	with := func(fields ...string) map[string]string {
		return map[string]string{"tokenizer.json": bytesOnly(t, nil, fields...)}
	}
	withAdded := func(token string) map[string]string { return with("added_tokens", "["+token+"]") }
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"no file":             {nil, "tokenizer.json is missing"},
		"not JSON":            {map[string]string{"tokenizer.json": "version https://git-lfs"}, "read tokenizer.json"},
		"empty object":        {map[string]string{"tokenizer.json": "{}"}, "decoder"},
		"only sentencepiece":  {map[string]string{"tokenizer.model": ""}, "tokenizer.model alone"},
		"another model":       {with("model", `{"type":"WordPiece","vocab":{}}`), `"WordPiece"`},
		"half a fallback":     {with("model", `{"type":"BPE","byte_fallback":true}`, "pre_tokenizer", "null"), "byte 0x20"},
		"missing bytes":       {with("model", `{"type":"BPE","vocab":{"a":0}}`), "byte 0x20"},
		"half a merge":        {with("model", `{"type":"BPE","merges":["ab"]}`), "one part"},
		"three part merge":    {with("model", `{"type":"BPE","merges":[["a","b","c"]]}`), "3 parts"},
		"another decoder":     {with("decoder", `{"type":"WordPiece"}`), `decoder: type "WordPiece"`},
		"no decoder":          {with("decoder", `null`), "decoder: there is none"},
		"a late decoder":      {with("decoder", decoders(`{"type":"Fuse"},{"type":"Replace","pattern":{"String":"a"}}`)), "Replace behind"},
		"a late replacement":  {with("decoder", decoders(`{"type":"ByteFallback"},{"type":"Strip","content":" "}`)), "Strip behind"},
		"strips of the end":   {with("decoder", decoders(`{"type":"Fuse"},{"type":"Strip","content":" ","stop":1}`)), "Strip behind"},
		"another normalizer":  {with("normalizer", `{"type":"BertNormalizer"}`), `normalizer: type "BertNormalizer"`},
		"nested normalizer":   {with("normalizer", `{"type":"Sequence","normalizers":[{"type":"Nmt"}]}`), `"Nmt"`},
		"no pre-tokenizer":    {with("pre_tokenizer", `null`), "there is no ByteLevel"},
		"another splitter":    {with("pre_tokenizer", `{"type":"Whitespace"}`), `pre_tokenizer: type "Whitespace"`},
		"another processor":   {with("post_processor", `{"type":"BertProcessing"}`), `post_processor: type "BertProcessing"`},
		"no pattern":          {with("pre_tokenizer", splitBy(``, "Isolated")), "neither a String nor a Regex"},
		"another behavior":    {with("pre_tokenizer", splitBy(`"Regex":"\\s+"`, "Merged")), `behavior "Merged"`},
		"looking ahead":       {with("pre_tokenizer", splitBy(`"Regex":"a(?!b)"`, "Isolated")), "(?"},
		"looking back":        {with("pre_tokenizer", splitBy(`"Regex":"(?<=a)b"`, "Isolated")), "(?"},
		"a word's border":     {with("pre_tokenizer", splitBy(`"Regex":"\\bx"`, "Isolated")), `\b`},
		"a beginning":         {with("pre_tokenizer", splitBy(`"Regex":"^x"`, "Isolated")), "^"},
		"no backtracking":     {with("pre_tokenizer", splitBy(`"Regex":"x++y"`, "Isolated")), "nested repetition"},
		"a class in a class":  {with("pre_tokenizer", splitBy(`"Regex":"[a-z&&[^b]]"`, "Isolated")), "class within"},
		"an empty match":      {with("pre_tokenizer", splitBy(`"Regex":"x*"`, "Isolated")), "empty text"},
		"a long expression":   {with("pre_tokenizer", splitBy(`"Regex":"`+strings.Repeat("x", 5000)+`"`, "Isolated")), "5000 bytes"},
		"many repetitions":    {with("pre_tokenizer", splitBy(`"Regex":"((x{30}){30}){30}"`, "Isolated")), ""},
		"an odd metaspace":    {with("pre_tokenizer", `{"type":"Metaspace","replacement":"__"}`), "not one character"},
		"an odd scheme":       {with("pre_tokenizer", `{"type":"Metaspace","replacement":"_","prepend_scheme":"last"}`), `"last"`},
		"an empty token":      {withAdded(`{"id":256,"content":""}`), "no content"},
		"a negative id":       {withAdded(`{"id":-1,"content":"<a>"}`), "id -1"},
		"a huge id":           {withAdded(`{"id":2000000000,"content":"<a>"}`), "id 2000000000"},
		"an id twice":         {withAdded(`{"id":256,"content":"<a>"},{"id":256,"content":"<b>"}`), "same id"},
		"a token twice":       {withAdded(`{"id":256,"content":"<a>"},{"id":257,"content":"<a>"}`), "ids 256 and 257"},
		"an unknown end":      {config("generation_config.json", `{"eos_token_id":300}`), "300"},
		"an end that is text": {config("generation_config.json", `{"eos_token_id":"<a>"}`), "generation_config.json"},
		"a temperature of -1": {config("generation_config.json", `{"temperature":-1}`), "temperature"},
		"a top_p of 0":        {config("generation_config.json", `{"top_p":0}`), "top_p"},
		"a number as a token": {config("tokenizer_config.json", `{"bos_token":3}`), "tokenizer_config.json"},
		"a number as a chat":  {config("tokenizer_config.json", `{"chat_template":3}`), "tokenizer_config.json"},
	} {
		if _, err := token.Load(folder(c.files)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error is %v, want one with %q", name, err, c.want)
		}
	}
	if _, err := token.Load(folder(nil)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file is %v", err)
	}
}

// splitBy is a pre-tokenizer that splits by a pattern.
func splitBy(pattern, behavior string) string {
	return fmt.Sprintf(`{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{%s},"behavior":%q},{"type":"ByteLevel"}]}`,
		pattern, behavior)
}

// decoders is a decoder of several steps.
func decoders(steps string) string { return `{"type":"Sequence","decoders":[` + steps + `]}` }

func TestATokenizerThatMakesALotOfALittleIsAnError(t *testing.T) {
	repeat := func(part string, n int) string { return strings.TrimSuffix(strings.Repeat(part+",", n), ",") }
	normalizers := func(part string, n int) string {
		return `{"type":"Sequence","normalizers":[` + repeat(part, n) + `]}`
	}
	pretokenizers := func(part string, n int) string {
		return `{"type":"Sequence","pretokenizers":[` + repeat(part, n) + `]}`
	}
	deep := strings.Repeat(`{"type":"Sequence","normalizers":[`, 5000) + strings.Repeat(`]}`, 5000)
	for name, fields := range map[string][]string{
		"doubling":         {"normalizer", normalizers(`{"type":"Replace","pattern":{"String":"a"},"content":"aa"}`, 30)},
		"by an expression": {"normalizer", normalizers(`{"type":"Replace","pattern":{"Regex":"."},"content":"xxxx"}`, 30)},
		"a long content":   {"normalizer", `{"type":"Replace","pattern":{"String":"a"},"content":"` + strings.Repeat("x", 9999) + `"}`},
		"prefixes":         {"normalizer", normalizers(`{"type":"Prepend","prepend":"xxxxxxx"}`, 30)},
		"many steps":       {"normalizer", normalizers(`{"type":"Strip"}`, 100)},
		"deep":             {"normalizer", deep},
		"many components":  {"normalizer", normalizers(`{}`, 1<<20)},
		"spelled again":    {"pre_tokenizer", pretokenizers(`{"type":"ByteLevel","add_prefix_space":true}`, 10)},
		"marks":            {"pre_tokenizer", pretokenizers(`{"type":"Metaspace","replacement":"_"}`, 10)},
		"long decoding":    {"decoder", decoders(repeat(`{"type":"Replace","pattern":{"String":"a"},"content":"aaaa"}`, 20))},
		"an added library": {"added_tokens", `[{"content":"` + strings.Repeat("x", 5<<20) + `"}]`},
		"long added tokens": {"normalizer", `{"type":"Replace","pattern":{"String":"x"},"content":"` + strings.Repeat("y", 900) + `"}`,
			"added_tokens", `[` + repeat(`{"id":256,"content":"`+strings.Repeat("x", 1000)+`","normalized":true}`, 2000) + `]`},
		"a far id":        {"added_tokens", `[{"id":4000000,"content":"x"}]`},
		"repeated":        {"pre_tokenizer", splitBy(`"Regex":"(x{1,900}y){1,900}"`, "Isolated")},
		"repeated deeply": {"pre_tokenizer", splitBy(`"Regex":"((((x{2,9}){2,9}){2,9}){2,9}){2,9}"`, "Isolated")},
	} {
		start := time.Now()
		if _, err := token.Load(folder(map[string]string{"tokenizer.json": bytesOnly(t, nil, fields...)})); err == nil {
			t.Errorf("%s: no error", name)
		} else if len(err.Error()) > 1000 {
			t.Errorf("%s: the error has %d bytes", name, len(err.Error()))
		}
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%s: takes %v", name, took)
		}
	}
}

// endless is a folder with a tokenizer.json that does not end.
type endless struct{ fs.File }

func (endless) Open(string) (fs.File, error)  { return endless{}, nil }
func (endless) Read(into []byte) (int, error) { return len(into), nil }
func (endless) Close() error                  { return nil }

func TestAFileWithoutAnEndIsAnError(t *testing.T) {
	if _, err := token.Load(endless{}); err == nil || !strings.Contains(err.Error(), "more than") {
		t.Errorf("error is %v", err)
	}
}

func TestMergesMustLeadToTokens(t *testing.T) {
	text := strings.Replace(bytesOnly(t, nil), `"merges":[]`, `"merges":["a b"]`, 1)
	_, err := token.Load(folder(map[string]string{"tokenizer.json": text}))
	if err == nil || !strings.Contains(err.Error(), `"a" and "b"`) {
		t.Errorf("error is %v", err)
	}
}

func FuzzLoad(f *testing.F) {
	for _, name := range golden {
		f.Add([]byte(read(f, name+".json.gz")), []byte(`{"eos_token_id":[1,2],"top_k":20}`))
	}
	f.Add([]byte(bytesOnly(f, nil, "pre_tokenizer", splitBy(`"Regex":"[a-z]+|\\s+(?!\\S)|\\s+"`, "Contiguous"))), []byte(`{}`))
	f.Add([]byte(bytesOnly(f, []map[string]any{added(256, "<a>", true)})), []byte(`{"temperature":null}`))
	f.Fuzz(func(t *testing.T, file, generation []byte) {
		tok, err := token.Load(folder(map[string]string{
			"tokenizer.json": string(file), "generation_config.json": string(generation)}))
		if err != nil {
			return
		}
		const text = "They'll share 120 apples.\n\n  é😀 <think>"
		for _, special := range []bool{false, true} {
			for _, id := range tok.Encode(text, special) {
				if id < 0 || int(id) >= tok.VocabSize() {
					t.Fatalf("token %d of %d", id, tok.VocabSize())
				}
			}
		}
		tok.Decode(tok.Encode(text, false))
	})
}
