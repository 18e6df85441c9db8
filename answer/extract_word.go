package answer

import (
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
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' {
			i = skipCommand(s, i)
		} else if isLetter(s[i]) {
			from := i
			for i+1 < len(s) && isLetter(s[i+1]) {
				i++
			}
			if i > from && !functionNames[strings.ToLower(s[from:i+1])] {
				n++
			}
		}
	}
	return n
}
