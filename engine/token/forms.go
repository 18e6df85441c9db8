package token

import (
	"slices"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// longMarks is how many marks in a row package norm is trusted with. After 30 it puts in a character of its own, which is good
// for streams, and not what the reference library does.
const longMarks = 8 // of which each may be several once it is decomposed

// normalForm returns a text in a normal form of Unicode.
func normalForm(form norm.Form) func(string) string {
	return func(text string) string {
		marks := 0
		for _, r := range text {
			if r < 0x300 || !unicode.Is(unicode.M, r) {
				marks = 0
			} else if marks++; marks > longMarks {
				return longForm(form, text)
			}
		}
		return form.String(text)
	}
}

// longForm does the same for a text with any number of marks in a row (Unicode, UAX 15).
func longForm(form norm.Form, text string) string {
	decomposed, composes := form, false
	switch form {
	case norm.NFC:
		decomposed, composes = norm.NFD, true
	case norm.NFKC:
		decomposed, composes = norm.NFKD, true
	}
	var runes []rune
	for _, r := range text {
		runes = append(runes, []rune(decomposed.String(string(r)))...)
	}
	for i := 0; i < len(runes); {
		end := i
		for end < len(runes) && class(runes[end]) > 0 {
			end++
		}
		slices.SortStableFunc(runes[i:end], func(a, b rune) int { return class(a) - class(b) })
		i = end + 1
	}
	if composes {
		runes = compose(runes)
	}
	return string(runes)
}

// class is a character's canonical combining class, which is 0 for one that begins a sequence.
func class(r rune) int { return int(norm.NFD.PropertiesString(string(r)).CCC()) }

// compose joins characters in canonical order to what they are composed to.
func compose(runes []rune) []rune {
	var out []rune
	starter, last := -1, 0 // where in out the sequence begins, and the class of the character before
	for _, r := range runes {
		c := class(r)
		if starter >= 0 && (starter == len(out)-1 || last < c) {
			pair := norm.NFC.String(string(out[starter]) + string(r))
			if composite, size := utf8.DecodeRuneInString(pair); size == len(pair) {
				out[starter] = composite
				continue
			}
		}
		if c == 0 {
			starter = len(out)
		}
		last = c
		out = append(out, r)
	}
	return out
}
