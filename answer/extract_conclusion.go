package answer

import "strings"

const (
	// maxWhole is the longest text that as a whole can be an answer.
	maxWhole = 150
	// maxEnd is how far from the end of a text a formula or number may stand to be its answer.
	maxEnd = 3000
)

// lastMaths is the answer that a text ends on without announcing it: the whole text, a last line that is nothing but a
// value, what the last sentence emphasizes or concludes, or the last formula. It is empty if the text was cut off.
func lastMaths(text string) string {
	text = strings.TrimSpace(text)
	if v, ok := wholeAnswer(oneLineBracket(strings.TrimPrefix(text, "= "))); ok {
		return v
	}
	done := finished(text)
	if v := lastLineAnswer(text); v != "" && (done || !opensFormula(text) && !strings.ContainsAny(v, "=")) {
		return v
	}
	if !done {
		return ""
	}
	if strings.HasSuffix(text, "[/asy]") { // a drawing
		text = strings.TrimSpace(text[:max(0, strings.LastIndex(text, "[asy]"))])
	}
	sentence := lastSentence(text)
	if v := lastBold(sentence); v != "" {
		return v
	}
	end := text[max(0, len(text)-maxEnd):]
	value, start, stop := mathsGroup(end, len(end))
	if value != "" && strings.Trim(end[stop:], " .\n") == "" && start <= len(end)-len(sentence) {
		return concluded(value, sentence) // a display
	}
	if v := sentenceValue(sentence, value != "" && start >= len(end)-len(sentence)-3); v != "" {
		return concluded(v, sentence)
	}
	if v := lastBracket(sentence); v != "" {
		return v
	}
	if v := bareLatex(sentence); v != "" {
		return v
	}
	if hasDigit(sentence) {
		return "" // the last number
	}
	return concluded(value, "")
}

// lastLineAnswer is the answer that the last of several lines is, unless it is the beginning of something longer.
func lastLineAnswer(text string) string {
	line := lastLine(text)
	v, ok := wholeAnswer(line)
	if !ok || len(v) == 1 && isLetter(v[0]) && !isChoice(v) || len(line) < len(text) && endsInItem(text) {
		return ""
	}
	return v
}

// sentenceValue is the value that a sentence concludes, with formulas in it or without.
func sentenceValue(s string, formulas bool) string {
	if !formulas {
		if v := relationValue(s); hasDigit(v) {
			return v
		}
		return ""
	}
	s = withoutReason(s)
	if v := subject(s); v != "" {
		return v
	}
	for i, tries := len(s), 0; tries < maxTries; tries++ {
		at, length := lastRelationWord(s[:i])
		if at < 0 {
			break
		}
		if i = at; s[at] == '=' {
			continue
		}
		if rest := strings.TrimLeft(s[at+length:], " "); !infers(rest) {
			if v := mathsValues(rest); hasDigit(v) {
				return v
			}
		}
	}
	value, _, stop := mathsGroup(s, len(s))
	if after := relationValue(s[stop:]); hasDigit(after) {
		return after
	}
	return value
}

var (
	reasonWords = []string{
		" (since", " (because", " (where", " (as ", " (for ", " (note", ", since ", " because ", ", where ",
	}
	inferenceWords = []string{
		" so ", "thus", "Thus", "hence", "therefore", "then ", "Then ", " give", " get ", " obtain", " add ", " means",
	}
)

// withoutReason takes off the reason that a sentence gives behind its conclusion ("Thus $x = 2$, since $x > 0$").
func withoutReason(s string) string {
	for _, word := range reasonWords {
		if i := strings.LastIndex(s, word); i > 0 && hasDigit(s[:i]) {
			s = s[:i]
		}
	}
	return s
}

// infers tells whether a sentence goes on to a further value behind the one that it begins with.
func infers(s string) bool {
	return containsAny(s, inferenceWords...)
}

// subject is the number that a sentence says something about: "Thus, $129$ is the first term above 125".
func subject(s string) string {
	i := strings.IndexAny(s, "$\\")
	if i < 0 || i > 20 {
		return ""
	}
	m, ok := mathsAt(s[i:])
	if !ok || !startsWord(strings.TrimLeft(s[i+m.end:], " "), "is") {
		return ""
	}
	if v := mathsValue(m.inner); isInteger(v) {
		return v
	}
	return ""
}

// concluded is the number that an equation between an expression and a number comes to ("$(p + 1)(q + 1) = 0$"), unless
// the sentence is about the equation itself. The value of a single unknown keeps its label.
func concluded(v, sentence string) string {
	if i := strings.LastIndex(v, `\equiv`); i >= 0 { // the residue
		residue, _, _ := strings.Cut(v[i+len(`\equiv`):], `\pmod`)
		if residue = trimMaths(residue); isInteger(residue) {
			return residue
		}
	}
	i := lastRelation(v)
	if i < 0 || containsAny(sentence, "equation", "line") || containsAny(v, ",", ";", " and ", " or ") {
		return v
	}
	left, right := strings.TrimSpace(v[:i]), trimMaths(v[i+1:])
	if right == "" || len(left) == 1 || strings.ContainsAny(left, `<>\`) && !strings.Contains(left, `\frac`) {
		return v
	}
	if hasUnknown(right) {
		return v
	}
	return right
}
