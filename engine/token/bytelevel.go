package token

import "strings"

// A byte-level vocabulary spells each byte of a token as one printable character: printable Latin-1 bytes as
// themselves, the 68 others as the characters from U+0100 on (Radford et al. 2019, GPT-2).

// spelled gives the byte that a character of the vocabulary stands for.
var spelled = func() map[rune]byte {
	bytes := make(map[rune]byte, 256)
	others := rune(0x100)
	for b := range 256 {
		r := rune(b)
		if printable := r >= '!' && r <= '~' || r >= '¡' && r <= '¬' || r >= '®'; !printable {
			r = others
			others++
		}
		bytes[r] = byte(b)
	}
	return bytes
}()

// unspell returns the bytes of a token of the vocabulary; not ok if one of its characters stands for none.
func unspell(token string) (text string, ok bool) {
	var out strings.Builder
	for _, r := range token {
		b, ok := spelled[r]
		if !ok {
			return "", false
		}
		out.WriteByte(b)
	}
	return out.String(), true
}
