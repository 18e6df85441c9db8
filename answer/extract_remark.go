package answer

import "strings"

// remarks begin what a sentence says about a value.
var remarks = []string{
	" because", " since ", " which ", " where ", " as ", " so ", " for ", " from ", " when ", " if ",
	" after ", " who ", " while ", " but ", " by ", " that ", " than ", " and not ", " not ", " at ", " on ",
	" with ", " I ", " - ", " – ", " — ", " --", " => ", " ⇒ ", "，", "；",
}

// cutRemark takes off what a sentence says about the value that it begins with.
func cutRemark(s string) string {
	end := len(s)
	for _, r := range remarks {
		if i := strings.Index(s[:end], r); i > 0 && !(r == " - " && i+3 < len(s) && !isLetter(s[i+3])) {
			end = i
		}
	}
	for i := 1; i+1 < end; i++ {
		switch s[i : i+2] {
		case " (":
			if wordCount(s[i+1:min(end, i+24)]) > 0 {
				end = i
			}
		case ", ":
			if remarkAfterComma(s[i+2 : end]) {
				end = i
			}
		}
	}
	return clean(s[:end])
}

// remarkAfterComma tells whether a word that is not the next of a list follows a comma.
func remarkAfterComma(s string) bool {
	n := letterRun(s)
	return n > 1 && !startsMaths(s) && s[:n] != "and" && s[:n] != "or"
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
	for range 4 {
		s = strings.TrimLeft(s, " ,:")
		for _, word := range introductions {
			if rest, ok := strings.CutPrefix(s, word); ok && rest != "" && strings.IndexByte(" ,:", rest[0]) >= 0 {
				s = rest
				break
			}
		}
	}
	return strings.TrimLeft(s, " ,:")
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
