package answer

import "strings"

// named gives a value its label. A label of its own, as in x = (y = 5), gives way.
func named(label string, v value, in scope) value {
	if inner, ok := v.(*labelled); ok {
		v = inner.value
	}
	l := &labelled{label: normalLabel(label), value: v}
	if x, ok := v.(*scalar); ok && !isConstant(x) {
		if name, ok := expressionOf(label, in); ok {
			l.equation = equation(name.minus(x))
		}
	}
	return l
}

// isLabel reports whether s names what stands on the other side: x, x_1, f(x), AB, angle ABC, (p, q), “Area”, dy/dx.
func isLabel(s string) bool {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > 64 {
		return false
	}
	if strings.HasPrefix(s, "((d") && strings.Contains(s, ")/(d") { // dy/dx
		return true
	}
	if strings.HasPrefix(s, "(") && closing(s, 0) == len(s)-1 {
		for _, part := range splitTop(s[1:len(s)-1], ",") {
			if !isLabel(part) {
				return false
			}
		}
		return true
	}
	if left, right, ok := strings.Cut(s, ":"); ok {
		return isLabel(left) && isLabel(right)
	}
	if strings.HasPrefix(s, "“") || strings.HasPrefix(s, "abs(") || strings.HasPrefix(s, "|") {
		return !strings.ContainsAny(s, "+*/")
	}
	words := strings.Fields(s)
	if len(words) > 1 {
		return !strings.ContainsAny(s, "+-*/^=<>0123456789") || functions[words[0]] && len(words) == 2 && isLabel(words[1])
	}
	return isName(s)
}

// isName reports whether a text without spaces is a name: letters of one variable or point names, subscripts, arguments.
func isName(s string) bool {
	n := letterRun(s)
	head, rest := s[:n], s[n:]
	rest = strings.TrimLeft(rest, "'")
	switch {
	case n == 0:
		return false
	case n > 1 && !constants[head] && head != strings.ToUpper(head) && n < 3 && rest == "":
		return false // a product, such as xy
	case isNumberName(head) && rest == "":
		return false
	}
	for strings.HasPrefix(rest, "_⟨") {
		end := strings.Index(rest, "⟩")
		if end < 0 {
			return false
		}
		rest = rest[end+len("⟩"):]
	}
	if len(rest) > 1 && rest[0] == '_' {
		return true
	}
	rest = strings.TrimPrefix(rest, "^(-1)")
	if rest == "" {
		return true
	}
	if rest[0] != '(' || closing(rest, 0) != len(rest)-1 {
		return false
	}
	isFunction := n == 1 || constants[head] || functions[head]
	return strings.IndexByte("fghPQFGH", head[0]) >= 0 || isFunction && !strings.ContainsAny(rest, "+-*/^")
}

// isNumberName reports whether a name is that of a number, which nothing is assigned to.
func isNumberName(s string) bool { return s == "e" || s == "i" || s == "pi" }

// normalLabel is a label without spaces and quotes.
func normalLabel(s string) string {
	s = labelSigns.Replace(s)
	for _, length := range [][2]string{{"bar_⟨", "⟩"}, {"|", "|"}, {"abs(", ")"}} { // of a segment: |AB|
		if name, ok := strings.CutPrefix(s, length[0]); ok {
			if name, ok = strings.CutSuffix(name, length[1]); ok && len(name) == 2 && name == strings.ToUpper(name) {
				return name
			}
		}
	}
	return s
}

var labelSigns = strings.NewReplacer(" ", "", "“", "", "”", "")
