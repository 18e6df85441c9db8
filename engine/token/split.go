package token

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// splitter returns the length of the first piece of a text that is not empty. Tokens never cross pieces.
type splitter func(text string) int

// splitters are the expressions of known pre-tokenizers, written out as functions, which is ten times as fast.
var splitters = map[string]splitter{
	gpt2Pattern: splitGPT2,

	endings + `|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}` + symbols + `[\r\n]*` + spaces: words{digits: 3, endings: true}.split,
	endings + `|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}` + symbols + `[\r\n]*` + spaces:      words{digits: 1, endings: true}.split,

	cased + `|` + capitals + `|\p{N}` + symbols + `[\r\n/]*` + spaces: words{digits: 1, cased: true}.split,
	cased + endings + `?|` + capitals + endings + `?|\p{N}{1,3}` + symbols + `[\r\n/]*` + spaces: words{
		digits: 3, cased: true, endings: true}.split,
}

// gpt2Pattern is what a ByteLevel pre-tokenizer splits by when it is told to use its own expression. The other constants
// are parts of the expressions of GPT-4 and its kin: Llama 3 and Qwen 2; Mistral's Tekken; GPT-4o.
const (
	gpt2Pattern = `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`

	endings  = `(?i:'s|'t|'re|'ve|'m|'ll|'d)`
	cased    = `[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+`
	capitals = `[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*`
	symbols  = `| ?[^\s\p{L}\p{N}]+`
	spaces   = `|\s*[\r\n]+|\s+(?!\S)|\s+`
)

// splitGPT2 is gpt2Pattern.
func splitGPT2(text string) int {
	if n := ending(text, false); n > 0 {
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

// words are the expressions of GPT-4 and its kin.
type words struct {
	digits  int  // how many a piece takes
	cased   bool // a capital begins a word; an ending belongs to its word, and a slash may follow symbols
	endings bool // English endings count
}

func (w words) split(text string) int {
	if n := w.word(text); n > 0 {
		return n
	}
	if n := numbers(text, w.digits); n > 0 {
		return n
	}
	symbols := strings.TrimPrefix(text, " ")
	if n := span(symbols, isSymbol); n > 0 {
		n += len(text) - len(symbols)
		return n + span(text[n:], func(r rune) bool { return isNewline(r) || w.cased && r == '/' })
	}
	space := span(text, unicode.IsSpace)
	if last := strings.LastIndexAny(text[:space], "\r\n"); last >= 0 {
		return last + 1
	}
	return blank(text)
}

// word returns the length of the word that text begins with, with the one character before it that may belong to it.
func (w words) word(text string) int {
	forms := []splitter{smallLetters, capitalLetters}
	if !w.cased {
		if n := ending(text, true); n > 0 && w.endings {
			return n
		}
		forms = []splitter{letters}
	}
	first, size := utf8.DecodeRuneInString(text)
	leads := size < len(text) && !isNewline(first) && !unicode.IsLetter(first) && !unicode.IsNumber(first)
	for _, form := range forms {
		n := 0
		if leads {
			n = form(text[size:])
		}
		if n > 0 {
			n += size
		} else {
			n = form(text)
		}
		if n > 0 && w.cased && w.endings && n < len(text) {
			n += ending(text[n:], true)
		}
		if n > 0 {
			return n
		}
	}
	return 0
}

// letters is \p{L}+.
func letters(text string) int { return span(text, unicode.IsLetter) }

// smallLetters is [\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+: capitals and then small letters. Letters without
// case and marks are either, so if no small letter follows, it ends with the last of them.
func smallLetters(text string) int {
	upper, either := 0, 0
	for i, r := range text {
		if !isUpper(r) {
			break
		}
		upper = i + utf8.RuneLen(r)
		if isLower(r) {
			either = upper
		}
	}
	if n := span(text[upper:], isLower); n > 0 {
		return upper + n
	}
	return either
}

// capitalLetters is [\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+ where no small letter follows.
func capitalLetters(text string) int { return span(text, isUpper) }

// isUpper and isLower are the two classes of these.
func isUpper(r rune) bool {
	if r < utf8.RuneSelf {
		return 'A' <= r && r <= 'Z'
	}
	return unicode.In(r, unicode.Lu, unicode.Lt, unicode.Lm, unicode.Lo, unicode.M)
}

func isLower(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z'
	}
	return unicode.In(r, unicode.Ll, unicode.Lm, unicode.Lo, unicode.M)
}

// ending returns the length of the English ending that text begins with: 's, 't, 're, 've, 'm, 'll, 'd, in lower case or,
// folded, in any, of which ſ is one of s.
func ending(text string, fold bool) int {
	if text[0] != '\'' {
		return 0
	}
	if fold && strings.HasPrefix(text[1:], "ſ") {
		return len("'ſ")
	}
	letters := text[1:min(len(text), 3)]
	if fold {
		letters = strings.ToLower(letters)
	}
	switch {
	case letters == "":
	case strings.IndexByte("stmd", letters[0]) >= 0:
		return 2
	case letters == "re" || letters == "ve" || letters == "ll":
		return 3
	}
	return 0
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
