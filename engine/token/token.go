// Package token turns text into a model's tokens and back: the BPE of tokenizer.json with the steps around it, the chat
// template and the generation defaults of a Hugging Face checkpoint.
//
// Most callers need four calls:
//
//	tok, err := token.Load(os.DirFS("M1-3B"))
//	ids, err := tok.Prompt("What is 2+2?")      // the chat template around the question, as tokens
//	dec := tok.Decoder()
//	text := dec.Next(id)                        // for each sampled token: the text that is complete by now
//
// The rules:
//
//   - Text of a user never becomes a special token: Prompt recognises those in the template alone, and Encode only when
//     it is told to. Added tokens that are not special, such as <think>, are recognised everywhere.
//   - Tokens and text are those of the reference library, Hugging Face's tokenizers, for valid UTF-8 whose characters Go's
//     Unicode knows (the library's is a version ahead).
//   - Files are not trusted. What is not supported is an error that names the file and the setting; sizes, and how much
//     longer a tokenizer makes a text, are bounded; a chat template runs without access to files and within such bounds too.
//   - A Tokenizer does not change after Load and may be used by many goroutines at once. A Decoder serves one sample.
//
// Text goes through these steps, each in a file of its own: added tokens are cut out (added.go), what is between them is
// normalized (normalize.go) and cut into pieces (pretokenize.go, by patterns of split.go and pattern.go), and the characters
// of each piece, or its bytes (bytelevel.go), are merged to tokens (bpe.go). Back it goes by decode.go and decoder.go.
package token

import (
	"slices"
	"strings"
)

// Tokenizer is what Load makes of a checkpoint's files.
type Tokenizer struct {
	vocab      []entry // by id
	added      map[string]int32
	verbatim   matcher // of the added tokens that are looked for in the text as it is
	normalize  normalizer
	normalized matcher // and of the others, which are looked for in what is left of it, once that is normalized
	steps      []step
	spelled    bool // the vocabulary's characters stand for bytes
	bpe        *bpe
	decoding   decoding

	bos        string
	eos        []int32
	generation Generation
	chat       func() (chat, error)
	frames     *frames
	thinks     bool // the chat template knows of reasoning
}

// entry is a token: its text as the vocabulary has it.
type entry struct {
	content string
	known   bool // ids may have holes
	special bool
}

// Encode returns the tokens of text. Special tokens, such as an end of turn, are recognised only if special is set, which
// is not for text from outside. No token is added at either end.
func (t *Tokenizer) Encode(text string, special bool) []int32 {
	return t.encode(segment{text, special})
}

// Decode returns the text of ids without the special tokens. Unknown ids have no text, and bytes that are not
// characters of UTF-8 become U+FFFD.
func (t *Tokenizer) Decode(ids []int32) string {
	var text strings.Builder
	dec := t.Decoder()
	for _, id := range ids {
		text.WriteString(dec.Next(id))
	}
	text.WriteString(dec.Rest())
	return text.String()
}

// ID returns the token, added or of the vocabulary, that stands for exactly this text.
func (t *Tokenizer) ID(text string) (int32, bool) {
	if id, ok := t.added[text]; ok {
		return id, true
	}
	if t.spelled {
		text = spell(text)
	}
	id, ok := t.bpe.tokens[text]
	return id, ok
}

// BOS returns the token that begins a sequence, if the model has one.
func (t *Tokenizer) BOS() (int32, bool) { return t.ID(t.bos) }

// EOS returns the tokens that end a generation, in ascending order.
func (t *Tokenizer) EOS() []int32 { return slices.Clone(t.eos) }

// VocabSize is one more than the largest id. A model may have more rows than that, for padding.
func (t *Tokenizer) VocabSize() int { return len(t.vocab) }

// Generation returns how the model's makers sample from it.
func (t *Tokenizer) Generation() Generation { return t.generation }

// encode tokenizes the concatenation of segments. Added tokens are looked for in each alone; the text between them is
// split without regard to where segments meet, as it would be in one string.
func (t *Tokenizer) encode(segments ...segment) []int32 {
	var ids []int32
	var work merger
	token := func(id int32) { ids = append(ids, id) }
	split := func(p piece) { ids = t.bpe.encode(ids, p.text, &work) }
	for _, s := range slices.Backward(t.steps) {
		next := split
		split = func(p piece) { s(p, next) }
	}
	t.verbatim.cut(segments, token, func(gap []segment, begins bool) {
		for i := range gap {
			gap[i].text = t.normalize(gap[i].text, i == 0, i == len(gap)-1)
		}
		t.normalized.cut(gap, token, func(gap []segment, first bool) { split(piece{join(gap), begins && first}) })
	})
	return ids
}
