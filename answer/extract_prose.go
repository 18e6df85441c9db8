package answer

import "strings"

// vague are the words that a sentence about the answer goes on with when it does not give the answer.
var vague = setOf(`clear correct wrong right obvious simple incorrect below above here as follows unclear found obtained
	that this it unknown given in to we i you they he she there what how just then reached unique not determined derived`)

// starters begin an answer in words that may hold numbers ("all real numbers except 3").
var starters = setOf("all no none every any infinitely")

// plainValue is the value in a clause that stands behind "answer is" or the like, without delimiters of mathematics.
func plainValue(clause string) string {
	s := withoutLead(clause)
	if startsWord(s, "not") {
		return ""
	}
	if startsMaths(s) {
		if isDigit(s[0]) && lastRelation(s) > 0 {
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
	if s == "" || strings.Count(s, " ") > 5 || vague[strings.Trim(first, ",.;:")] || s[0] < 0x80 && !isLetter(s[0]) {
		return ""
	}
	return s
}

// proseValue is the value in a sentence: what follows its last "is" or "=", or else its last formula, emphasis, amount
// of money or number.
func proseValue(s string) string {
	if v := relationValue(s); v != "" {
		return v
	}
	if v, _, _ := mathsGroup(s, len(s)); v != "" {
		return v
	}
	if v := lastBold(s); v != "" {
		return v
	}
	if v := amount(s); v != "" {
		return v
	}
	return lastNumber(s)
}

// relations are what a conclusion has before its value.
var relations = []string{" is ", " are ", " equals ", "=", " was ", " be ", "≈", " is: ", " are: ", " est ", " ist "}

// relationValue is what follows the last relation in a sentence that has a short mathematical value behind it. If the
// sentence is about an equation, its sides are no values.
func relationValue(s string) string {
	if strings.Contains(s, "equation") {
		if i := lastIndex(s, " is "); i >= 0 {
			if v := valueBehind(s, i, len(" is ")); v != "" {
				return v
			}
		}
	}
	end := len(s)
	for range maxTries {
		at, length := lastRelationWord(s[:end])
		if at < 0 {
			break
		}
		if v := valueBehind(s, at, length); v != "" {
			return v
		}
		end = at
	}
	return ""
}

// lastRelationWord finds the last relation in s.
func lastRelationWord(s string) (at, length int) {
	at = -1
	for _, r := range relations {
		if i := lastIndex(s, r); i > at {
			at, length = i, len(r)
		}
	}
	return at, length
}

// valueBehind is the value behind the relation at s[at:at+length].
func valueBehind(s string, at, length int) string {
	if s[at] == '=' {
		if i := firstOfSeveral(s[:at]); i >= 0 {
			return cutRemark(s[i:])
		}
	}
	rest := withoutLead(strings.TrimLeft(s[at+length:], "} :*"))
	if v := mathsValues(rest); v != "" || !startsMaths(rest) {
		return v
	}
	return shortMaths(rest, 0)
}

// firstOfSeveral is where the first of several equations begins ("x = 1 and y = 2"), given what stands before the last
// "=", or -1.
func firstOfSeveral(s string) int {
	i := strings.IndexByte(s, '=')
	if i < 0 {
		return -1
	}
	before := strings.TrimRight(s, " ") // the last label, and then what joins it
	before = strings.TrimRight(before[:strings.LastIndexByte(before, ' ')+1], " ")
	if !strings.HasSuffix(before, ",") && !strings.HasSuffix(before, " and") && !strings.HasSuffix(before, " or") {
		return -1
	}
	label := strings.TrimRight(s[:i], " ")
	label = label[strings.LastIndexByte(label, ' ')+1:]
	if len(label) > 6 || letterRun(label) == 0 {
		return -1
	}
	return lastIndex(s[:i], label)
}

// lastBold is the last emphasized value of a sentence.
func lastBold(s string) string {
	const maxBold = 100
	end := lastIndex(s, "**")
	if end < 0 {
		return ""
	}
	start := lastIndex(s[:end], "**")
	if start < 0 || end-start > maxBold {
		return ""
	}
	inner := clean(s[start+len("**") : end])
	if v := mathsValues(inner); v != "" {
		return v
	}
	switch {
	case isChoice(inner):
		return inner
	case !hasDigit(inner):
		return ""
	case startsMaths(inner):
		return shortMaths(inner, 3)
	}
	return relationValue(inner)
}

// amount is the first amount of money in a sentence.
func amount(s string) string {
	for i := range s {
		if s[i] != '$' && !strings.HasPrefix(s[i:], "€") && !strings.HasPrefix(s[i:], "£") {
			continue
		}
		if rest := strings.TrimLeft(s[i:], "$€£"); digitRun(rest) > 0 {
			number, _ := firstNumber(rest)
			return number
		}
		if before := strings.TrimRight(s[:i], ` \`); before != "" && isDigit(before[len(before)-1]) {
			return lastNumber(before)
		}
	}
	return ""
}

// shortMaths is what s begins with, up to a remark, if there are not more than so many words in it. Of a number with
// words behind it that are more than a unit the number counts alone.
func shortMaths(s string, words int) string {
	v := cutRemark(s)
	n := wordCount(v)
	if digitRun(strings.TrimLeft(v, "-$€£+ ")) > 0 {
		number, rest := firstNumber(v)
		if n > min(1, words) && startsPlainWord(strings.TrimLeft(rest, ` %\`)) || strings.ContainsFunc(v, isIdeograph) {
			return number
		}
	}
	if n > max(words, 1) {
		return ""
	}
	if end := strings.IndexByte(v, ']') + 1; strings.HasPrefix(v, "[") && startsPlainWord(strings.TrimLeft(v[end:], " ")) {
		return v[:end]
	}
	return v
}

// remarks begin what a sentence says about a value.
var remarks = []string{
	" because", " since ", " which ", " where ", " as ", " so ", " for ", " from ", " when ", " if ",
	" after ", " who ", " while ", " but ", " by ", " that ", " than ", " and not ", " not ", " at ", " on ",
	" with ", " I ", " – ", " — ", " --", " => ", " ⇒ ", "，", "；",
}

// cutRemark takes off what a sentence says about the value that it begins with.
func cutRemark(s string) string {
	end := len(s)
	for _, r := range remarks {
		if i := strings.Index(s[:end], r); i > 0 {
			end = i
		}
	}
	for i := 1; i < end; i++ {
		switch rest := s[i:end]; {
		case strings.HasPrefix(rest, " - ") && letterRun(rest[3:]) > 0, // a dash
			strings.HasPrefix(rest, " (") && wordCount(rest[:min(len(rest), 25)]) > 0,
			strings.HasPrefix(rest, ", ") && startsPlainWord(rest[2:]) && hasDigit(s[:i]):
			end = i
		}
	}
	return clean(s[:end])
}

// introductions are what stands between "the answer is" and the value.
var introductions = []string{
	"therefore", "thus", "hence", "then", "simply", "indeed", "just", "still", "also", "now", "only", "either",
	"probably", "definitely", "clearly", "for sure", "actually", "obviously", "certainly", "most likely", "likely",
	"equal to", "given by", "going to be", "approximately", "about", "roughly", "exactly", "the number", "the value",
	"the choice", "the option", "option", "choice", "letter", "Option", "Choice",
}

// withoutLead takes off introductions.
func withoutLead(s string) string {
	for before := -1; len(s) != before; {
		before = len(s)
		s = strings.TrimLeft(s, " ,:")
		for _, word := range introductions {
			if startsWord(s, word) {
				s = s[len(word):]
				break
			}
		}
	}
	return s
}
