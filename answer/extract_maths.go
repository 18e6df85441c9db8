package answer

import "strings"

// mathsGroup is the value of the last mathematics that ends at or before end, joined with what belongs to the same list
// ("$1$ and $2$"), and where it begins and ends. Lone variables are passed over.
func mathsGroup(text string, end int) (value string, start, stop int) {
	var parts []string
	for tries := 0; tries < maxTries; tries++ {
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

// continues tells whether a value before the parts of a list, with this gap between, is another of its parts. The last
// two are joined by a word. A value without a label does not go with one that has it, and ", or" introduces another
// form of the same value ("$50 \cdot 12$, or $600$").
func continues(gap, v string, parts []string) bool {
	if !lists(gap) || v == "" || isVariable(v) {
		return false
	}
	label := strings.Contains(v, "=")
	if label != strings.Contains(parts[len(parts)-1], "=") {
		return false
	}
	word := strings.Trim(gap, " \n\t,;")
	return (len(parts) > 1 || word != "") && (label || !restates(gap))
}

// restates tells whether a gap introduces another form of the value before it: ", or".
func restates(gap string) bool { return strings.HasPrefix(gap, ",") && strings.Contains(gap, "or") }

// isVariable tells whether a formula is nothing but a name, such as n or ABC or x_1, and so answers nothing.
func isVariable(s string) bool {
	s = strings.TrimSpace(s)
	if i := strings.IndexByte(s, '_'); i > 0 && closing(s, i+1) == len(s)-1 {
		s = s[:i]
	}
	for i := range len(s) {
		if !isLetter(s[i]) && strings.IndexByte("'(), ", s[i]) < 0 {
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
	lettered := strings.HasPrefix(left, `\text{(`) || strings.HasPrefix(left, `\textbf{(`) // a choice with its text
	if right != "" && isCalculation(left) && !lettered {
		return right
	}
	return s
}

// environments are those of several lines, each of which is a formula.
var environments = append([]string{"aligned", "gathered", "split"}, displays...)

// environment is the name of the environment of several lines that a formula consists of.
func environment(s string) string {
	for _, env := range environments {
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
		} else if isLetter(left[i]) {
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
			if strings.HasPrefix(s, start) && (len(s) == len(start) || len(start) == 2 || !isLetter(s[len(start)])) {
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
