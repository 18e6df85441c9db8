package answer

import (
	"strings"
	"unicode"
)

// A sentence is prose with mathematics in it. Two sentences are the same only if their words are; a sentence may mean the
// value that it states, though: "We find that $x < 3$".
type sentence struct {
	word
	stated value // nil if it states none
}

// maxPlain is the length in plain notation beyond which an answer is not taken apart.
const maxPlain = MaxLen + MaxLen/2

// readWhole reads an answer as it was written.
func readWhole(raw string) value {
	text := plain(raw)
	if len(text) > maxPlain {
		return textOf(text)
	}
	v := read(text, newScope())
	if v == nil || !isSentence(raw) {
		return v
	}
	words, ok := textOf(text).(word)
	if !ok {
		return v
	}
	return &sentence{words, statedIn(raw)}
}

// statedIn is the value that a sentence states. A number among several others does not count as stated.
func statedIn(raw string) value {
	stated, ok := Extract(raw)
	if !ok || stated.Level == LastNumber && numbersIn(raw) != 1 || stated.Text == raw {
		return nil
	}
	v := read(plain(stated.Text), newScope())
	if _, ok := v.(word); ok {
		return nil
	}
	return v
}

// isSentence reports whether a text begins with two words and has mathematics or a number behind them.
func isSentence(s string) bool {
	fields := strings.Fields(s)
	if len(fields) < 3 || !isProseWord(fields[0]) {
		return false
	}
	ofFunction := functions[fields[1]] && startsWord(fields[2], "is", "of") // "the sum is"
	if !isProseWord(fields[1]) && fields[1] != ":" && !ofFunction {
		return false
	}
	return strings.ContainsAny(s, `0123456789$\=<>`)
}

// isProseWord reports whether a word of a text is not mathematics: letters only, of any script, two or more.
func isProseWord(w string) bool {
	letters := 0
	for _, r := range strings.TrimRight(w, ",:'") {
		if !unicode.IsLetter(r) {
			return false
		}
		letters++
	}
	return letters > 1 && !functions[w] && !constants[w] && !connectives[w]
}

// fits compares the value that the sentence states.
func (s *sentence) fits(y value) fit {
	switch other, ok := y.(*sentence); {
	case ok && s.word == other.word:
		return identical
	case ok || s.stated == nil:
		return unfit
	}
	return min(loose, fits(s.stated, y))
}

// numbersIn counts the runs of digits in a text.
func numbersIn(s string) int {
	n := 0
	for i := range len(s) {
		if isDigit(s[i]) && (i == 0 || !isDigit(s[i-1])) && (i < 2 || !isDigit(s[i-2])) {
			n++
		}
	}
	return n
}
