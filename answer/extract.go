package answer

import (
	"regexp"
	"strings"
)

// maxTail is how much of a text's end Extract looks at: a final answer stands at the end, and the cost stays bounded.
const maxTail = 16 << 10

// Extract finds the final answer in a model's text and returns it as it is written there. It looks behind the last
// </think>, if there is one, and takes the first that it finds of:
//
//  1. the content of the last \boxed{...} or \fbox{...} that is not empty; \boxed 5 and a box that the end of the text
//     cuts off count;
//  2. what follows the last "answer is", "result is" or "answer:" on its line, up to the end of the sentence, and in it
//     what follows "is" ("Answer: the largest n is 34."), but nothing of a remark on it ("The answer is 12, which is
//     even.");
//  3. what follows the last "####";
//  4. the right side of the last "=", if the last line draws a conclusion ("So", "Thus", ...) and is complete.
//
// Otherwise there is no answer. The last number of a text is never taken: in a text that was cut off it is an
// intermediate result.
func Extract(text string) (raw string, ok bool) {
	if len(text) > maxTail {
		text = text[len(text)-maxTail:]
	}
	if i := strings.LastIndex(text, "</think>"); i >= 0 {
		text = text[i+len("</think>"):]
	}
	for _, find := range []func(string) string{lastBox, lastStatement, lastHashes, conclusion} {
		if raw = strings.TrimSpace(find(text)); raw != "" {
			return raw, true
		}
	}
	return "", false
}

var box = regexp.MustCompile(`\\?(?:boxed|fbox)\s*\{|\\(?:boxed|fbox)\s+`)

// maxBoxes is how many empty boxes at the end are passed over.
const maxBoxes = 8

func lastBox(text string) string {
	boxes := box.FindAllStringIndex(text, -1)
	for i := len(boxes) - 1; i >= max(0, len(boxes)-maxBoxes); i-- {
		at := boxes[i]
		rest := text[at[1]:]
		if text[at[1]-1] != '{' {
			if fields := strings.Fields(rest); len(fields) > 0 {
				return strings.TrimRight(fields[0], `.,;$`)
			}
			continue
		}
		if content := boxContent(text[at[1]-1:]); strings.TrimSpace(content) != "" {
			return content
		}
	}
	return ""
}

// boxContent is the inside of the braces that s begins with. A box that is not closed ends with its line.
func boxContent(s string) string {
	s = s[:min(len(s), MaxLen)]
	if end := closing(s, 0); end < len(s) {
		return s[1:end]
	}
	line, _, _ := strings.Cut(s[1:], "\n")
	return strings.TrimRight(line, ` $.`)
}

var (
	statement = regexp.MustCompile(`(?i)\b(?:answer|result)(?:\*\*)?(?: is|\s*[:=])(?:\*\*)?[ :]*\n?`)
	remark    = regexp.MustCompile(`^([-+$\\(\[{\d].*?),?\s+(?:because|since|which|where|as)\b`)
	sentence  = regexp.MustCompile(`[.!?](?:\s|$)`)
	hashes    = regexp.MustCompile(`####\s*([^\n]+)`)
	therefore = regexp.MustCompile(`(?i)^\W*(?:so|thus|hence|therefore|in total|altogether|finally)\b.*=([^=]+)$`)
	complete  = regexp.MustCompile(`(?:[.!$]|\\\]|\\\)|\*\*)\s*$`)
)

// maxWords is the longest statement taken as an answer; a longer one goes on reasoning.
const maxWords = 12

func lastStatement(text string) string {
	found := statement.FindAllStringIndex(text, -1)
	if len(found) == 0 {
		return ""
	}
	s, _, _ := strings.Cut(text[found[len(found)-1][1]:], "\n")
	if end := sentence.FindStringIndex(s); end != nil {
		s = s[:end[0]]
	}
	if m := remark.FindStringSubmatch(s); m != nil {
		s = m[1]
	}
	if len(strings.Fields(s)) > maxWords {
		return ""
	}
	if i := strings.LastIndex(s, " is "); i >= 0 {
		s = s[i+len(" is "):]
	}
	return unmarked(s)
}

func lastHashes(text string) string {
	found := hashes.FindAllStringSubmatch(text, -1)
	if len(found) == 0 {
		return ""
	}
	return unmarked(found[len(found)-1][1])
}

func conclusion(text string) string {
	text = strings.TrimSpace(text)
	line := text[strings.LastIndexByte(text, '\n')+1:]
	m := therefore.FindStringSubmatch(line)
	if m == nil || !complete.MatchString(line) {
		return ""
	}
	return unmarked(m[1])
}

// unmarked takes off the Markdown and the end of mathematics that a statement's value is wrapped in.
func unmarked(s string) string {
	s = strings.TrimSpace(s)
	for _, mark := range []string{`\]`, `\)`} {
		s = strings.TrimSuffix(s, mark)
	}
	return strings.Trim(s, " .,;*$")
}
