package answer

import "strings"

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

// maxRelations is how many of them are tried from the end of a sentence.
const maxRelations = 6

// relationValue is what follows the last relation in a sentence that has a short mathematical value behind it.
func relationValue(s string) string {
	end := len(s)
	if strings.Contains(s, "equation") && strings.LastIndex(s, " is ") >= 0 { // the equation is the value
		if v := valueBehind(s, strings.LastIndex(s, " is "), len(" is ")); v != "" {
			return v
		}
	}
	for range maxRelations {
		at, length := lastRelationWord(s[:end])
		if at < 0 {
			return ""
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
		i := strings.LastIndex(s, r)
		if i > at && !(r == "=" && i > 0 && strings.IndexByte("<>!:", s[i-1]) >= 0) {
			at, length = i, len(r)
		}
	}
	return at, length
}

// valueBehind is the value behind the relation at s[at:at+length].
func valueBehind(s string, at, length int) string {
	rest := withoutLead(strings.TrimLeft(s[at+length:], "} :*"))
	if s[at] == '=' {
		if i := firstOfSeveral(s[:at]); i >= 0 {
			return cutRemark(s[i:])
		}
	}
	if v := mathsValues(rest); v != "" {
		if isVariable(v) {
			return ""
		}
		return v
	}
	if rest == "" || !startsMaths(rest) || isVariable(cutRemark(rest)) {
		return ""
	}
	return shortMaths(rest, 0)
}

// firstOfSeveral is where the first of several equations begins ("x = 1 and y = 2"), given what stands before the last
// "=", or -1.
func firstOfSeveral(s string) int {
	i := strings.IndexByte(s, '=')
	if i < 1 {
		return -1
	}
	last := strings.TrimRight(s, " ")
	last = strings.TrimRight(last[:strings.LastIndexByte(last, ' ')+1], " ")
	if !strings.HasSuffix(last, ",") && !strings.HasSuffix(last, " and") && !strings.HasSuffix(last, " or") {
		return -1
	}
	label := strings.TrimRight(s[:i], " ")
	label = label[strings.LastIndexByte(label, ' ')+1:]
	if len(label) > 6 || label == "" || !isLetter(label[0]) {
		return -1
	}
	return strings.LastIndex(s[:i], label)
}

// amount is the first amount of money in a sentence.
func amount(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] != '$' && !strings.HasPrefix(s[i:], "€") && !strings.HasPrefix(s[i:], "£") {
			continue
		}
		if rest := strings.TrimLeft(s[i:], "$€£"); rest != "" && isDigit(rest[0]) {
			return firstNumber(rest)
		}
		if before := strings.TrimRight(s[:i], ` \`); before != "" && isDigit(before[len(before)-1]) {
			return lastNumber(before)
		}
	}
	return ""
}
