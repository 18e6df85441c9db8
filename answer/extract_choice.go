package answer

import "strings"

// isChoice tells whether s is the letter of a choice: A to J, but for I, which is a word.
func isChoice(s string) bool { return len(s) == 1 && 'A' <= s[0] && s[0] <= 'J' && s[0] != 'I' }

// choiceAt reads the choice that s begins with: A, (A), **A**, A) or \text{A}. It is not one if a word or a formula
// goes on behind it ("A monkey", "A = 5").
func choiceAt(s string) (letter, rest string, ok bool) {
	s = strings.TrimLeft(s, "*_($[\"“'")
	for _, command := range []string{`\text{`, `\textbf{`, `\mathrm{`, `\mathbf{`, `\boxed{`} {
		s = strings.TrimPrefix(s, command)
	}
	s = strings.TrimLeft(s, "*_(")
	if s == "" || !isChoice(s[:1]) {
		return "", "", false
	}
	letter, rest = s[:1], strings.TrimLeft(s[1:], "*_)}$]\"”'")
	closed := strings.ContainsAny(s[1:len(s)-len(rest)], "*_)}]")
	next := strings.TrimLeft(rest, " ")
	switch {
	case rest == "" || rest[0] >= 0x80 || strings.IndexByte(".,:;!?\n/", rest[0]) >= 0:
		return letter, rest, true
	case rest[0] != ' ':
		return letter, rest, closed && isLetter(rest[0])
	case next == "" || closed || strings.IndexByte("-–—(", next[0]) >= 0 && len(next) > 2 && isBlank(next[1]):
		return letter, rest, next == "" || strings.IndexByte("=+*^", next[0]) < 0
	}
	if startsWord(next, "because", "since", "as") {
		return letter, rest, true
	}
	for _, word := range []string{"or ", "and "} { // another choice must follow, not a person or a set
		after, joined := strings.CutPrefix(next, word)
		if after = strings.TrimLeft(after, "( "); joined && after != "" {
			return letter, rest, isChoice(after[:1]) && (len(after) == 1 || !isLetterOrDigit(after[1]))
		}
	}
	return "", "", false
}

// choiceOf reads the choice that a statement's value begins with. It is open if the text leaves it at several ("A or
// B", "A/B/C"); several that hold together are a list.
func choiceOf(s string) (choice string, open bool) {
	choice, rest, ok := choiceAt(s)
	if !ok {
		return "", false
	}
	for tries := 0; tries < 10; tries++ {
		next := strings.TrimLeft(rest, " ,")
		either := strings.HasPrefix(next, "/") || startsWord(next, "or")
		also := len(next) < len(rest) && strings.HasPrefix(strings.TrimLeft(rest, " "), ",") || startsWord(next, "and")
		next = strings.TrimLeft(strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(next, "/"), "or"), "and"), " ")
		letter, after, ok := choiceAt(next)
		if !ok || !either && !also {
			break
		}
		if either {
			return "", true
		}
		choice, rest = choice+", "+letter, after
	}
	return choice, false
}

// leavesOpen tells whether a box holds several choices of which only one can be meant: "A or B", "A/B/C".
func leavesOpen(s string) bool {
	if len(s) > 40 {
		return false
	}
	parts := strings.Fields(gapMarkup.Replace(strings.ReplaceAll(s, "/", " or ")))
	either := 0
	for i, p := range parts {
		if p == "or" {
			either++
		} else if !isChoice(p) || i > 0 && parts[i-1] != "or" {
			return false
		}
	}
	return either > 1 || either == 1 && !strings.Contains(s, "/")
}

var (
	// leads are what a sentence says before the choice that it settles on.
	leads = []string{
		"it's ", "it is ", "it’s ", "option ", "Option ", "option: ", "choice ", "Choice ", "choice: ", "Choice: ",
		"answer ", "select ", "selected ", "choose ", "chose ", "pick ", "go with ", "going with ", "think ", "say ",
		"clearly ", "Correct: ", "correct: ", " is ", " be ", "选", "选：", "选:", "选 ", "选项", "选项 ", "选择", "选择 ",
	}
	// conclusions are what it says before a choice that ends it.
	conclusions = []string{
		"So ", "So, ", "so ", "Thus ", "Thus, ", "thus ", "Hence ", "Hence, ", "Therefore ",
		"Therefore, ", "therefore ",
	}
)

// lastChoice is the choice that a text begins with ("D. it can't be A or B") or that its last sentence settles on.
func lastChoice(text string) (choice string, open bool) {
	text = strings.TrimSpace(text)
	if len(text) < 300 && !strings.Contains(text, "\nB") && !strings.Contains(text, "\n(B") {
		if c, open := choiceOf(text); c != "" || open {
			return c, open
		}
	}
	s := lastSentence(text)
	if len(s) > 300 {
		return "", false
	}
	if choice, open, ok := choiceBehind(s); ok {
		return choice, open
	}
	for _, word := range conclusions {
		if i := lastIndex(s, word); i >= 0 {
			if c, rest, ok := choiceAt(s[i+len(word):]); ok && rest == "" {
				return c, false
			}
		}
	}
	return correctChoice(s), false
}

// choiceBehind is the last choice in a sentence that stands behind one of the leads.
func choiceBehind(s string) (choice string, open, ok bool) {
	at := -1
	for _, lead := range leads {
		for i := lastIndex(s, lead); i > at; i = lastIndex(s[:i], lead) {
			if c, several := choiceOf(s[i+len(lead):]); c != "" || several {
				choice, open, at = c, several, i
				break
			}
		}
	}
	return choice, open, at >= 0
}

var judgements = []string{" is correct", " is the correct", " is right", " is the right", " is the answer"}

// correctChoice is the C of "C is correct" or "C is the right answer".
func correctChoice(s string) string {
	for _, judgement := range judgements {
		i := strings.Index(s, judgement)
		if i < 0 {
			continue
		}
		word := strings.Trim(s[strings.LastIndexByte(s[:i], ' ')+1:i], "()*\"$")
		if isChoice(word) {
			return word
		}
	}
	return ""
}
