package answer

import "strings"

// wholeAnswer is the answer that a line as a whole is: a formula, a number with a unit, a choice, yes or no.
func wholeAnswer(line string) (string, bool) {
	if len(line) > maxWhole || strings.Contains(strings.TrimSpace(line), "\n") {
		return "", false
	}
	s := clean(line)
	if strings.HasPrefix(s, "[$") && strings.HasSuffix(s, "$]") {
		s = s[1 : len(s)-1]
	}
	if _, ok := environment(s); ok {
		return mathsValue(s), true
	}
	if m, ok := mathsAt(s); ok && m.end == len(s) {
		v := mathsValue(m.inner)
		return v, v != ""
	}
	switch strings.ToLower(s) {
	case "yes", "no", "true", "false", "none", "no solution", "no solutions", "no real solutions", "undefined",
		"none of the above", "all real numbers", "infinitely many":
		return s, true
	}
	if strings.HasPrefix(s, `\text{`) && closing(s, len(`\text`)) == len(s)-1 {
		return s, true
	}
	if c := strings.Trim(s, "()"); isChoice(c) || len(c) == 1 && isLetter(c[0]) {
		return c, true
	}
	if !startsMaths(s) || isItem(s) || isVariable(s) || notWhole(s) {
		return "", false
	}
	v := cutRemark(s)
	if i := lastRelation(v); i > 0 && firstOfSeveral(v[:i]) < 0 && (strings.Contains(v[:i], "=") || isDigit(v[0])) {
		v = shortMaths(clean(v[i+1:]), 0)
	}
	if v == "" || wordCount(v) > 2 || isDigit(v[0]) && wordsThenDigits(v) {
		return "", false
	}
	v = shortMaths(v, 2)
	return v, v != ""
}

// notWhole tells of a line that begins like mathematics whether it is only part of something.
func notWhole(s string) bool {
	for _, start := range []string{`\text`, `\begin{align`, `\end`, `\]`, `\)`, "[asy", "[/"} {
		if strings.HasPrefix(s, start) {
			return true
		}
	}
	return strings.Contains(s, "box") || sentenceEnd(s) >= 0 || strings.Count(s, "$") > 1
}

// isItem tells whether s is the item of a numbered list.
func isItem(s string) bool {
	rest := strings.TrimLeft(s, "0123456789")
	return len(rest) < len(s) && len(rest) > 2 && (rest[0] == '.' || rest[0] == ')') && rest[1] == ' '
}

var connectors = strings.NewReplacer(" and ", ", ", " or ", ", ")

// wordsThenDigits tells whether a digit follows a word, as in a sentence that begins with a number.
func wordsThenDigits(s string) bool {
	s = connectors.Replace(s)
	words := false
	for i := 1; i < len(s); i++ {
		words = words || isLetter(s[i]) && isLetter(s[i-1])
		if words && isDigit(s[i]) && isBlank(s[i-1]) {
			return !strings.Contains(s, `\`)
		}
	}
	return false
}
