package answer

import (
	"strings"
	"unicode/utf8"
)

// nesting is how a character changes the depth of brackets.
func nesting(c byte) int {
	switch c {
	case '(', '[', '{':
		return 1
	case ')', ']', '}':
		return -1
	}
	return 0
}

// closing is the position of the bracket that closes the one at open, or the length of s when none does. Escaped braces
// do not count.
func closing(s string, open int) int {
	depth := 0
	for i := open; i < len(s); i++ {
		if s[i] == '\\' {
			i++
			continue
		}
		if s[open] == '{' && (s[i] == '{' || s[i] == '}') || s[open] != '{' {
			if depth += nesting(s[i]); depth == 0 {
				return i
			}
		}
	}
	return len(s)
}

// balanced reports whether every brace of s is closed, and none else.
func balanced(s string) bool { return closing("{"+s+" }", 0) == len(s)+2 }

// topLevel reports whether one of the separators stands in s outside brackets.
func topLevel(s, separators string) bool {
	depth := 0
	for i := range len(s) {
		depth += nesting(s[i])
		if depth == 0 && strings.IndexByte(separators, s[i]) >= 0 {
			return true
		}
	}
	return false
}

// topIndex is the position of the first w outside brackets, or -1.
func topIndex(s, w string) int {
	depth := 0
	for i := range len(s) {
		depth += nesting(s[i])
		if depth <= 0 && strings.HasPrefix(s[i:], w) {
			return i
		}
	}
	return -1
}

// splitTop cuts s at the separators that stand outside brackets.
func splitTop(s, separators string) []string {
	parts, _ := cutTop(s, separators)
	return parts
}

// cutTop is splitTop with the separators that were found between the parts.
func cutTop(s, separators string) (parts []string, found []rune) {
	depth, start := 0, 0
	for i, r := range s {
		switch r {
		case '(', '[', '{', '⟦', '⟨':
			depth++
		case ')', ']', '}', '⟧', '⟩':
			depth--
		default:
			if depth <= 0 && strings.ContainsRune(separators, r) {
				parts, found = append(parts, s[start:i]), append(found, r)
				start = i + utf8.RuneLen(r)
			}
		}
	}
	return append(parts, s[start:]), found
}

// stripped is s without the round brackets around all of it.
func stripped(s string) string {
	for strings.HasPrefix(s, "(") && closing(s, 0) == len(s)-1 {
		s = strings.TrimSpace(s[1 : len(s)-1])
	}
	return s
}

// closingAny is the position of the bracket that ends the first, of any kind: intervals mix them.
func closingAny(s string) int {
	depth := 0
	for i := range len(s) {
		if depth += nesting(s[i]); depth == 0 {
			return i
		}
	}
	return len(s)
}
