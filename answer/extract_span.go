package answer

import "strings"

// A span is mathematics between delimiters.
type span struct {
	start, end int    // with the delimiters
	inner      string // without, but for an environment
}

// delimiters are the pairs around mathematics, a longer one before one that it begins with.
var delimiters = func() [][2]string {
	pairs := [][2]string{{"$$", "$$"}, {"$", "$"}, {`\[`, `\]`}, {`\(`, `\)`}}
	for _, name := range displays {
		pairs = append(pairs, [2]string{`\begin{` + name + `}`, `\end{` + name + `}`})
	}
	return pairs
}()

// displays are the environments that are mathematics without further delimiters.
var displays = []string{
	"align*", "align", "gather*", "gather", "equation*", "equation", "eqnarray*", "eqnarray", "multline*", "flalign*",
}

// mathsAt reads the mathematics that s begins with.
func mathsAt(s string) (span, bool) {
	if s == "" || s[0] != '$' && s[0] != '\\' {
		return span{}, false
	}
	start := 0
	if strings.HasPrefix(s, `\\(`) || strings.HasPrefix(s, `\\[`) { // the text was escaped twice
		start = 1
	}
	for _, d := range delimiters {
		if body, ok := strings.CutPrefix(s[start:], d[0]); ok {
			n := indexUnescaped(body[:min(len(body), maxAnswer)], d[1])
			if n < 0 {
				return span{}, false
			}
			return newSpan(s, start, start+len(d[0])+n+len(d[1]), d)
		}
	}
	return span{}, false
}

// indexUnescaped is strings.Index but for a dollar sign behind a backslash, which is currency.
func indexUnescaped(s, mark string) int {
	for i := 0; ; i++ {
		j := strings.Index(s[i:], mark)
		if j < 0 {
			return -1
		}
		if i += j; mark[0] != '$' || !strings.HasSuffix(s[:i], `\`) {
			return i
		}
	}
}

// mathsBefore finds the last mathematics that ends at or before end. Not every dollar sign is a delimiter.
func mathsBefore(text string, end int) (span, bool) {
	for i, tries := end, 0; i > 0 && tries < maxTries; i-- {
		d, ok := closingDelimiter(text[:i])
		if !ok {
			continue
		}
		tries++
		stop := i - len(d[1])
		from := max(0, stop-maxAnswer)
		if n := lastIndex(text[from:stop], d[0]); n >= 0 {
			if s, ok := newSpan(text, from+n, i, d); ok {
				return s, true
			}
		}
	}
	return span{}, false
}

// closingDelimiter finds the pair whose end s ends with.
func closingDelimiter(s string) ([2]string, bool) {
	if strings.IndexByte("$)]}", s[len(s)-1]) >= 0 && !strings.HasSuffix(s, `\$`) {
		for _, d := range delimiters {
			if strings.HasSuffix(s, d[1]) {
				return d, true
			}
		}
	}
	return [2]string{}, false
}

// newSpan is text[start:end], which stands between the delimiters d, unless it is prose between two amounts of money.
func newSpan(text string, start, end int, d [2]string) (span, bool) {
	inner := text[start+len(d[0]) : end-len(d[1])]
	escaped := strings.HasSuffix(text[:start], `\`)
	switch {
	case strings.HasPrefix(d[0], `\begin`):
		return span{start, end, text[start:end]}, true
	case d[0] == "$" && (escaped || isMoney(inner, text[end:])), isProse(inner):
		return span{}, false
	case escaped:
		inner = strings.TrimSuffix(inner, `\`)
	}
	return span{start, end, inner}, true
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

// isProse tells whether what stands between two dollar signs has too many words for mathematics.
func isProse(s string) bool {
	words := 0
	for w := range plainWords(s) {
		if len(w) > 2 && w[len(w)-1] >= 'a' && !functionNames[w] {
			words++
		}
	}
	switch words {
	case 0:
		return false
	case 1:
		return !strings.ContainsAny(s, `0123456789=+-^_<>|/(\`)
	case 2:
		return !strings.Contains(s, `\`)
	}
	return true
}
