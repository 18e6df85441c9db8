package token

import (
	"strings"
	"unicode/utf8"
)

// Decoder turns the tokens of one sample into text as they come, in whole characters: bytes of a character that the
// next token may complete are held back.
type Decoder struct {
	t      *Tokenizer
	begun  bool // a token has had its text
	strips int  // how many characters may still be stripped from the text's beginning
	held   []byte
}

// Decoder returns a new decoder, at the beginning of a text.
func (t *Tokenizer) Decoder() *Decoder { return &Decoder{t: t, strips: t.decoding.strips} }

// Next takes one token and returns the text that is complete with it, which may be empty.
func (d *Decoder) Next(id int32) string {
	if id < 0 || int(id) >= len(d.t.vocab) || d.t.vocab[id].special || !d.t.vocab[id].known {
		return ""
	}
	text := d.t.vocab[id].content
	for _, step := range d.t.decoding.steps {
		text = step(text, !d.begun)
	}
	d.begun = true
	d.held = append(d.held, text...)
	return d.take(false)
}

// Rest returns, as U+FFFD, the bytes that no token has completed to a character. The Decoder is at the beginning again.
func (d *Decoder) Rest() string {
	text := d.take(true)
	d.begun, d.strips = false, d.t.decoding.strips
	return text
}

// take removes the characters that are complete, or all, from what is held.
func (d *Decoder) take(all bool) string {
	var text strings.Builder
	for len(d.held) > 0 && (all || utf8.FullRune(d.held)) {
		r, size := utf8.DecodeRune(d.held)
		if r == utf8.RuneError && size == 1 && !d.t.decoding.perByte {
			size = broken(d.held)
		}
		if d.strips > 0 && string(r) == d.t.decoding.strip {
			d.strips--
		} else {
			d.strips = 0
			text.WriteRune(r) // U+FFFD if the bytes are no character's
		}
		d.held = d.held[size:]
	}
	return text.String()
}

// broken returns how many bytes of a text that begins with no character are the beginning of one, and at least 1.
func broken(text []byte) int {
	n := min(len(text), utf8.UTFMax-1)
	for n > 1 && utf8.FullRune(text[:n]) {
		n--
	}
	return n
}
