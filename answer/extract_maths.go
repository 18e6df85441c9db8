package answer

import (
	"slices"
	"strings"
)

// mathsGroup is the value of the last mathematics that ends at or before end, joined with what belongs to the same list
// ("$1$ and $2$"), and where it begins and ends. Lone variables are passed over.
func mathsGroup(text string, end int) (value string, start, stop int) {
	var parts []string
	for range maxTries {
		s, ok := mathsBefore(text, end)
		if !ok {
			break
		}
		v := mathsValue(s.inner)
		nothing := v == "" || isVariable(v)
		if len(parts) == 0 && nothing {
			end = s.start
			continue
		}
		if len(parts) == 0 {
			stop = s.end
		} else if nothing || !continues(text[s.end:start], v, parts) {
			break
		}
		parts = append(parts, v)
		start, end = s.start, s.start
	}
	slices.Reverse(parts)
	return strings.Join(parts, ", "), start, stop
}

// mathsValues is the value of the formulas that s begins with. It is empty if the sentence goes on to say what the
// formula is ("$n$ is 34").
func mathsValues(s string) string {
	var parts []string
	for m, ok := mathsAt(s); ok && len(parts) < maxTries; m, ok = mathsAt(s) {
		v := mathsValue(m.inner)
		if s = s[m.end:]; v == "" {
			break
		}
		parts = append(parts, v+boxSuffix(s, v))
		next := strings.IndexAny(s, "$\\")
		if next < 0 || !lists(s[:next]) || restates(s[:next]) && !strings.Contains(v, "=") {
			break
		}
		if _, ok := mathsAt(s[next:]); ok {
			s = s[next:]
		}
	}
	if startsWord(strings.TrimLeft(s, " "), "is", "are") {
		return ""
	}
	return strings.Join(parts, ", ")
}

var listWords = setOf("and or et und ou y o 和 或 、 和为")

// lists tells whether a text between two formulas only lists them.
func lists(gap string) bool {
	word := strings.Trim(gap, " \n\t,;")
	return listWords[word] || word == "" && strings.ContainsAny(gap, ",;")
}

// continues tells whether a value before the parts of a list, with this gap between, is another of its parts. The last
// two are joined by a word. A value without a label does not go with one that has it.
func continues(gap, v string, parts []string) bool {
	label := strings.Contains(v, "=")
	if !lists(gap) || label != strings.Contains(parts[len(parts)-1], "=") {
		return false
	}
	joined := len(parts) > 1 || strings.Trim(gap, " \n\t,;") != ""
	return joined && !restates(gap)
}

// restates tells whether a gap introduces another form of the value before it: "$50 \cdot 12$, or $600$".
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
	return s != ""
}

// environments are those of several lines, each of which is a formula.
var environments = append([]string{"aligned", "gathered", "split"}, displays...)

// mathsValue is the answer that a formula states: the last line of a derivation; the right side of an equation whose
// left side is only a calculation.
func mathsValue(inner string) string {
	s, _, _ := strings.Cut(trimMaths(inner), `\tag`)
	s = trimMaths(s)
	if rows, ok := environment(s); ok {
		s = lastRow(rows)
	}
	for _, arrow := range []string{`\Rightarrow`, `\implies`, `\Longrightarrow`, "⇒"} {
		if i := lastIndex(s, arrow); i >= 0 {
			s = trimMaths(s[i+len(arrow):])
		}
	}
	if i := lastRelation(s); i >= 0 && isCalculation(s[:i]) {
		if right := trimMaths(s[i+1:]); right != "" {
			return right
		}
	}
	return s
}

// environment is the content of the environment of several lines that a formula consists of.
func environment(s string) (rows string, ok bool) {
	for _, name := range environments {
		if rows, ok := strings.CutPrefix(s, `\begin{`+name+`}`); ok {
			return strings.CutSuffix(rows, `\end{`+name+`}`)
		}
	}
	return "", false
}

// lastRow is the last line of aligned formulas.
func lastRow(s string) string {
	s = strings.TrimSuffix(strings.TrimSpace(s), `\\`)
	for end := rowEnd(s); end < len(s); end = rowEnd(s) {
		s = s[end+len(`\\`):]
	}
	s = trimMaths(strings.ReplaceAll(s, "&", ""))
	return trimMaths(strings.TrimPrefix(s, "="))
}

// lastRelation is the position of the last "=" that is not inside brackets, or -1.
func lastRelation(s string) int {
	depth := 0
	for i := len(s) - 1; i > 0; i-- {
		depth += nesting(s[i])
		if s[i] == '=' && depth == 0 && strings.IndexByte("<>!:=", s[i-1]) < 0 {
			return i
		}
	}
	return -1
}

// operations mark the left side of an equation as a calculation, not a relation between unknowns.
var operations = []string{
	"=", `\lim`, `\log`, `\ln`, `\sin`, `\cos`, `\tan`, `\int`, `\sum`, `\prod`, `\det`, `\gcd`, `\binom`, `\partial`,
	`\frac{d`, `\max`, `\min`, `\text`, `\mathrm`, `\operatorname`, `\equiv`, `\cdot`, `\times`,
}

// isCalculation tells whether the left side of an equation has no unknown that the answer could be about.
func isCalculation(left string) bool { return containsAny(left, operations...) || !hasUnknown(left) }

// hasUnknown tells whether there is a letter in a formula.
func hasUnknown(s string) bool {
	for range plainWords(s) {
		return true
	}
	return false
}

// trimMaths takes off what surrounds a formula without being part of it: space, a full stop, a stray dollar sign.
func trimMaths(s string) string {
	for before := -1; len(s) != before; {
		before = len(s)
		s = strings.TrimSpace(s)
		for _, space := range []string{`\quad`, `\qquad`, `\,`, `\;`, `\!`, `\ `, `\displaystyle`} {
			s = strings.TrimPrefix(strings.TrimSuffix(s, space), space)
		}
		for _, end := range []string{`\`, ".", ",", ";", "。"} {
			s = strings.TrimSuffix(s, end)
		}
	}
	if n := strings.Count(s, "$") - strings.Count(s, `\$`); n > 0 && n%2 == 0 {
		return strings.TrimSpace(undollar.Replace(s))
	}
	return s
}

// undollar takes off the dollar signs but for those of currency.
var undollar = strings.NewReplacer(`\$`, `\$`, "$", "")
