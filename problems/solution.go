package problems

import "strings"

const (
	answerMark = "####" // where the answers of GSM8K turn from the worked solution to the answer itself
	box        = `\boxed`
	maxBoxes   = 8 // that are tried from the end: each can be as long as the solution
)

// behindMark returns what stands behind the last mark, or all of a text without one.
func behindMark(text string) string {
	if i := strings.LastIndex(text, answerMark); i >= 0 {
		return strings.TrimSpace(text[i+len(answerMark):])
	}
	return text
}

// solved returns the answer that a worked solution marks, "" where it marks none. A solution can be a list of texts.
func solved(solution any) string {
	var text string
	switch s := solution.(type) {
	case string:
		text = s
	case []any:
		var b strings.Builder
		for _, part := range s {
			part, _ := part.(string)
			b.WriteString(part + "\n")
		}
		text = b.String()
	}
	if strings.Contains(text, answerMark) {
		return behindMark(text)
	}
	return lastBoxed(text)
}

// lastBoxed returns what the last \boxed{...} holds whose braces are balanced.
func lastBoxed(text string) string {
	for range maxBoxes {
		i := strings.LastIndex(text, box)
		if i < 0 {
			return ""
		}
		if content, ok := braced(strings.TrimLeft(text[i+len(box):], " ")); ok {
			return strings.TrimSpace(content)
		}
		text = text[:i]
	}
	return ""
}

// braced returns what stands in the braces that text begins with.
func braced(text string) (content string, ok bool) {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++ // \{ is a brace that is shown
		case '{':
			depth++
		case '}':
			depth--
		}
		if depth == 0 {
			return text[min(1, i):i], i > 0
		}
	}
	return "", false
}
