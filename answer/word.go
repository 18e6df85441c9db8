package answer

import (
	"strings"
	"unicode/utf8"
)

// textOf is the text as an answer: case, spacing, quotes and articles do not count.
func textOf(s string) value {
	var b strings.Builder
	for _, r := range s {
		switch {
		case strings.ContainsRune("“”\"*`", r):
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	text := b.String()
	if !mathematical(text) {
		text = strings.ToLower(text)
	}
	fields := strings.Fields(strings.Trim(text, " .,;:!"))
	if len(fields) > 1 && (fields[0] == "the" || fields[0] == "a" || fields[0] == "an") {
		fields = fields[1:]
	}
	text = strings.Join(fields, " ")
	if before, modulus, ok := strings.Cut(text, "mod"); ok && strings.Contains(before, "≡") {
		text = strings.TrimRight(before, " (") + " (mod " + strings.Trim(modulus, " ()") + ")"
	}
	if mathematical(text) {
		text = strings.ReplaceAll(text, " ", "")
	}
	if text == "" {
		return nil
	}
	return word(text)
}

// mathematical reports whether a text that was not understood is a formula, where case matters and spaces do not.
func mathematical(s string) bool {
	if strings.ContainsAny(s, "=<>≤≥≠≡^_∈∪∩⟦+/→") {
		return true
	}
	r, _ := utf8.DecodeRuneInString(s)
	return len(s) == 1 && isLetter(byte(r))
}
