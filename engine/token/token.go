// Package token turns text into a model's tokens and back: the byte-level BPE of tokenizer.json, the chat template and
// the generation defaults of a Hugging Face checkpoint.
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
//   - Decode(Encode(s)) is s for valid UTF-8, but for special tokens and where the tokenizer itself normalizes to NFC.
//   - Files are not trusted. What is not supported is an error that names the file and the setting; a chat template
//     runs without access to files and within a limit on its steps.
//   - A Tokenizer does not change after Load and may be used by many goroutines at once. A Decoder serves one sample.
//
// Supported are the pre-tokenizers of GPT-2, Llama 3 and Qwen2, which are those of many other models too.
package token

import (
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Tokenizer is what Load makes of a checkpoint's files.
type Tokenizer struct {
	vocab     []entry // by id
	added     map[string]int32
	trusted   matchers // every added token
	user      matchers // those that are not special
	normalize bool     // to NFC
	split     splitter
	bpe       bpe

	bos        string
	eos        []int32
	generation Generation
	chat       func() (chat, error)
}

// entry is a token: its text as bytes, which need not be whole characters.
type entry struct {
	text    string
	known   bool // ids may have holes
	special bool
}

// Encode returns the tokens of text. Special tokens, such as an end of turn, are recognised only if special is set, which
// is not for text from outside. No token is added at either end.
func (t *Tokenizer) Encode(text string, special bool) []int32 {
	return t.encode(segment{text, special})
}

// Decode returns the text of ids without the special tokens. Unknown ids have no text, and each byte that is not part of
// a UTF-8 character becomes U+FFFD.
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

// segment is a stretch of text and whether special tokens in it are meant as such.
type segment struct {
	text    string
	special bool
}

// encode tokenizes the concatenation of segments: added tokens are looked for in each alone, and the text between them
// is then split without regard to where segments meet, as it would be in one string.
func (t *Tokenizer) encode(segments ...segment) []int32 {
	var ids []int32
	var plain strings.Builder
	var work merger
	flush := func() {
		for rest := plain.String(); rest != ""; {
			n := t.split(rest)
			ids = t.bpe.encode(ids, rest[:n], &work)
			rest = rest[n:]
		}
		plain.Reset()
	}
	emit := func(token string) {
		flush()
		ids = append(ids, t.added[token])
	}
	for _, s := range segments {
		find := t.user
		if s.special {
			find = t.trusted
		}
		find.verbatim.each(s.text, emit, func(text string) {
			if t.normalize {
				text = norm.NFC.String(text)
			}
			find.normalized.each(text, emit, func(text string) { plain.WriteString(text) })
		})
	}
	flush()
	return ids
}
