package answer

import "strings"

// vague are the words that a sentence about the answer goes on with when it does not give the answer.
var vague = wordSet("clear correct wrong right obvious simple incorrect below above here as follows unclear found obtained " +
	"that this it unknown given in to we i you they he she there what how just then reached unique not determined derived")

// starters begin an answer in words that may hold numbers ("all real numbers except 3").
var starters = wordSet("all no none every any infinitely")

// functionNames are words that a formula in plain text begins with.
var functionNames = wordSet("sqrt sin cos tan cot sec csc log ln exp pi arcsin arccos arctan asin acos atan abs infinity cbrt")

// plainValue is the value in a clause that stands behind "answer is" or the like, without delimiters of mathematics.
func plainValue(clause string) string {
	s := withoutLead(clause)
	if s == "" || startsWord(s, "not") {
		return ""
	}
	if startsMaths(s) {
		if i := lastRelation(s); i > 0 && isNumeral(s[0]) {
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
	if len(s) > 60 || strings.Count(s, " ") > 5 || vague[strings.Trim(first, ",.;:")] || !isAlpha(s[0]) && s[0] < 0x80 {
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
	if start != "" && isNumeral(start[0]) {
		number := firstNumber(v)
		rest := strings.TrimLeft(start[min(len(start), len(strings.TrimLeft(number, "-$€£+ "))):], " ")
		if n := wordCount(v); n > min(1, words) && startsPlainWord(rest) || strings.ContainsFunc(v, isIdeograph) {
			return number
		}
	}
	if wordCount(v) > max(words, 1) {
		return ""
	}
	if strings.HasSuffix(v, ")") && !strings.ContainsAny(v, "([") {
		return strings.TrimRight(v, ")") // of a remark that began before
	}
	return v
}

// startsPlainWord tells whether s begins with a word that does not join values.
func startsPlainWord(s string) bool {
	return len(s) > 1 && isAlpha(s[0]) && isAlpha(s[1]) && !startsWord(s, "and") && !startsWord(s, "or")
}

func isIdeograph(r rune) bool { return r >= 0x2e80 && r < 0xff00 }

// firstNumber is the number that stands first in s.
func firstNumber(s string) string {
	i := strings.IndexAny(s, "0123456789")
	if i < 0 {
		return ""
	}
	end := digitsEnd(s, i)
	if end < len(s) && s[end] == ' ' && isInteger(s[i:end]) { // a mixed number: 3 1/2
		if next := digitsEnd(s, end+1); strings.Contains(s[end:next], "/") {
			end = next
		}
	}
	return withSigns(s, i, end)
}

// digitsEnd is where the digits from i on end, with the separators between them.
func digitsEnd(s string, i int) int {
	for ; i < len(s); i++ {
		if !isNumeral(s[i]) && (i+1 == len(s) || strings.IndexByte(".,/:", s[i]) < 0 || !isNumeral(s[i+1])) {
			break
		}
	}
	return i
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
	if len(label) > 6 || label == "" || !isAlpha(label[0]) {
		return -1
	}
	return strings.LastIndex(s[:i], label)
}

// startsMaths tells whether s begins like a formula or a number in plain text.
func startsMaths(s string) bool {
	if s == "" {
		return false
	}
	if strings.IndexByte("0123456789([{|\\$", s[0]) >= 0 {
		return true
	}
	if s[0] == '<' || s[0] == '>' {
		return len(s) > 1 && strings.IndexByte("= -0123456789", s[1]) >= 0
	}
	if strings.IndexByte("+-.~", s[0]) >= 0 {
		return len(s) > 1 && (isLetterOrDigit(s[1]) || strings.IndexByte("\\$(.=", s[1]) >= 0 || s[1] >= 0x80)
	}
	for _, sign := range []string{"√", "π", "∞", "±", "≤", "≥", "−", "∅", "∛", "½", "¼", "¾", "⅓", "⅔", "€", "£", "¥", "∀", "∃", "θ"} {
		if strings.HasPrefix(s, sign) {
			return true
		}
	}
	n := 0
	for n < len(s) && isAlpha(s[n]) {
		n++
	}
	next := strings.TrimLeft(s[n:], " ")
	if n == 0 || n > 8 {
		return false
	}
	if functionNames[strings.ToLower(s[:n])] || n == 1 && next == "" {
		return true
	}
	return n <= 3 && next != "" && (strings.IndexByte("=<>^_+*/", next[0]) >= 0 || next[0] == '(' && s[n] == '(' ||
		next[0] == '-' && n == 1 || strings.HasPrefix(next, "≤") || strings.HasPrefix(next, "≥") || strings.HasPrefix(next, "∈"))
}

// wordCount is the number of words of at least two letters that are not commands or functions.
func wordCount(s string) int {
	n := 0
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' {
			i = skipCommand(s, i)
		} else if isAlpha(s[i]) {
			from := i
			for i+1 < len(s) && isAlpha(s[i+1]) {
				i++
			}
			if i > from && !functionNames[strings.ToLower(s[from:i+1])] {
				n++
			}
		}
	}
	return n
}

// remarks begin what a sentence says about a value.
var remarks = []string{
	" because", " since ", " which ", " where ", " as ", " so ", " for ", " from ", " when ", " if ", " after ", " who ",
	" while ", " but ", " by ", " - ", " – ", " — ", " that ", " than ", " and not ", " not ", " => ", " at ", " on ", " with ", " I ", " ⇒ ", "，", "；", " --",
}

// cutRemark takes off what a sentence says about the value that it begins with.
func cutRemark(s string) string {
	end := len(s)
	for _, r := range remarks {
		if i := strings.Index(s[:end], r); i > 0 && !(r == " - " && i+3 < len(s) && !isAlpha(s[i+3])) {
			end = i
		}
	}
	for i := 1; i+1 < end; i++ {
		if s[i] == '(' && s[i-1] == ' ' && wordCount(s[i:min(end, i+24)]) > 0 || s[i] == ',' && s[i+1] == ' ' && remarkAfterComma(s[i+2:end]) {
			end = i
		}
	}
	return clean(s[:end])
}

// remarkAfterComma tells whether a word that is not the next of a list follows a comma.
func remarkAfterComma(s string) bool {
	n := 0
	for n < len(s) && isAlpha(s[n]) {
		n++
	}
	return n > 1 && !startsMaths(s) && s[:n] != "and" && s[:n] != "or"
}

// introductions are what stands between "the answer is" and the value.
var introductions = []string{
	"therefore", "thus", "simply", "indeed", "probably", "definitely", "clearly", "for sure", "just", "equal to", "given by",
	"approximately", "about", "roughly", "exactly", "option", "choice", "letter", "still", "also", "hence", "then", "actually",
	"obviously", "certainly", "indeed", "either", "now", "only", "most likely", "likely", "going to be", "the number", "the value",
	"the choice", "the option", "Option", "Choice",
}

// withoutLead takes off introductions.
func withoutLead(s string) string {
	for range 4 {
		s = strings.TrimLeft(s, " ,:")
		for _, word := range introductions {
			if startsWord(s, word) && len(s) > len(word) && (s[len(word)] == ' ' || s[len(word)] == ',' || s[len(word)] == ':') {
				s = s[len(word):]
				break
			}
		}
	}
	return strings.TrimLeft(s, " ,:")
}

// amount is the first amount of money in a sentence.
func amount(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] != '$' && !strings.HasPrefix(s[i:], "€") && !strings.HasPrefix(s[i:], "£") {
			continue
		}
		if rest := strings.TrimLeft(s[i:], "$€£"); rest != "" && isNumeral(rest[0]) {
			return firstNumber(rest)
		}
		if before := strings.TrimRight(s[:i], ` \`); before != "" && isNumeral(before[len(before)-1]) {
			return lastNumber(before)
		}
	}
	return ""
}

// clean takes off what surrounds an answer without being part of it: space, emphasis, quotes, the end of a sentence.
func clean(s string) string {
	s = strings.TrimLeft(s, " \t\r\n*`\"“”'‘’:")
	s = strings.TrimPrefix(strings.TrimPrefix(s, `\"`), "__")
	return cleanEnd(s)
}

// cleanEnd takes off the same at the end only, and unmatched ends of mathematics.
func cleanEnd(s string) string {
	for before := -1; len(s) != before; {
		before = len(s)
		s = strings.TrimRight(s, " \t\r\n*`\"“”'‘’,;。！？.")
		for _, end := range []string{`\]`, `\)`, `\"`, "$", "__"} {
			if strings.HasSuffix(s, end) && unpaired(s, end) {
				s = s[:len(s)-len(end)]
			}
		}
	}
	if n := len(s); n > 3 && (strings.HasSuffix(s, "p.m") || strings.HasSuffix(s, "a.m")) {
		s += "."
	}
	return s
}

// unpaired tells whether the delimiter that s ends with has no partner in it.
func unpaired(s, end string) bool {
	switch end {
	case `\]`:
		return !strings.Contains(s, `\[`)
	case `\)`:
		return !strings.Contains(s, `\(`)
	case "$":
		return !strings.HasSuffix(s, `\$`) && (strings.Count(s, "$")-strings.Count(s, `\$`))%2 == 1
	}
	return strings.Count(s, end)%2 == 1
}
