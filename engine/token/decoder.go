package token

import (
	"strings"
	"unicode/utf8"
)

// Decoder turns the tokens of one sample into text as they come, in whole characters: bytes of a character that the
// next token may complete are held back.
type Decoder struct {
	vocab []entry
	held  []byte
}

// Decoder returns a new decoder, at the beginning of a text.
func (t *Tokenizer) Decoder() *Decoder { return &Decoder{vocab: t.vocab} }

// Next takes one token and returns the text that is complete with it, which may be empty.
func (d *Decoder) Next(id int32) string {
	if id < 0 || int(id) >= len(d.vocab) || d.vocab[id].special {
		return ""
	}
	d.held = append(d.held, d.vocab[id].text...)
	return d.take(utf8.FullRune)
}

// Rest returns, as U+FFFD, the bytes that no token has completed to a character. The Decoder is at the beginning again.
func (d *Decoder) Rest() string { return d.take(func([]byte) bool { return true }) }

// take removes characters from what is held, as long as it says that they are complete.
func (d *Decoder) take(complete func([]byte) bool) string {
	var text strings.Builder
	for len(d.held) > 0 && complete(d.held) {
		r, size := utf8.DecodeRune(d.held)
		text.WriteRune(r) // U+FFFD if the byte is no character's
		d.held = d.held[size:]
	}
	return text.String()
}
