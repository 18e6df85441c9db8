package token

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// splitter returns the length of the first piece of a text that is not empty. Tokens never cross pieces.
type splitter func(text string) int

// splitters are the regular expressions of known pre-tokenizers. They look ahead, which package regexp does not, so each
// is written out as a function.
var splitters = map[string]splitter{
	gpt2Pattern: splitGPT2,

	`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|` +
		`\s*[\r\n]+|\s+(?!\S)|\s+`: func(text string) int { return splitWords(text, 3) }, // Llama 3

	`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|` +
		`\s*[\r\n]+|\s+(?!\S)|\s+`: func(text string) int { return splitWords(text, 1) }, // Qwen2
}

// gpt2Pattern is what a ByteLevel pre-tokenizer splits by when it is told to use its own expression.
const gpt2Pattern = `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`

// splitWhole does not split.
func splitWhole(text string) int { return len(text) }

// splitGPT2 is gpt2Pattern.
func splitGPT2(text string) int {
	if n := contraction(text, contractions); n > 0 {
		return n
	}
	word := strings.TrimPrefix(text, " ")
	for _, class := range []func(rune) bool{unicode.IsLetter, unicode.IsNumber, isSymbol} {
		if n := span(word, class); n > 0 {
			return len(text) - len(word) + n
		}
	}
	return blank(text)
}

// splitWords is the expression of Llama 3 and Qwen2, which differ in how many digits a piece takes.
func splitWords(text string, digits int) int {
	if n := contraction(text, anyContractions); n > 0 {
		return n
	}
	first, size := utf8.DecodeRuneInString(text)
	switch {
	case unicode.IsLetter(first):
		return span(text, unicode.IsLetter)
	case unicode.IsNumber(first):
		return numbers(text, digits)
	}
	if first != '\r' && first != '\n' {
		if n := span(text[size:], unicode.IsLetter); n > 0 {
			return size + n
		}
	}
	symbols := strings.TrimPrefix(text, " ")
	if n := span(symbols, isSymbol); n > 0 {
		n += len(text) - len(symbols)
		return n + span(text[n:], isNewline)
	}
	space := span(text, unicode.IsSpace)
	if last := strings.LastIndexAny(text[:space], "\r\n"); last >= 0 {
		return last + 1
	}
	return blank(text)
}

// contractions are English endings in lower case, and in any case, of which 'ſ is one of 's.
var (
	contractions    = regexp.MustCompile(`^(?:'s|'t|'re|'ve|'m|'ll|'d)`)
	anyContractions = regexp.MustCompile(`^(?i:'s|'t|'re|'ve|'m|'ll|'d)`)
)

// contraction returns the length of the ending that text begins with.
func contraction(text string, endings *regexp.Regexp) int {
	if text[0] != '\'' {
		return 0
	}
	return len(endings.FindString(text[:min(len(text), 4)]))
}

// blank is \s+(?!\S)|\s+ for text that begins with space: all of it at the end of the text, else all but the last
// character, which goes with the word that follows, unless it is the only one.
func blank(text string) int {
	n := span(text, unicode.IsSpace)
	if n == len(text) {
		return n
	}
	if _, last := utf8.DecodeLastRuneInString(text[:n]); last < n {
		return n - last
	}
	return n
}

// numbers returns the length of up to limit numbers at the start of text.
func numbers(text string, limit int) int {
	n := 0
	for ; limit > 0; limit-- {
		r, size := utf8.DecodeRuneInString(text[n:])
		if !unicode.IsNumber(r) {
			break
		}
		n += size
	}
	return n
}

// span returns the length of the characters of a class at the start of text.
func span(text string, class func(rune) bool) int {
	for i, r := range text {
		if !class(r) {
			return i
		}
	}
	return len(text)
}

func isNewline(r rune) bool { return r == '\r' || r == '\n' }

func isSymbol(r rune) bool {
	return !unicode.IsSpace(r) && !unicode.IsLetter(r) && !unicode.IsNumber(r)
}
