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
