package answer

import "strings"

// A Level says how surely a text states its answer. The order of the levels is the order of confidence.
type Level int

const (
	// LastNumber is the last number of a finished text that states no answer in any other way.
	LastNumber Level = iota + 1
	// Maths is the last formula or concluding line, or a text that as a whole is an answer.
	Maths
	// Stated follows "the answer is", "answer:" or the like.
	Stated
	// Marked stands in \boxed, \fbox, <|begin_of_box|> or <answer>, behind ####, or behind "final answer".
	Marked
)

// An Answer is the final answer of a text, as it is written there.
type Answer struct {
	Text  string // several boxes or formulas that together are the answer are joined by ", "
	Level Level
}

const (
	// maxTail is how much of a text's end is read: the final answer stands at the end, and the cost stays bounded.
	maxTail = 64 << 10
	// maxAnswer is the longest answer in bytes.
	maxAnswer = 2048
)

// Extract finds the final answer in a model's text. It reads what stands behind the reasoning section, and takes the
// first that it finds of:
//
//  1. a mark: the last \boxed{...} or \fbox{...} that is not empty, joined with those of the same sentence; what
//     follows ####; what follows "final answer". Of these the last in the text counts;
//  2. a statement: what follows "the answer is", "answer:" and the like, in several languages;
//  3. mathematics: a text that as a whole is an answer, a choice ("it's B"), the last formula, a concluding line;
//  4. the last number, if the text is complete.
//
// A text that was cut off in its reasoning has no answer, and neither has one that leaves a choice open ("A or B").
func Extract(text string) (Answer, bool) {
	part, tagged, ok := answerPart(text)
	if !ok {
		return Answer{}, false
	}
	a := extract(part)
	if tagged {
		a = marked(a, part)
	}
	if !plausible(a.Text) {
		return Answer{}, false
	}
	return a, true
}

// extract is Extract for the part of a text that holds the answer.
func extract(text string) Answer {
	boxed, box := lastBoxes(text)
	rest := text[max(0, box):] // a mark before the box cannot replace it
	if s, at := lastHashes(rest); at > 0 || box < 0 && at == 0 {
		boxed, box, rest = s, max(0, box)+at, rest[at:]
	}
	s := lastStatement(rest)
	switch {
	case box >= 0 && !(s.final && overrides(s)):
		return Answer{boxed, Marked}
	case s.open:
		return Answer{}
	case s.value != "" && s.final:
		return Answer{s.value, Marked}
	case s.value != "":
		return Answer{s.value, Stated}
	}
	if c, open := lastChoice(text); c != "" || open {
		return Answer{c, Maths}
	}
	if m := lastMaths(text); m != "" {
		return Answer{m, Maths}
	}
	if finished(text) {
		return Answer{finalNumber(text), LastNumber}
	}
	return Answer{}
}

// overrides tells whether a statement of the final answer behind a box replaces it. Prose does not.
func overrides(s statement) bool {
	return s.open || len(s.value) < 200 && (strings.ContainsAny(s.value, `0123456789\`) || isChoice(s.value))
}

// marked lifts an answer found between tags that promise it. A short text there is the answer as it stands.
func marked(a Answer, part string) Answer {
	if a.Level < Maths && len(part) < 200 && !strings.Contains(part, "\n") {
		a.Text = clean(part)
	}
	a.Level = Marked
	return a
}

// plausible tells whether an answer has content and a bounded length and was not cut off inside braces.
func plausible(s string) bool {
	if s == "" || len(s) > maxAnswer || !balanced(s) {
		return false
	}
	for i := range len(s) {
		if b := s[i]; isLetterOrDigit(b) || b >= 0x80 {
			return true
		}
	}
	return false
}

// balanced tells whether every brace of s is closed.
func balanced(s string) bool {
	depth := 0
	for i := 0; i < len(s) && depth >= 0; i++ {
		switch s[i] {
		case '\\':
			i++
		case '{':
			depth++
		case '}':
			depth--
		}
	}
	return depth == 0
}

func isLetterOrDigit(b byte) bool { return isNumeral(b) || isAlpha(b) }

func isNumeral(b byte) bool { return '0' <= b && b <= '9' }

func isAlpha(b byte) bool { return 'a' <= b|0x20 && b|0x20 <= 'z' }

func isBlank(b byte) bool { return b == ' ' || b == '\n' || b == '\t' || b == '\r' }
