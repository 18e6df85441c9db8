package answer

import "strings"

// maxWhole is the longest text that as a whole can be an answer.
const maxWhole = 150

// phrases are answers in words.
var phrases = map[string]bool{
	"yes": true, "no": true, "true": true, "false": true, "none": true, "no solution": true, "no solutions": true,
	"no real solutions": true, "undefined": true, "none of the above": true, "all real numbers": true,
	"infinitely many": true,
}

// wholeAnswer is the answer that a line as a whole is: a formula, a number with a unit, a choice, yes or no.
func wholeAnswer(line string) (string, bool) {
	if len(line) > maxWhole || strings.Contains(strings.TrimSpace(line), "\n") {
		return "", false
	}
	s := clean(line)
	if m, ok := mathsAt(s); ok && m.end == len(s) {
		v := mathsValue(m.inner)
		return v, v != ""
	}
	if phrases[strings.ToLower(s)] || strings.HasPrefix(s, `\text{`) && closing(s, len(`\text`)) == len(s)-1 {
		return s, true
	}
	if letter := strings.Trim(s, "()"); len(letter) == 1 && isLetter(letter[0]) {
		return letter, true
	}
	if !startsMaths(s) || isVariable(s) || notWhole(s) {
		return "", false
	}
	v := cutRemark(s)
	if i := lastRelation(v); i > 0 && (strings.Contains(v[:i], "=") || isDigit(v[0])) && firstOfSeveral(v[:i]) < 0 {
		v = shortMaths(clean(v[i+1:]), 0)
	}
	if wordCount(v) > 2 || countsSomething(v) {
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

// countsSomething tells of a line that begins with a number whether it is a sentence about numbers ("320 is 40 less").
func countsSomething(s string) bool {
	if digitRun(s) == 0 {
		return false
	}
	_, rest := firstNumber(s)
	rest = strings.TrimLeft(rest, " ")
	_, more, _ := strings.Cut(rest, " ")
	return startsPlainWord(rest) && hasDigit(more)
}
