package answer

import (
	"slices"
	"strings"
)

// A span is mathematics between delimiters.
type span struct {
	start, end int    // with the delimiters
	inner      string // without
}

// delimiters are the pairs around mathematics. Those with two backslashes come from texts that were escaped twice.
var delimiters = [][2]string{{"$$", "$$"}, {"$", "$"}, {`\[`, `\]`}, {`\(`, `\)`}, {`\\[`, `\\]`}, {`\\(`, `\\)`}}

// mathsAt reads the mathematics that s begins with.
func mathsAt(s string) (span, bool) {
	if s == "" || s[0] != '$' && s[0] != '\\' {
		return span{}, false
	}
	if env := displayStart(s); env != "" {
		closing := `\end{` + env + `}`
		end := strings.Index(s[:min(len(s), maxAnswer)], closing)
		if end < 0 {
			return span{}, false
		}
		end += len(closing)
		return span{0, end, s[:end]}, true
	}
	for _, d := range delimiters {
		if !strings.HasPrefix(s, d[0]) {
			continue
		}
		body := s[len(d[0]):min(len(s), maxAnswer)]
		end := indexUnescaped(body, d[1])
		if end < 0 || isProse(body[:end]) || d[1] == "$" && isMoney(body[:end], body[end+1:]) {
			return span{}, false
		}
		return span{0, end + len(d[0]) + len(d[1]), body[:end]}, true
	}
	return span{}, false
}

// indexUnescaped is strings.Index but for a dollar sign behind a backslash, which is currency.
func indexUnescaped(s, mark string) int {
	for i := 0; ; {
		j := strings.Index(s[i:], mark)
		if j < 0 {
			return -1
		}
		if i += j; mark[0] != '$' || i == 0 || s[i-1] != '\\' {
			return i
		}
		i++
	}
}

// mathsBefore finds the last mathematics that ends at or before end.
func mathsBefore(text string, end int) (span, bool) {
	for tries := 0; tries < maxTries; tries++ {
		i := lastDelimiter(text[:end])
		if i < 0 {
			return span{}, false
		}
		if s, ok := mathsEndingAt(text, i); ok {
			return s, true
		}
		end = i
	}
	return span{}, false
}

// displays are environments that are mathematics without further delimiters.
var displays = []string{
	"align*", "align", "gather*", "gather", "equation*", "equation", "eqnarray*", "eqnarray", "multline*", "flalign*",
}

// displayStart is the name of the display that s begins with.
func displayStart(s string) string {
	rest, ok := strings.CutPrefix(s, `\begin{`)
	if !ok {
		return ""
	}
	name, _, _ := strings.Cut(rest[:min(len(rest), 20)], "}")
	if slices.Contains(displays, name) {
		return name
	}
	return ""
}

// displayEnd is the name of the display whose \end command s ends with.
func displayEnd(s string) string {
	const command = `\end{`
	i := strings.LastIndex(s[max(0, len(s)-20):], command)
	if i < 0 {
		return ""
	}
	name := s[max(0, len(s)-20)+i+len(command) : len(s)-1]
	if slices.Contains(displays, name) {
		return name
	}
	return ""
}

// lastDelimiter is the position of the last sign that may end mathematics, or -1.
func lastDelimiter(s string) int {
	for i := len(s) - 1; i >= 0; i-- {
		switch s[i] {
		case '}':
			if displayEnd(s[:i+1]) != "" {
				return i
			}
		case '$':
			if i == 0 || s[i-1] != '\\' {
				return i
			}
		case ')', ']':
			if i > 0 && s[i-1] == '\\' {
				return i - 1
			}
		}
	}
	return -1
}

// mathsEndingAt reads backwards the mathematics whose closing delimiter begins (or, for $$, ends) at i.
func mathsEndingAt(text string, i int) (span, bool) {
	open, shut := "$", "$"
	end := i + 1
	switch {
	case text[i] == '}':
		env := displayEnd(text[:end])
		from := max(0, i-maxAnswer)
		j := strings.LastIndex(text[from:i], `\begin{`+env+`}`)
		return span{from + j, end, text[from+max(j, 0) : end]}, j >= 0
	case text[i] != '$':
		open, shut, end = `\(`, `\)`, i+2
		if text[i+1] == ']' {
			open, shut = `\[`, `\]`
		}
		if i > 0 && text[i-1] == '\\' {
			i--
		}
	case i > 0 && text[i-1] == '$':
		open, shut = "$$", "$$"
		i--
	}
	from := max(0, i-maxAnswer)
	j := strings.LastIndex(text[from:i], open)
	if j < 0 {
		return span{}, false
	}
	j += from
	inner := text[j+len(open) : i]
	if shut == "$" && (j > 0 && text[j-1] == '\\' || isMoney(inner, text[end:])) || isProse(inner) {
		return span{}, false
	}
	return span{j, end, inner}, true
}

// isMoney tells whether what stands between two dollar signs is part of a calculation with amounts of money
// ("$60 + $5"): the second sign stands before a number, or an operation stands before it.
func isMoney(inner, after string) bool {
	if strings.Contains(inner, "\n\n") || inner == "" || after != "" && isDigit(after[0]) {
		return true
	}
	inner = strings.TrimSpace(inner)
	return inner != "" && isDigit(inner[0]) && strings.IndexByte("=+-*/x", inner[len(inner)-1]) >= 0
}

// isProse tells whether what stands between two dollar signs is prose between two amounts of money.
func isProse(s string) bool {
	words, signs := 0, false
	for i := 0; i < len(s); i++ {
		switch b := s[i]; {
		case b == '\\':
			i = skipCommand(s, i)
			signs = true
		case isLetter(b):
			from := i
			for i+1 < len(s) && isLetter(s[i+1]) {
				i++
			}
			if i-from >= 2 && s[i] >= 'a' {
				words++
			}
		case isDigit(b) || strings.IndexByte("=+-^_<>|/(", b) >= 0 || b >= 0x80:
			signs = true
		}
	}
	return words > 2 || words > 0 && !signs || words == 2 && s[0] != '\\' && strings.HasSuffix(s, " ")
}

// skipCommand is the position of the last byte of the command at i, with its argument if that is text.
func skipCommand(s string, i int) int {
	from := i + 1
	for i+1 < len(s) && isLetter(s[i+1]) {
		i++
	}
	switch s[from : i+1] {
	case "text", "mathrm", "textbf", "mbox", "operatorname", "begin", "end", "mathbf", "textit", "rm", "tag", "hbox":
		for i+1 < len(s) && s[i+1] == ' ' {
			i++
		}
		if i+1 < len(s) && s[i+1] == '{' {
			if end := closing(s, i+1); end < len(s) {
				return end
			}
		}
	case "":
		return i + 1
	}
	return i
}
