package answer

import "strings"

// vague are the words that a sentence about the answer goes on with when it does not give the answer.
var vague = setOf("clear correct wrong right obvious simple incorrect below above here as follows unclear found " +
	"obtained that this it unknown given in to we i you they he she there what how just then reached unique not " +
	"determined derived")

// starters begin an answer in words that may hold numbers ("all real numbers except 3").
var starters = setOf("all no none every any infinitely")

// plainValue is the value in a clause that stands behind "answer is" or the like, without delimiters of mathematics.
func plainValue(clause string) string {
	s := withoutLead(clause)
	if s == "" || startsWord(s, "not") {
		return ""
	}
	if startsMaths(s) {
		if i := lastRelation(s); i > 0 && isDigit(s[0]) {
			return relationValue(s)
		}
		if v := shortMaths(s, 3); v != "" {
			return v
		}
	}
	first, _, _ := strings.Cut(strings.ToLower(s), " ")
	if !starters[first] {
		if v := proseValue(s); v != "" {
			return v
		}
	}
	s = cutRemark(s)
	if s == "" || len(s) > 60 || strings.Count(s, " ") > 5 || vague[strings.Trim(first, ",.;:")] ||
		!isLetter(s[0]) && s[0] < 0x80 {
		return ""
	}
	return s
}

// shortMaths is what s begins with, up to a remark, if there are not more than so many words in it. Of a number with
// words behind it that are more than a unit the number counts alone.
func shortMaths(s string, words int) string {
	v := cutRemark(s)
	if v == "" {
		return ""
	}
	start := strings.TrimLeft(v, "-$€£+ ")
	if start != "" && isDigit(start[0]) {
		number := firstNumber(v)
		rest := strings.TrimLeft(start[min(len(start), len(strings.TrimLeft(number, "-$€£+ "))):], " ")
		if n := wordCount(v); n > min(1, words) && startsPlainWord(rest) || strings.ContainsFunc(v, isIdeograph) {
			return number
		}
	}
	if wordCount(v) > max(words, 1) {
		return ""
	}
	if end := strings.IndexByte(v, ']') + 1; v[0] == '[' && startsPlainWord(strings.TrimLeft(v[end:], " ")) {
		v = v[:end]
	}
	if strings.HasSuffix(v, ")") && !strings.ContainsAny(v, "([") {
		return strings.TrimRight(v, ")") // of a remark that began before
	}
	return v
}
