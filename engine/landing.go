package engine

import (
	"strings"

	"caucus/engine/token"
)

// What models that reason before they answer write between the two, and around the answer.
const (
	endOfThinking = token.EndOfThinking
	boxOpening    = `\boxed{`
)

// landing knows what to add to a sample so that its next tokens are its answer.
type landing struct {
	text   string  // the end of the reasoning and the opening of the box
	whole  []int32 // that
	answer []int32 // its part after the end of the reasoning
}

func newLanding(text string, tok Tokenizer) landing {
	_, answer, thinks := strings.Cut(text, endOfThinking)
	l := landing{text: text, whole: tok.Encode(text, true)}
	l.answer = l.whole
	if thinks {
		l.answer = tok.Encode(answer, true)
	}
	return l
}

// missing returns the tokens that a sample with this text lacks, and what it has written of its box.
func (l *landing) missing(text string) (tokens []int32, box string) {
	lacks, box := Closing(l.text, text)
	switch lacks {
	case "":
		return nil, box
	case l.text:
		return l.whole, box
	}
	return l.answer, box
}

// Closing returns what a text lacks to be landed by Options.Landing, and what it has written of its box: a sample that has
// finished its reasoning is not made to finish it again, nor to open a second box.
func Closing(landing, text string) (lacks, box string) {
	if _, answer, thinks := strings.Cut(landing, endOfThinking); thinks {
		_, after, finished := cutLast(text, endOfThinking)
		if !finished {
			return landing, ""
		}
		landing, text = answer, after
	}
	if _, box, opened := cutLast(text, boxOpening); opened {
		return "", box
	}
	return landing, ""
}

// BoxClosed tells whether text, which follows \boxed{, holds the brace that closes it. Escaped braces do not count.
func BoxClosed(text string) bool {
	depth := 1
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return true
			}
		}
	}
	return false
}

// cutLast is strings.Cut at the last sep.
func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}
