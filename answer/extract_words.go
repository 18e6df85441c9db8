package answer

import (
	"iter"
	"strings"
	"unicode/utf8"
)

// maxSentence is the longest sentence read.
const maxSentence = 1000

// lastLine is the last line of a text that is not empty.
func lastLine(text string) string {
	text = strings.TrimRight(text, " \n\t\r")
	return text[strings.LastIndexByte(text, '\n')+1:]
}

// lastSentence is the last sentence of a text, without its full stop. It does not go beyond a line.
func lastSentence(text string) string {
	s := lastLine(strings.TrimRight(text[max(0, len(text)-maxSentence):], " \n\t\r.!?。！？"))
	for {
		end := sentenceEnd(s)
		if end < 0 || strings.TrimSpace(s[end:]) == "" {
			return strings.TrimSpace(s)
		}
		s = s[end:]
	}
}

// firstSentence is the sentence that s begins with.
func firstSentence(s string) string {
	if end := sentenceEnd(s); end >= 0 {
		return s[:end]
	}
	return s
}

// sentenceEnd is the position behind the first full stop, question or exclamation mark that ends a sentence, or -1.
func sentenceEnd(s string) int {
	for i := range len(s) {
		switch rest := s[i+1:]; {
		case s[i] == '.' || s[i] == '?':
			abbreviated := i > 1 && isLetter(s[i-1]) && s[i-2] == '.'
			if !abbreviated && endsHere(rest) {
				return i + 1
			}
		case s[i] == '!': // or a factorial
			if len(rest) > 1 && rest[0] == ' ' && 'A' <= rest[1] && rest[1] <= 'Z' {
				return i + 1
			}
		case s[i] >= 0x80:
			for _, stop := range []string{"。", "！", "？"} {
				if strings.HasPrefix(s[i:], stop) {
					return i + len(stop)
				}
			}
		}
	}
	return -1
}

// endsHere tells whether nothing but closing signs stands between a full stop and the space behind its sentence.
func endsHere(rest string) bool {
	rest = strings.TrimLeft(rest, "$\"')*}")
	return rest == "" || isBlank(rest[0]) || strings.HasPrefix(rest, `\)`) || strings.HasPrefix(rest, `\]`)
}

// clean takes off what surrounds an answer without being part of it: space, emphasis, quotes, the end of a sentence.
func clean(s string) string {
	s = strings.TrimLeft(s, " \t\r\n*`\"“”'‘’:")
	return cleanEnd(strings.TrimPrefix(s, "__"))
}

// cleanEnd takes off the same at the end only, and unmatched ends of mathematics.
func cleanEnd(s string) string {
	for before := -1; len(s) != before; {
		before = len(s)
		s = strings.TrimRight(s, " \t\r\n*`\"“”'‘’,;。！？.")
		for _, end := range []string{`\]`, `\)`, `\"`, "$", "__"} {
			if strings.HasSuffix(s, end) && unpaired(s, end) {
				s = s[:len(s)-len(end)]
			}
		}
	}
	if strings.HasSuffix(s, "p.m") || strings.HasSuffix(s, "a.m") {
		s += "."
	}
	return s
}

// unpaired tells whether the delimiter that s ends with has no partner in it.
func unpaired(s, end string) bool {
	switch end {
	case `\]`:
		return !strings.Contains(s, `\[`)
	case `\)`:
		return !strings.Contains(s, `\(`)
	case "$":
		return !strings.HasSuffix(s, `\$`) && (strings.Count(s, "$")-strings.Count(s, `\$`))%2 == 1
	}
	return strings.Count(s, end)%2 == 1
}

// functionNames are words that a formula in plain text begins with.
var functionNames = setOf(`sqrt cbrt sin cos tan cot sec csc log ln exp abs arcsin arccos arctan asin acos atan pi
	infinity`)

// startsMaths tells whether s begins like a formula or a number in plain text.
func startsMaths(s string) bool {
	if s == "" {
		return false
	}
	switch rest := s[1:]; s[0] {
	case '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '(', '[', '{', '|', '\\', '$':
		return true
	case '<', '>':
		return rest != "" && strings.IndexByte("= -0123456789", rest[0]) >= 0
	case '+', '-', '.', '~':
		return rest != "" && (isLetterOrDigit(rest[0]) || strings.IndexByte("\\$(.=", rest[0]) >= 0 || rest[0] >= 0x80)
	}
	if r, n := utf8.DecodeRuneInString(s); n > 1 {
		return strings.ContainsRune("√π∞±≤≥−∅∛½¼¾⅓⅔€£¥∀∃θ", r)
	}
	n := letterRun(s)
	next := strings.TrimLeft(s[n:], " ")
	switch {
	case n == 0:
		return false
	case functionNames[strings.ToLower(s[:n])], n == 1 && next == "":
		return true
	case n > 3 || next == "":
		return false
	}
	operator := strings.IndexByte("=<>^_+*/", next[0]) >= 0 || s[n] == '(' || next[0] == '-' && n == 1
	return operator || strings.HasPrefix(next, "≤") || strings.HasPrefix(next, "≥") || strings.HasPrefix(next, "∈")
}

// startsPlainWord tells whether s begins with a word that does not join values.
func startsPlainWord(s string) bool { return letterRun(s) > 1 && !startsWord(s, "and", "or") }

func isIdeograph(r rune) bool { return r >= 0x2e80 && r < 0xff00 }

// wordCount is the number of words of at least two letters that are not commands or functions.
func wordCount(s string) int {
	n := 0
	for w := range plainWords(s) {
		if len(w) > 1 && !functionNames[strings.ToLower(w)] {
			n++
		}
	}
	return n
}

// plainWords are the runs of letters in a formula that belong to no command.
func plainWords(s string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := 0; i < len(s); {
			n := letterRun(s[i:])
			switch {
			case s[i] == '\\':
				i = commandEnd(s, i)
			case n == 0:
				i++
			case !yield(s[i : i+n]):
				return
			default:
				i += n
			}
		}
	}
}

// textual are the commands whose argument is not mathematics.
var textual = setOf("text mathrm textbf mbox operatorname begin end mathbf textit rm tag hbox")

// commandEnd is where the command at s[i] ends, with its argument if that is text.
func commandEnd(s string, i int) int {
	n := letterRun(s[i+1:])
	if n == 0 {
		return i + 2
	}
	end := i + 1 + n
	if open := end + len(s[end:]) - len(strings.TrimLeft(s[end:], " ")); textual[s[i+1:end]] && strings.HasPrefix(s[open:], "{") {
		if shut := closing(s, open); shut < len(s) {
			return shut + 1
		}
	}
	return end
}
