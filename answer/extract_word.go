package answer

import (
	"iter"
	"strings"
	"unicode/utf8"
)

// functionNames are words that a formula in plain text begins with.
var functionNames = setOf("sqrt cbrt sin cos tan cot sec csc log ln exp abs arcsin arccos arctan asin acos atan pi " +
	"infinity")

// startsPlainWord tells whether s begins with a word that does not join values.
func startsPlainWord(s string) bool {
	return len(s) > 1 && isLetter(s[0]) && isLetter(s[1]) && !startsWord(s, "and") && !startsWord(s, "or")
}

func isIdeograph(r rune) bool { return r >= 0x2e80 && r < 0xff00 }

// startsMaths tells whether s begins like a formula or a number in plain text.
func startsMaths(s string) bool {
	if s == "" {
		return false
	}
	if strings.IndexByte("0123456789([{|\\$", s[0]) >= 0 {
		return true
	}
	if s[0] == '<' || s[0] == '>' {
		return len(s) > 1 && strings.IndexByte("= -0123456789", s[1]) >= 0
	}
	if strings.IndexByte("+-.~", s[0]) >= 0 {
		return len(s) > 1 && (isLetterOrDigit(s[1]) || strings.IndexByte("\\$(.=", s[1]) >= 0 || s[1] >= 0x80)
	}
	if r, n := utf8.DecodeRuneInString(s); n > 1 && strings.ContainsRune("√π∞±≤≥−∅∛½¼¾⅓⅔€£¥∀∃θ", r) {
		return true
	}
	n := letterRun(s)
	next := strings.TrimLeft(s[n:], " ")
	if n == 0 || n > 8 {
		return false
	}
	if functionNames[strings.ToLower(s[:n])] || n == 1 && next == "" {
		return true
	}
	if n > 3 || next == "" {
		return false
	}
	relation := strings.HasPrefix(next, "≤") || strings.HasPrefix(next, "≥") || strings.HasPrefix(next, "∈")
	return relation || strings.IndexByte("=<>^_+*/", next[0]) >= 0 || s[n] == '(' || next[0] == '-' && n == 1
}

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
