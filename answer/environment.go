package answer

import "strings"

// environment rewrites \begin{...} up to its end, if it is a matrix; the others only lay out what is in them.
func (l *latex) environment(begins bool) {
	name := strings.TrimSuffix(l.rawArgument(), "*")
	if !begins {
		return
	}
	kind, isMatrix := matrices[name]
	body := l.in[l.pos:]
	end := environmentEnd(body)
	if !isMatrix || end < 0 || l.depth == 0 {
		return
	}
	body = body[:end]
	l.pos += end
	if name == "array" {
		body = body[min(len(body), closing(body, strings.IndexByte(body+"{", '{'))+1):]
	}
	inner := latex{in: body, depth: l.depth - 1, matrix: true}
	inner.rows()
	l.write(kind + "⟦" + string(inner.out) + "⟧")
}

// environmentEnd is the position of the \end that belongs to a \begin before s, or -1.
func environmentEnd(s string) int {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] != '\\':
		case strings.HasPrefix(s[i:], `\begin{`):
			depth++
		case strings.HasPrefix(s[i:], `\end{`):
			if depth == 0 {
				return i
			}
			depth--
		}
	}
	return -1
}

// matrices are the environments of rows and cells, with the word that tells them from a plain matrix.
var matrices = map[string]string{
	"matrix": "", "pmatrix": "", "bmatrix": "", "smallmatrix": "", "array": "", "Bmatrix": "",
	"vmatrix": " “det” ", "Vmatrix": " “norm” ", "cases": " “cases” ",
}

// rows rewrites the cells of a matrix. Empty rows are dropped.
func (l *latex) rows() {
	var rows []string
	for rest := l.in; rest != ""; {
		end := rowEnd(rest)
		if row := strings.TrimSpace(l.nested(rest[:end])); row != "" {
			rows = append(rows, row)
		}
		rest = rest[min(len(rest), end+len(`\\`)):]
	}
	l.write(strings.Join(rows, "¦"))
}

// rowEnd is the position of the first \\ outside inner environments, or the end.
func rowEnd(s string) int {
	depth := 0
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			continue
		}
		switch rest := s[i:]; {
		case strings.HasPrefix(rest, `\begin`):
			depth++
		case strings.HasPrefix(rest, `\end`):
			depth--
		case strings.HasPrefix(rest, `\\`):
			if depth == 0 {
				return i
			}
			i++
		}
	}
	return len(s)
}
