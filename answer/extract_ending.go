package answer

import "strings"

// maxEnd is how far from the end of a text a formula or number may stand to be its answer.
const maxEnd = 3000

// lastMaths is the answer that a text ends on without announcing it: the whole text, a last line that is nothing but a
// value, what the last sentence emphasizes or concludes, or the last formula. It is empty if the text was cut off.
func lastMaths(text string) string {
	text = strings.TrimSpace(text)
	if v, ok := wholeAnswer(oneLineBracket(strings.TrimPrefix(text, "= "))); ok {
		return v
	}
	done := finished(text)
	if v := lastLineAnswer(text); v != "" && (done || !opensFormula(text) && !strings.Contains(v, "=")) {
		return v
	}
	if !done {
		return ""
	}
	if strings.HasSuffix(text, "[/asy]") { // a drawing
		text = strings.TrimSpace(text[:max(0, lastIndex(text, "[asy]"))])
	}
	return conclusion(text)
}

// conclusion is the value in the last sentence of a finished text, or its last formula. A sentence with a number and no
// clearer value is left to finalNumber.
func conclusion(text string) string {
	sentence := lastSentence(text)
	if v := lastBold(sentence); v != "" {
		return v
	}
	end := text[max(0, len(text)-maxEnd):]
	formula, start, stop := mathsGroup(end, len(end))
	if strings.Trim(end[stop:], " .\n") == "" && start <= len(end)-len(sentence) {
		return concluded(formula, sentence) // a display, perhaps of several sentences
	}
	if v := sentenceValue(sentence); v != "" {
		return concluded(v, sentence)
	}
	if v := lastBracket(sentence); v != "" {
		return v
	}
	if v := bareLatex(sentence); v != "" {
		return v
	}
	if hasDigit(sentence) {
		return ""
	}
	return concluded(formula, "")
}

// lastLineAnswer is the answer that the last of several lines is, unless it is the beginning of something longer.
func lastLineAnswer(text string) string {
	v, _ := wholeAnswer(lastLine(text))
	if len(v) == 1 && isLetter(v[0]) && !isChoice(v) || endsInItem(text) {
		return ""
	}
	return v
}

// inferenceWords lead from one value to the next.
var inferenceWords = []string{
	" so ", "thus", "Thus", "hence", "therefore", "then ", "Then ", " give", " get ", " obtain", " add ", " means",
}

// sentenceValue is the value that a sentence concludes: the formula behind its last verb, a value in plain text behind
// its last formula, or that formula.
func sentenceValue(s string) string {
	whole := s
	s = withoutReason(s)
	for i, tries := len(s), 0; tries < maxTries; tries++ {
		at, length := lastRelationWord(s[:i])
		if at < 0 {
			break
		}
		i = at
		if rest := strings.TrimLeft(s[at+length:], " "); !containsAny(rest, inferenceWords...) {
			if v := mathsValues(rest); hasDigit(v) {
				return v
			}
		}
	}
	formula, _, stop := mathsGroup(s, len(s))
	words := s[stop:]
	if formula == "" {
		words = whole
	}
	if v := relationValue(words); hasDigit(v) {
		return v
	}
	return formula
}

// withoutReason takes off the reason that a sentence gives behind its conclusion ("Thus $x = 2$, since $x > 0$").
func withoutReason(s string) string {
	for _, word := range []string{
		" (since", " (because", " (where", " (as ", " (for ", " (note", ", since ", " because ", ", where ",
	} {
		if i := lastIndex(s, word); i > 0 && hasDigit(s[:i]) {
			s = s[:i]
		}
	}
	return s
}

// concluded is the number that an equation between an expression and a number comes to ("$(p + 1)(q + 1) = 0$"), unless
// the sentence is about the equation itself. The value of a single unknown keeps its label.
func concluded(v, sentence string) string {
	if i := lastIndex(v, `\equiv`); i >= 0 {
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
	if len(left) == 1 || strings.ContainsAny(left, "<>") || hasUnknown(right) {
		return v
	}
	return right
}

// maxBracket is the longest text in brackets that is taken as an answer.
const maxBracket = 60

// oneLineBracket brings a bracket that a text begins with and that goes over several lines ("[\n 9\n]") into one.
func oneLineBracket(s string) string {
	end := strings.IndexByte(s[:min(len(s), maxBracket)], ']')
	if end < 0 || s[0] != '[' {
		return s
	}
	return "[" + strings.TrimSpace(strings.ReplaceAll(s[1:end], "\n", " ")) + s[end:]
}

// lastBracket is the last short text in brackets with a number in it, as answers to exercises in geometry are marked.
func lastBracket(s string) string {
	end := strings.LastIndexByte(s, ']')
	start := strings.LastIndexByte(s[:max(end, 0)], '[')
	if start < 0 || end-start > maxBracket || !hasDigit(s[start:end]) || strings.ContainsAny(s[start:end], `\(`) {
		return ""
	}
	return s[start : end+1]
}

// bareLatex is the last LaTeX expression in a sentence that lacks delimiters ("so \frac{1}{2} of them remain").
func bareLatex(s string) string {
	at := -1
	for _, command := range []string{`\frac`, `\dfrac`, `\tfrac`, `\sqrt`, `\pi`, `\infty`} {
		at = max(at, lastIndex(s, command))
	}
	if at < 0 {
		return ""
	}
	s = s[strings.LastIndexByte(s[:at], ' ')+1:]
	depth, end := 0, 0
	for end < len(s) && (depth > 0 || s[end] != ' ') {
		depth += nesting(s[end])
		end++
	}
	if v := trimMaths(s[:end]); balanced(v) {
		return v
	}
	return ""
}
