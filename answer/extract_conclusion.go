package answer

import "strings"

const (
	// maxSentence is the longest sentence read, and maxWhole the longest text that as a whole can be an answer.
	maxSentence, maxWhole = 1000, 150
	// maxEnd is how far from the end of a text a formula or number may stand to be its answer.
	maxEnd = 3000
)

// lastMaths is the answer that a text ends on without announcing it: the whole text, a last line that is nothing but a
// value, what the last sentence emphasizes or concludes, or the last formula. It is empty if the text was cut off.
func lastMaths(text string) string {
	text = strings.TrimSpace(text)
	if v, ok := wholeAnswer(text); ok {
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
	if hasDigit(sentence) {
		return "" // the last number
	}
	return concluded(value, "")
}

// lastLineAnswer is the answer that the last of several lines is, unless it is the beginning of something longer.
func lastLineAnswer(text string) string {
	line := lastLine(text)
	v, ok := wholeAnswer(line)
	if !ok || len(v) == 1 && isAlpha(v[0]) && !isChoice(v) || len(line) < len(text) && endsInItem(text) {
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
	for i := len(s); i > 0; {
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

// withoutReason takes off the reason that a sentence gives behind its conclusion ("Thus $x = 2$, since $x > 0$").
func withoutReason(s string) string {
	for _, word := range []string{" (since", " (because", " (where", " (as ", " (for ", " (note", ", since ", " because ", ", where "} {
		if i := strings.LastIndex(s, word); i > 0 && hasDigit(s[:i]) {
			s = s[:i]
		}
	}
	return s
}

// infers tells whether a sentence goes on to a further value behind the one that it begins with.
func infers(s string) bool {
	for _, word := range []string{" so ", "thus", "Thus", "hence", "therefore", "then ", "Then ", " give", " get ", " obtain", " add ", " means"} {
		if strings.Contains(s, word) {
			return true
		}
	}
	return false
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
	if i < 0 || strings.Contains(sentence, "equation") || strings.Contains(sentence, "line") || strings.ContainsAny(v, ",;") ||
		strings.Contains(v, " and ") || strings.Contains(v, " or ") {
		return v
	}
	left, right := strings.TrimSpace(v[:i]), trimMaths(v[i+1:])
	if right == "" || len(left) == 1 || strings.ContainsAny(left, `<>\`) && !strings.Contains(left, `\frac`) {
		return v
	}
	for j := 0; j < len(right); j++ {
		if right[j] == '\\' {
			j = skipCommand(right, j)
		} else if isAlpha(right[j]) {
			return v
		}
	}
	return right
}

// wholeAnswer is the answer that a line as a whole is: a formula, a number with a unit, a choice, yes or no.
func wholeAnswer(line string) (string, bool) {
	if len(line) > maxWhole || strings.Contains(strings.TrimSpace(line), "\n") {
		return "", false
	}
	s := clean(line)
	if strings.HasPrefix(s, "[$") && strings.HasSuffix(s, "$]") {
		s = s[1 : len(s)-1]
	}
	if environment(s) != "" {
		return mathsValue(s), true
	}
	if m, ok := mathsAt(s); ok && m.end == len(s) {
		v := mathsValue(m.inner)
		return v, v != ""
	}
	switch strings.ToLower(s) {
	case "yes", "no", "true", "false", "none":
		return s, true
	}
	if c := strings.Trim(s, "()"); isChoice(c) || len(c) == 1 && isAlpha(c[0]) {
		return c, true
	}
	if !startsMaths(s) || isItem(s) || isVariable(s) || strings.Contains(s, "box") || strings.HasPrefix(s, `\text`) ||
		strings.HasPrefix(s, `\begin{align`) || strings.HasPrefix(s, `\end`) || strings.HasPrefix(s, `\]`) ||
		strings.HasPrefix(s, `\)`) || strings.HasPrefix(s, "[asy") || strings.HasPrefix(s, "[/") || sentenceEnd(s) >= 0 ||
		strings.Count(s, "$") > 1 {
		return "", false
	}
	v := cutRemark(s)
	if i := lastRelation(v); i > 0 && firstOfSeveral(v[:i]) < 0 && (strings.Contains(v[:i], "=") || isNumeral(v[0])) {
		v = shortMaths(clean(v[i+1:]), 0)
	}
	if v == "" || wordCount(v) > 2 || isNumeral(v[0]) && wordsThenDigits(v) {
		return "", false
	}
	v = shortMaths(v, 2)
	return v, v != ""
}

// isItem tells whether s is the item of a numbered list.
func isItem(s string) bool {
	rest := strings.TrimLeft(s, "0123456789")
	return len(rest) < len(s) && len(rest) > 2 && (rest[0] == '.' || rest[0] == ')') && rest[1] == ' '
}

// wordsThenDigits tells whether a digit follows a word, as in a sentence that begins with a number.
func wordsThenDigits(s string) bool {
	words := false
	for i := 1; i < len(s); i++ {
		words = words || isAlpha(s[i]) && isAlpha(s[i-1])
		if words && isNumeral(s[i]) && isBlank(s[i-1]) {
			return !strings.Contains(s, `\`)
		}
	}
	return false
}

// lastBold is the last emphasized value of a sentence.
func lastBold(s string) string {
	end := strings.LastIndex(s, "**")
	if end < 2 {
		return ""
	}
	start := strings.LastIndex(s[:end], "**")
	if start < 0 || end-start > 100 {
		return ""
	}
	inner := clean(s[start+2 : end])
	if m := mathsValues(inner); m != "" {
		return m
	}
	if inner == "" || strings.HasSuffix(inner, ":") || isItem(inner) {
		return ""
	}
	if isChoice(inner) {
		return inner
	}
	if startsMaths(inner) && hasDigit(inner) {
		return shortMaths(inner, 3)
	}
	if hasDigit(inner) {
		return relationValue(inner)
	}
	return ""
}

// lastSentence is the last sentence of a text, without its full stop. It does not go beyond a line.
func lastSentence(text string) string {
	text = strings.TrimRight(text[max(0, len(text)-maxSentence):], " \n\t\r.!?。！？")
	line := text[strings.LastIndexByte(text, '\n')+1:]
	for {
		i := sentenceEnd(line)
		if i < 0 || strings.TrimSpace(line[i:]) == "" {
			return strings.TrimSpace(line)
		}
		line = line[i:]
	}
}

// sentenceLength is the length of the sentence that s begins with, without its full stop.
func sentenceLength(s string) int {
	end := sentenceEnd(s)
	if end < 0 {
		return len(s)
	}
	return end
}

// sentenceEnd is the position behind the first full stop, question or exclamation mark that ends a sentence, or -1.
func sentenceEnd(s string) int {
	for i := 0; i < len(s); i++ {
		switch b := s[i]; {
		case b == '.' || b == '?':
			rest := strings.TrimLeft(s[i+1:], "$\"')*}")
			abbreviated := b == '.' && i > 1 && isAlpha(s[i-1]) && s[i-2] == '.'
			if !abbreviated && (rest == "" || isBlank(rest[0]) || strings.HasPrefix(rest, `\)`) || strings.HasPrefix(rest, `\]`)) {
				return i + 1
			}
		case b == '!' && i+2 < len(s) && s[i+1] == ' ' && 'A' <= s[i+2] && s[i+2] <= 'Z':
			return i + 1
		case b == 0xe3 && strings.HasPrefix(s[i:], "。"):
			return i + len("。")
		case b == 0xef && (strings.HasPrefix(s[i:], "！") || strings.HasPrefix(s[i:], "？")):
			return i + len("！")
		}
	}
	return -1
}
