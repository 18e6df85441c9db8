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
	// maxTries is how many marks, statements or formulas are looked at from the end of a text.
	maxTries = 16
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
	a := search(part)
	if tagged { // the tags promise an answer: a short text is one, whatever it is
		if a.Level < Maths && len(part) < maxWhole {
			a.Text = clean(part)
		}
		a.Level = Marked
	}
	if len(a.Text) > maxAnswer || !balanced(a.Text) || !holdsAnswer(a.Text) {
		return Answer{}, false
	}
	return a, true
}

// search takes the first answer in the order of confidence.
func search(text string) Answer {
	mark, at := lastMark(text)
	s := lastStatement(text[max(0, at):]) // one before the mark cannot replace it
	replaced := s.final && isDefinite(s.value)
	switch {
	case at >= 0 && !replaced:
		return Answer{mark, Marked}
	case s.open:
		return Answer{}
	case s.final:
		return Answer{s.value, Marked}
	case s.value != "":
		return Answer{s.value, Stated}
	}
	if choice, open := lastChoice(text); choice != "" || open {
		return Answer{choice, Maths}
	}
	if value := lastMaths(text); value != "" {
		return Answer{value, Maths}
	}
	if finished(text) {
		return Answer{finalNumber(text), LastNumber}
	}
	return Answer{}
}

// isDefinite tells a value from prose about it ("the final answer is in the box").
func isDefinite(value string) bool {
	return hasDigit(value) || strings.Contains(value, `\`) || isChoice(value)
}
