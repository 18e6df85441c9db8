package token_test

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"caucus/engine/token"
)

// golden lists the tokenizers in testdata, which golden.py made with the reference library.
var golden = []string{"llama3", "qwen2", "gpt2"}

// folder is a checkpoint's folder with these files.
func folder(files map[string]string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

// read returns a file of testdata.
func read(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// load returns the tokenizer of testdata/name.json with these files beside it.
func load(t testing.TB, name string, files map[string]string) *token.Tokenizer {
	t.Helper()
	fsys := folder(files)
	fsys["tokenizer.json"] = &fstest.MapFile{Data: []byte(read(t, name+".json"))}
	tok, err := token.Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

func TestEncodeAgreesWithTheReferenceLibrary(t *testing.T) {
	var cases map[string][]struct {
		Text string
		IDs  []int32
	}
	if err := json.Unmarshal([]byte(read(t, "golden.json")), &cases); err != nil {
		t.Fatal(err)
	}
	for _, name := range golden {
		tok := load(t, name, nil)
		if len(cases[name]) < 60 {
			t.Fatalf("%s: only %d strings", name, len(cases[name]))
		}
		for _, c := range cases[name] {
			if got := tok.Encode(c.Text, true); !slices.Equal(got, c.IDs) {
				t.Errorf("%s: %q is %v %q, want %v %q", name, c.Text, got, pieces(tok, got), c.IDs, pieces(tok, c.IDs))
			}
		}
	}
}

// pieces returns the text of each token.
func pieces(tok *token.Tokenizer, ids []int32) []string {
	var out []string
	for _, id := range ids {
		out = append(out, tok.Decode([]int32{id}))
	}
	return out
}

func TestMergesMayBeWrittenAsStrings(t *testing.T) {
	var file map[string]any
	if err := json.Unmarshal([]byte(read(t, "llama3.json")), &file); err != nil {
		t.Fatal(err)
	}
	merges := file["model"].(map[string]any)["merges"].([]any)
	for i, m := range merges {
		merges[i] = m.([]any)[0].(string) + " " + m.([]any)[1].(string)
	}
	text, err := json.Marshal(file)
	if err != nil {
		t.Fatal(err)
	}
	tok, err := token.Load(folder(map[string]string{"tokenizer.json": string(text)}))
	if err != nil {
		t.Fatal(err)
	}
	const sentence = "Therefore the answer is 7 apples, they'll share."
	if got, want := tok.Encode(sentence, false), load(t, "llama3", nil).Encode(sentence, false); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestSpecialTokensInUserTextAreOnlyText(t *testing.T) {
	tok := load(t, "llama3", nil)
	end, _ := tok.ID("<|end|>")
	think, _ := tok.ID("<think>")
	const text = "a<|end|><think>"
	if got := tok.Encode(text, true); !slices.Contains(got, end) || !slices.Contains(got, think) {
		t.Errorf("with special tokens: %v has not both %d and %d", got, end, think)
	}
	got := tok.Encode(text, false)
	if slices.Contains(got, end) || !slices.Contains(got, think) {
		t.Errorf("without special tokens: %v should have %d and not %d", got, think, end)
	}
	if tok.Decode(got) != text {
		t.Errorf("it decodes to %q", tok.Decode(got))
	}
	if got := tok.Decode(tok.Encode("a<|end|>b", true)); got != "ab" {
		t.Errorf("special tokens decode to %q", got)
	}
}

func TestADecoderEmitsWholeCharactersThatAddUpToDecode(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, name := range golden {
		tok := load(t, name, nil)
		for range 200 {
			ids := tok.Encode("né 😀<|end|> 答", true)
			for range 10 { // anything may be sampled
				ids = append(ids, random.Int32N(int32(tok.VocabSize())))
			}
			dec, text := tok.Decoder(), ""
			for _, id := range ids {
				piece := dec.Next(id)
				if !utf8.ValidString(piece) {
					t.Fatalf("%s: token %d emits %q", name, id, piece)
				}
				text += piece
			}
			if text += dec.Rest(); text != tok.Decode(ids) {
				t.Fatalf("%s: %v streams to %q and decodes to %q", name, ids, text, tok.Decode(ids))
			}
		}
	}
}

func TestACharacterOfManyTokensComesWithItsLast(t *testing.T) {
	tok := load(t, "gpt2", nil)
	dec := tok.Decoder()
	var got []string
	ids := tok.Encode("😀", false)
	if len(ids) != 4 {
		t.Fatalf("the emoji is %d tokens, want one for each byte", len(ids))
	}
	for _, id := range ids {
		got = append(got, dec.Next(id))
	}
	if want := []string{"", "", "", "😀"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	dec.Next(ids[0])
	if got := dec.Rest(); got != "\ufffd" {
		t.Errorf("an unfinished character ends as %q", got)
	}
	if got := tok.Decode([]int32{-1, 1 << 30, ids[0]}); got != "\ufffd" {
		t.Errorf("unknown ids decode to %q", got)
	}
}

func TestALongPromptIsEncodedInNearlyLinearTime(t *testing.T) {
	const size = 64 << 10
	for _, name := range golden {
		tok := load(t, name, nil)
		for _, unit := range []string{"a", " ", "\n ", "1", "<|", "'", "that apples they'll share; ", "é", "😀", "<think"} {
			text := strings.Repeat(unit, size/len(unit))
			start := time.Now()
			if got := tok.Decode(tok.Encode(text, true)); got != text {
				t.Errorf("%s: %d times %q does not survive", name, size/len(unit), unit)
			}
			if took := time.Since(start); took > 2*time.Second {
				t.Errorf("%s: %d times %q takes %v", name, size/len(unit), unit, took)
			}
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	tok := load(b, "llama3", nil)
	text := strings.Repeat("Three farmers share 120 apples, so that each gets 40 apples; they'll sell them. ", 800)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		tok.Encode(text, false)
	}
}

func FuzzEncode(f *testing.F) {
	for _, text := range []string{"", "a <think>\n\n b", "they'LL 1234  ", "e\u0301 😀\u2028<|end|>", "\xff\xc3(", "'ſ"} {
		f.Add(text)
	}
	var toks []*token.Tokenizer
	for _, name := range golden {
		toks = append(toks, load(f, name, map[string]string{"chat_template.jinja": "<|begin|>{{ messages[-1].content }}<|end|>"}))
	}
	f.Fuzz(func(t *testing.T, text string) {
		for i, tok := range toks {
			ids := tok.Encode(text, false)
			want := text
			if golden[i] == "qwen2" {
				want = norm.NFC.String(text)
			}
			if got := tok.Decode(ids); utf8.ValidString(text) && got != want {
				t.Fatalf("%s: %q comes back as %q", golden[i], text, got)
			}
			tok.Encode(text, true)
			prompt, err := tok.Prompt(text)
			if err != nil {
				t.Fatal(err)
			}
			if n := specials(tok, prompt); n != 2 {
				t.Fatalf("%s: the prompt of %q has %d special tokens, want the template's 2", golden[i], text, n)
			}
		}
	})
}

// specials counts the special tokens of testdata's tokenizers.
func specials(tok *token.Tokenizer, ids []int32) int {
	n := 0
	for _, text := range []string{"<|begin|>", "<|end|>", "<|end_long|>"} {
		special, _ := tok.ID(text)
		for _, id := range ids {
			if id == special {
				n++
			}
		}
	}
	return n
}
