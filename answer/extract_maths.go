package answer

import (
	"slices"
	"strings"
)

// maxMathsTries is how many delimiters of mathematics are looked at from the end: many are currency signs.
const maxMathsTries = 16

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
	for tries := 0; tries < maxMathsTries; tries++ {
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

// isMoney tells whether what stands between two dollar signs is part of a calculation with amounts of money ("$60 + $5"):
// the second sign stands before a number, or an operation stands before it.
func isMoney(inner, after string) bool {
	if strings.Contains(inner, "\n\n") || inner == "" || after != "" && isNumeral(after[0]) {
		return true
	}
	inner = strings.TrimRight(inner, " ")
	return inner != "" && isNumeral(strings.TrimLeft(inner, " ")[0]) && strings.IndexByte("=+-*/x", inner[len(inner)-1]) >= 0
}

// isProse tells whether what stands between two dollar signs is prose between two amounts of money.
func isProse(s string) bool {
	words, signs := 0, false
	for i := 0; i < len(s); i++ {
		switch b := s[i]; {
		case b == '\\':
			i = skipCommand(s, i)
			signs = true
		case isAlpha(b):
			from := i
			for i+1 < len(s) && isAlpha(s[i+1]) {
				i++
			}
			if i-from >= 2 && s[i] >= 'a' {
				words++
			}
		case isNumeral(b) || strings.IndexByte("=+-^_<>|/(", b) >= 0 || b >= 0x80:
			signs = true
		}
	}
	return words > 2 || words > 0 && !signs || words == 2 && s[0] != '\\' && strings.HasSuffix(s, " ")
}

// skipCommand is the position of the last byte of the command at i, with its argument if that is text.
func skipCommand(s string, i int) int {
	from := i + 1
	for i+1 < len(s) && isAlpha(s[i+1]) {
		i++
	}
	switch s[from : i+1] {
	case "text", "mathrm", "textbf", "mbox", "operatorname", "begin", "end", "mathbf", "textit", "rm", "tag", "hbox":
		for i+1 < len(s) && s[i+1] == ' ' {
			i++
		}
		if i+1 < len(s) && s[i+1] == '{' {
			if end := closingBrace(s, i+1); end > 0 {
				return end
			}
		}
	case "":
		return i + 1
	}
	return i
}

// mathsGroup is the value of the last mathematics that ends at or before end, joined with what belongs to the same list
// ("$1$ and $2$"), and where it begins and ends. Lone variables are passed over.
func mathsGroup(text string, end int) (value string, start, stop int) {
	var parts []string
	for tries := 0; tries < maxMathsTries; tries++ {
		s, ok := mathsBefore(text, end)
		if !ok {
			break
		}
		v := mathsValue(s.inner)
		if len(parts) == 0 && (v == "" || isVariable(v)) {
			end = s.start
			continue
		}
		if len(parts) > 0 && !continues(text[s.end:start], v, parts) {
			break
		}
		if len(parts) == 0 {
			stop = s.end
		}
		parts = append(parts, v)
		start, end = s.start, s.start
	}
	for i, j := 0, len(parts)-1; i < j; i, j = i+1, j-1 {
		parts[i], parts[j] = parts[j], parts[i]
	}
	return strings.Join(parts, ", "), start, stop
}

// lists tells whether a text between two formulas only lists them.
func lists(gap string) bool {
	if len(gap) > 16 {
		return false
	}
	switch strings.Trim(gap, " \n\t,;") {
	case "and", "or", "et", "und", "ou", "y", "o", "和", "或", "、", "和为":
		return true
	case "":
		return strings.ContainsAny(gap, ",;")
	}
	return false
}

// continues tells whether a value before the parts of a list, with this gap between, is another of its parts. The last two
// are joined by a word. A value without a label does not go with one that has it, and ", or" introduces another form of
// the same value ("$50 \\cdot 12$, or $600$").
func continues(gap, v string, parts []string) bool {
	if !lists(gap) || v == "" || isVariable(v) {
		return false
	}
	label := strings.Contains(v, "=")
	if label != strings.Contains(parts[len(parts)-1], "=") {
		return false
	}
	word := strings.Trim(gap, " \n\t,;")
	return (len(parts) > 1 || word != "") && !(gap[0] == ',' && word == "or" && !label)
}

// isVariable tells whether a formula is nothing but a name, such as n or ABC or x_1, and so answers nothing.
func isVariable(s string) bool {
	s = strings.TrimSpace(s)
	if i := strings.IndexByte(s, '_'); i > 0 && (i+2 == len(s) || i+1 < len(s) && closingBrace(s, i+1) == len(s)-1) {
		s = s[:i]
	}
	for i := range len(s) {
		if !isAlpha(s[i]) && strings.IndexByte("'(), ", s[i]) < 0 {
			return false
		}
	}
	return len(s) > 0
}

// mathsValue is the answer that a formula states: the last line of a derivation; the right side of an equation whose
// left side is only a calculation.
func mathsValue(inner string) string {
	s := trimMaths(inner)
	if i := strings.Index(s, `\tag`); i >= 0 {
		s = trimMaths(s[:i])
	}
	if env := environment(s); env != "" {
		s = lastRow(strings.TrimSuffix(s, `\end{`+env+`}`)[len(`\begin{}`)+len(env):])
	}
	for _, arrow := range []string{`\Rightarrow`, `\implies`, `\Longrightarrow`, "⇒"} {
		if i := strings.LastIndex(s, arrow); i >= 0 && len(trimMaths(s[i+len(arrow):])) > 0 {
			s = trimMaths(s[i+len(arrow):])
		}
	}
	i := lastRelation(s)
	if i < 0 {
		return s
	}
	left, right := s[:i], trimMaths(s[i+1:])
	if j := strings.Index(right, `\end{`); j >= 0 && !strings.Contains(right, `\begin{`) {
		return trimMaths(strings.Trim(right[:j], " &")) // the last cell of an array
	}
	if right != "" && isCalculation(left) && !strings.HasPrefix(left, `\text{(`) && !strings.HasPrefix(left, `\textbf{(`) {
		return right
	}
	return s
}

// environment is the name of the environment of several lines that a formula consists of.
func environment(s string) string {
	for _, env := range append(displays, "aligned", "gathered", "split") {
		if strings.HasPrefix(s, `\begin{`+env+`}`) && strings.HasSuffix(s, `\end{`+env+`}`) {
			return env
		}
	}
	return ""
}

// lastRow is the last line of aligned formulas.
func lastRow(s string) string {
	rows := strings.Split(strings.TrimSuffix(strings.TrimSpace(s), `\\`), `\\`)
	row := trimMaths(strings.ReplaceAll(rows[len(rows)-1], "&", ""))
	return trimMaths(strings.TrimPrefix(row, "="))
}

// lastRelation is the position of the last "=" that is not inside braces, or -1.
func lastRelation(s string) int {
	depth := 0
	for i := len(s) - 1; i >= 0; i-- {
		switch s[i] {
		case '}', ')', ']':
			depth++
		case '{', '(', '[':
			depth--
		case '=':
			if depth == 0 && i > 0 && strings.IndexByte("<>!:=", s[i-1]) < 0 {
				return i
			}
		}
	}
	return -1
}

// operations mark the left side of an equation as a calculation, not a relation between unknowns.
var operations = []string{
	`\lim`, `\log`, `\ln`, `\sin`, `\cos`, `\tan`, `\int`, `\sum`, `\prod`, `\det`, `\gcd`, `\binom`, `\partial`,
	`\frac{d`, `\max`, `\min`, `\text`, `\mathrm`, `\operatorname`, `\equiv`, `\cdot`, `\times`,
}

// isCalculation tells whether the left side of an equation has no unknown that the answer could be about.
func isCalculation(left string) bool {
	for _, op := range operations {
		if strings.Contains(left, op) {
			return true
		}
	}
	if strings.Count(left, "=") > 0 {
		return true
	}
	for i := 0; i < len(left); i++ {
		if left[i] == '\\' {
			i = skipCommand(left, i)
		} else if isAlpha(left[i]) {
			return false
		}
	}
	return true
}

// trimMaths takes off what surrounds a formula without being part of it: space, a full stop, a stray dollar sign.
func trimMaths(s string) string {
	for {
		before := len(s)
		s = strings.TrimSpace(s)
		for _, end := range []string{".", ",", ";", `\quad`, `\qquad`, `\,`, `\;`, `\!`, `\ `, `\\`, "。"} {
			if strings.HasSuffix(s, end) && !strings.HasSuffix(s, `\`+end) {
				s = s[:len(s)-len(end)]
			}
		}
		for _, start := range []string{`\quad`, `\qquad`, `\,`, `\;`, `\!`, `\ `, `\displaystyle`} {
			if strings.HasPrefix(s, start) && (len(s) == len(start) || len(start) == 2 || !isAlpha(s[len(start)])) {
				s = s[len(start):]
			}
		}
		if len(s) == before {
			break
		}
	}
	if n := strings.Count(s, "$") - strings.Count(s, `\$`); n > 0 && n%2 == 0 {
		s = strings.TrimSpace(strings.ReplaceAll(strings.ReplaceAll(s, `\$`, "\x00"), "$", ""))
		s = strings.ReplaceAll(s, "\x00", `\$`)
	}
	return s
}
