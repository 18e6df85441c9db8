package answer

import "strings"

// What every reader of a text asks of it.

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func isLetterOrDigit(c byte) bool { return isDigit(c) || isLetter(c) }

func isBlank(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// digits reports whether s is nothing but digits.
func digits(s string) bool { return s != "" && digitRun(s) == len(s) }

// digitRun is the number of digits that s begins with.
func digitRun(s string) int {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return n
}

// isInteger reports whether s is a whole number without separators.
func isInteger(s string) bool { return digits(strings.TrimLeft(s, "-+")) }

func hasDigit(s string) bool { return strings.ContainsAny(s, "0123456789") }

// letterRun is the number of letters that s begins with.
func letterRun(s string) int {
	n := 0
	for n < len(s) && isLetter(s[n]) {
		n++
	}
	return n
}

// startsWord reports whether s begins with one of some words, as a whole.
func startsWord(s string, words ...string) bool {
	for _, word := range words {
		if strings.HasPrefix(s, word) && (len(s) == len(word) || !isLetter(s[len(word)])) {
			return true
		}
	}
	return false
}

// containsAny reports whether one of some parts stands in s.
func containsAny(s string, parts ...string) bool {
	for _, part := range parts {
		if strings.Contains(s, part) {
			return true
		}
	}
	return false
}

// lastIndex is strings.LastIndex, but ten times as quick where there is nothing to find.
func lastIndex(s, part string) int {
	if !strings.Contains(s, part) {
		return -1
	}
	return strings.LastIndex(s, part)
}

// setOf is the set of the words of a text.
func setOf(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}
