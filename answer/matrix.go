package answer

import "strings"

// maxCells bounds a matrix.
const maxCells = 256

// readMatrix reads a sum of matrices with factors before them. A column is a tuple.
func readMatrix(s string, in scope) value {
	if !strings.Contains(s, "⟦") {
		return nil
	}
	_, operators := chain(s)
	if isSet := s[0] == '{' && s[len(s)-1] == '}'; isSet || len(operators) > 0 || topLevel(s, ",;") {
		return nil
	}
	var total *matrix
	for rest := strings.TrimSpace(s); rest != ""; {
		open := strings.Index(rest, "⟦")
		end := strings.Index(rest, "⟧")
		if open < 0 || end < open {
			return nil
		}
		m := readRows(rest[open+len("⟦"):end], in)
		if m == nil {
			return nil
		}
		before := strings.TrimSpace(rest[:open])
		if kind := kindOf(before); kind != "" {
			m.kind = kind
		} else if total != nil && (before == "" || before == "*") {
			if total = total.product(m, in); total == nil {
				return nil
			}
			rest = strings.TrimSpace(rest[end+len("⟧"):])
			continue
		} else if m = m.scaled(before, in); m == nil {
			return nil
		}
		if total = total.plus(m); total == nil {
			return nil
		}
		rest = strings.TrimSpace(rest[end+len("⟧"):])
		if rest == ")" || rest == "]" || rest == "}" || rest == "|" {
			rest = ""
		}
	}
	if len(total.rows[0]) != 1 || len(total.rows) == 1 {
		return total
	}
	column := make([]value, len(total.rows))
	for i, row := range total.rows {
		column[i] = row[0]
	}
	switch total.kind {
	case "":
		return &tuple{elements: column}
	case "cases": // a solution, line by line
		if r, ok := gather(column, false).(*record); ok {
			return r
		}
	}
	return total
}

// kindOf is the kind of a matrix with a word or sign before it, or "".
func kindOf(before string) string {
	switch before = strings.Trim(before, "“”( "); before {
	case "det", "norm", "cases":
		return before
	case "abs", "|":
		return "det"
	case "{":
		return "cases"
	}
	return ""
}

// readRows reads 1&2¦3&4.
func readRows(s string, in scope) *matrix {
	m := &matrix{}
	cells := 0
	for _, line := range strings.Split(s, "¦") {
		var row []value
		for _, cell := range splitTop(line, "&") {
			v := read(plainCell(cell), in.deeper())
			if v == nil {
				v = word("")
			}
			row = append(row, v)
		}
		if cells += len(row); cells > maxCells || len(m.rows) > 0 && len(row) != len(m.rows[0]) && m.kind == "" {
			return nil
		}
		m.rows = append(m.rows, row)
	}
	return m
}

func plainCell(s string) string {
	s = strings.Trim(s, " ,.;")
	for _, word := range []string{"if ", "for ", "when ", "“if” ", "“for” ", "“when” "} {
		s = strings.TrimPrefix(s, word)
	}
	return s
}

// scaled multiplies all cells by the factor that is written before the matrix: a sign, or an expression.
func (m *matrix) scaled(factor string, in scope) *matrix {
	factor = strings.TrimSpace(strings.TrimRight(factor, "([{*| "))
	switch factor {
	case "", "+":
		return m
	case "-":
		factor = "-1"
	}
	f, ok := expressionOf(strings.TrimPrefix(factor, "+"), in)
	if !ok || !f.known {
		return nil
	}
	ex := exactEvaluation{work: in.work}
	for _, row := range m.rows {
		for i, cell := range row {
			x, ok := cell.(*scalar)
			if !ok || !x.known {
				return nil
			}
			product, ok := ex.binary("*", f.exact, x.exact)
			if !ok {
				return nil
			}
			row[i] = &scalar{exact: product, known: true}
		}
	}
	return m
}

// plus adds two matrices; nil is the empty sum.
func (m *matrix) plus(n *matrix) *matrix {
	if m == nil {
		return n
	}
	if len(m.rows) != len(n.rows) || m.kind != n.kind || m.kind != "" {
		return nil
	}
	for i, row := range m.rows {
		if len(row) != len(n.rows[i]) {
			return nil
		}
		for j := range row {
			x, ok := row[j].(*scalar)
			y, fine := n.rows[i][j].(*scalar)
			if !ok || !fine || !x.known || !y.known {
				return nil
			}
			s, ok := x.exact.add(y.exact)
			if !ok {
				return nil
			}
			row[j] = &scalar{exact: s, known: true}
		}
	}
	return m
}

// product multiplies two matrices of exact numbers.
func (m *matrix) product(n *matrix, in scope) *matrix {
	if len(m.rows[0]) != len(n.rows) || m.kind != "" || n.kind != "" || len(m.rows)*len(n.rows)*len(n.rows[0]) > maxCells {
		return nil
	}
	ex := exactEvaluation{work: in.work}
	out := &matrix{}
	for _, row := range m.rows {
		line := make([]value, len(n.rows[0]))
		for j := range line {
			total := sum{}
			for k, cell := range row {
				x, ok := cell.(*scalar)
				y, fine := n.rows[k][j].(*scalar)
				if !ok || !fine || !x.known || !y.known {
					return nil
				}
				p, ok := ex.binary("*", x.exact, y.exact)
				if !ok {
					return nil
				}
				if total, ok = total.add(p); !ok {
					return nil
				}
			}
			line[j] = &scalar{exact: total, known: true}
		}
		out.rows = append(out.rows, line)
	}
	return out
}
