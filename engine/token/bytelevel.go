package token

import "strings"

// A byte-level vocabulary spells each byte of a token as one printable character: printable Latin-1 bytes as
// themselves, the 68 others as the characters from U+0100 on (Radford et al. 2019, GPT-2).

// spelling gives the character that a byte is spelled as, and spelled the byte that a character stands for.
var spelling, spelled = func() (characters [256]string, bytes map[rune]byte) {
	bytes = make(map[rune]byte, 256)
	others := rune(0x100)
	for b := range 256 {
		r := rune(b)
		if printable := r >= '!' && r <= '~' || r >= '¡' && r <= '¬' || r >= '®'; !printable {
			r = others
			others++
		}
		characters[b], bytes[r] = string(r), byte(b)
	}
	return characters, bytes
}()

// spell returns the characters that the bytes of a text are spelled as.
func spell(text string) string {
	out := make([]byte, 0, 2*len(text))
	for i := range len(text) {
		out = append(out, spelling[text[i]]...)
	}
	return string(out)
}

// unspell returns the bytes of a token of the vocabulary, or the token itself if one of its characters stands for none,
// which is so for most that are special.
func unspell(token string) string {
	var out strings.Builder
	for _, r := range token {
		b, ok := spelled[r]
		if !ok {
			return token
		}
		out.WriteByte(b)
	}
	return out.String()
}
