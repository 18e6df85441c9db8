package answer

import "strings"

// maxBracket is the longest text in brackets that is taken as an answer.
const maxBracket = 60

// oneLineBracket brings a bracket that a text begins with and that goes over several lines ("[\n 9\n]") into one.
func oneLineBracket(s string) string {
	if !strings.HasPrefix(s, "[") {
		return s
	}
	end := strings.IndexByte(s[:min(len(s), maxBracket)], ']')
	if end < 0 {
		return s
	}
	return "[" + strings.TrimSpace(strings.ReplaceAll(s[1:end], "\n", " ")) + s[end:]
}

// lastBracket is the last short text in brackets with a number in it, as answers to exercises in geometry are marked.
func lastBracket(s string) string {
	end := strings.LastIndexByte(s, ']')
	if end < 0 || s[end-min(end, 1)] == '\\' {
		return ""
	}
	start := strings.LastIndexByte(s[max(0, end-maxBracket):end], '[') + max(0, end-maxBracket)
	if start < 0 || s[start] != '[' || !hasDigit(s[start:end]) || strings.ContainsAny(s[start:end], "\\(") {
		return ""
	}
	return s[start : end+1]
}

// bareLatex is the last LaTeX expression in a sentence that lacks delimiters ("so \frac{1}{2} of them remain").
func bareLatex(s string) string {
	at := -1
	for _, command := range []string{`\frac`, `\dfrac`, `\tfrac`, `\sqrt`, `\pi`, `\infty`} {
		at = max(at, strings.LastIndex(s, command))
	}
	if at < 0 {
		return ""
	}
	start := strings.LastIndexByte(s[:at], ' ') + 1
	depth, end := 0, start
	for end < len(s) && (depth > 0 || s[end] != ' ') {
		switch s[end] {
		case '{':
			depth++
		case '}':
			depth--
		}
		end++
	}
	v := trimMaths(s[start:end])
	if !balanced(v) || !startsMaths(v) || strings.HasPrefix(v, `\(`) || strings.HasPrefix(v, `\[`) {
		return ""
	}
	return v
}
