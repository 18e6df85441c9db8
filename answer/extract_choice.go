package answer

import (
	"regexp"
	"strings"
)

// isChoice tells whether s is the letter of a choice: A to J, but for I, which is a word.
func isChoice(s string) bool { return len(s) == 1 && 'A' <= s[0] && s[0] <= 'J' && s[0] != 'I' }

var (
	// choiceGoesOn is what may follow a choice in prose: a dash, a reason, another choice; not "A monkey".
	choiceGoesOn = regexp.MustCompile(`^(?:[-–—] |(?:because|since|as)\b|(?:or|and)[ (]+[A-HJ](?:[^A-Za-z0-9]|$))`)
	choiceJoint  = regexp.MustCompile(`^ *,? *(/|or\b|and\b)? *`)
	openChoice   = regexp.MustCompile(`^[A-HJ](?:(?: or [A-HJ])+|(?: ?/ ?[A-HJ]){2,})$`)
)

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
	case next == "":
		ok = true
	case rest[0] != ' ':
		ok = rest[0] >= 0x80 || strings.IndexByte(".,:;!?\n/", rest[0]) >= 0 || closed && isLetter(rest[0])
	case closed:
		ok = strings.IndexByte("=+*^", next[0]) < 0
	default:
		ok = choiceGoesOn.MatchString(next)
	}
	return letter, rest, ok
}

// choiceOf reads the choice that a statement's value begins with. It is open if the text leaves it at several ("A or
// B", "A/B/C"); several that hold together are a list.
func choiceOf(s string) (choice string, open bool) {
	choice, rest, ok := choiceAt(s)
	if !ok {
		return "", false
	}
	for range maxTries {
		joint := choiceJoint.FindStringSubmatch(rest)
		letter, after, ok := choiceAt(rest[len(joint[0]):])
		if !ok || strings.TrimSpace(joint[0]) == "" {
			break
		}
		if joint[1] == "/" || joint[1] == "or" {
			return "", true
		}
		choice, rest = choice+", "+letter, after
	}
	return choice, false
}

// leavesOpen tells whether a value is several choices of which only one can be meant: "A or B", "A/B/C".
func leavesOpen(s string) bool {
	return len(s) < 40 && openChoice.MatchString(strings.Join(strings.Fields(gapMarkup.Replace(s)), " "))
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
	const short = 300
	text = strings.TrimSpace(text)
	if len(text) < short && !containsAny(text, "\nB", "\n(B") { // else the choices may only be listed
		if c, open := choiceOf(text); c != "" || open {
			return c, open
		}
	}
	s := lastSentence(text)
	if len(s) > short {
		return "", false
	}
	if c, open := choiceBehind(s); c != "" || open {
		return c, open
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
func choiceBehind(s string) (choice string, open bool) {
	at := -1
	for _, lead := range leads {
		for i := lastIndex(s, lead); i > at; i = lastIndex(s[:i], lead) {
			if c, several := choiceOf(s[i+len(lead):]); c != "" || several {
				choice, open, at = c, several, i
			}
		}
	}
	return choice, open
}

// correctChoice is the C of "C is correct" or "C is the right answer".
func correctChoice(s string) string {
	for _, judgement := range []string{" is correct", " is the correct", " is right", " is the right", " is the answer"} {
		if before, _, ok := strings.Cut(s, judgement); ok {
			word := strings.Trim(before[strings.LastIndexByte(before, ' ')+1:], "()*\"$")
			if isChoice(word) {
				return word
			}
		}
	}
	return ""
}
