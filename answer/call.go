package answer

import "strings"

// call writes a function with what is written between its name and its argument: sin^2 x, log_⟨2⟩ 8, sum_⟨k=1⟩^n k.
func (w *writer) call(name string) error {
	if canonical, ok := aliases[name]; ok {
		name = canonical
	}
	w.product()
	start := w.start
	sub, power, err := w.scripts()
	if err != nil {
		return err
	}
	if n := digitRun(w.in[w.pos:]); name == "log" && n > 0 && !w.spaced && strings.HasPrefix(w.in[w.pos+n:], "(") {
		sub = w.in[w.pos : w.pos+n] // log10(x), in programs
		w.pos += n
	}
	if power == "(-1)" || power == "-1" {
		if inverse, ok := inverses[name]; ok {
			name, power = inverse, ""
		}
	}
	if bigOperators[name] && (sub != "" || power != "" || name == "int" || name == "sum" || name == "prod") {
		return w.bigOperator(name, sub, power, start)
	}
	if power != "" {
		w.write("(")
	}
	if sub != "" {
		name += "_"
	}
	w.write("v" + w.name(name))
	w.last = 'f'
	if err := w.argument(sub); err != nil {
		return err
	}
	if power != "" {
		w.write(")^(")
		if err := w.part(power); err != nil {
			return err
		}
		w.write(")")
	}
	w.start, w.last = start, 'v'
	return nil
}

// scripts reads the subscript and the exponent at pos, in either order.
func (w *writer) scripts() (sub, power string, err error) {
	for {
		w.space()
		rest := w.in[w.pos:]
		switch {
		case strings.HasPrefix(rest, "_⟨"):
			end := strings.Index(rest, "⟩")
			if end < 0 {
				return "", "", errNotExpression
			}
			sub = unscripted.Replace(rest[len("_⟨"):end])
			w.pos += end + len("⟩")
		case strings.HasPrefix(rest, "^("):
			end := closing(rest, 1)
			if end == len(rest) {
				return "", "", errNotExpression
			}
			power = rest[2:end]
			w.pos += end + 1
		case strings.HasPrefix(rest, "^∞"):
			power = "∞"
			w.pos += len("^∞")
		case len(rest) > 1 && rest[0] == '^' && rest[1] != '-':
			power = rest[1:2]
			w.pos += 2
		default:
			return sub, power, nil
		}
	}
}

// part writes a formula of its own, such as an exponent that was read ahead.
func (w *writer) part(s string) error {
	inner := writer{in: s, names: w.names, depth: w.depth}
	if err := inner.formula(0); err != nil {
		return err
	}
	w.names = inner.names
	w.out = append(w.out, inner.out...)
	return nil
}

// parts writes formulas that stand between commas.
func (w *writer) parts(s string) error {
	for i, piece := range splitTop(s, ",") {
		if i > 0 {
			w.write(",")
		}
		if err := w.part(piece); err != nil {
			return err
		}
	}
	return nil
}

// argument writes a function's arguments: the bracket that follows, or the product up to the next sign or function.
func (w *writer) argument(sub string) error {
	w.space()
	var text string
	if w.pos < len(w.in) && (w.in[w.pos] == '(' || w.in[w.pos] == '{') {
		end := closing(w.in, w.pos)
		if end == len(w.in) {
			return errNotExpression
		}
		text = stripped(w.in[w.pos+1 : end])
		w.pos = end + 1
	} else {
		end := w.implicitEnd()
		text = w.in[w.pos:end]
		w.pos = end
	}
	w.write("(")
	if sub != "" {
		if err := w.part(sub); err != nil {
			return err
		}
		w.write(",")
	}
	if err := w.parts(text); err != nil {
		return err
	}
	w.write(")")
	return nil
}

// implicitEnd is where an argument without brackets ends: before a sign, a slash or another function.
func (w *writer) implicitEnd() int {
	if bar := w.in[w.pos:]; strings.HasPrefix(bar, "|") { // ln |x|
		if n := strings.IndexByte(bar[1:], '|'); n >= 0 {
			return w.pos + n + 2
		}
	}
	depth, i := 0, w.pos
	for i < len(w.in) {
		c := w.in[i]
		if depth == 0 && i > w.pos && strings.IndexByte("+-*/,=|", c) >= 0 && w.in[i-1] != '^' || depth == 0 && c == ')' {
			break
		}
		if isLetter(c) && depth == 0 {
			end := i
			for end < len(w.in) && isLetter(w.in[end]) {
				end++
			}
			if functions[w.in[i:end]] && i > w.pos {
				break
			}
			if functions[w.in[i:end]] { // sin cos x is sin(cos x)
				inner := writer{in: w.in, pos: end}
				if _, _, err := inner.scripts(); err != nil {
					return len(w.in)
				}
				inner.space()
				if inner.pos < len(w.in) && w.in[inner.pos] == '(' {
					return min(len(w.in), closing(w.in, inner.pos)+1)
				}
				return inner.implicitEnd()
			}
			i = end
			continue
		}
		if depth += nesting(c); depth < 0 {
			break
		}
		i++
	}
	return i
}

// bigOperator writes sum(k, from, to, body). What an operator lacks is left out.
func (w *writer) bigOperator(name, sub, power string, start int) error {
	w.write("v" + w.name(name+"_") + "(")
	lower, index := sub, ""
	if left, right, ok := cutAny(sub, "=", "→", "≤", "∈"); ok {
		index, lower = left, strings.TrimSuffix(right, "^+") // a limit is from the right unless it says otherwise
		if strings.HasPrefix(lower, "∞") {
			lower = "∞" // from below, as there is no other way
		}
	}
	wrote := 0
	for _, piece := range []string{index, lower, power} {
		if piece = strings.TrimSpace(piece); piece == "" {
			continue
		}
		if wrote++; wrote > 1 {
			w.write(",")
		}
		if err := w.part(piece); err != nil {
			return err
		}
	}
	w.space()
	end := w.pos
	if name == "int" {
		end += differential(w.in[w.pos:])
	}
	integrand := w.in[w.pos:end]
	for depth := 0; end < len(w.in); end++ {
		if c := w.in[end]; depth == 0 && end > w.pos && (c == '+' || c == '-') && w.in[end-1] != '^' {
			break
		} else if depth += nesting(c); depth < 0 {
			break
		}
	}
	body := w.in[w.pos:end]
	if integrand != "" { // all of a sum is integrated
		body = "(" + integrand + ")" + body[len(integrand):]
	}
	w.pos = end
	if text := strings.TrimSpace(body); strings.HasPrefix(text, "{") && closing(text, 0) == len(text)-1 {
		body = text[1 : len(text)-1]
	}
	for _, piece := range splitTop(body, ",") {
		if wrote++; wrote > 1 {
			w.write(",")
		}
		if inner := stripped(strings.TrimSpace(piece)); len(splitTop(inner, ",")) > 1 {
			piece = inner
		}
		if err := w.parts(piece); err != nil {
			return err
		}
	}
	w.write(")")
	w.start, w.last = start, 'v'
	return nil
}

// differential is the position of the first dx in an integral outside brackets, or 0.
func differential(s string) int {
	depth := 0
	for i := range len(s) {
		depth += nesting(s[i])
		if depth < 0 {
			return 0
		}
		if s[i] != 'd' || depth > 0 || i > 0 && isLetter(s[i-1]) {
			continue
		}
		name := strings.TrimLeft(s[i+1:], " ")
		n := 0
		for n < len(name) && isLetter(name[n]) {
			n++
		}
		if n == 1 || constants[name[:n]] {
			return i
		}
	}
	return 0
}

// cutAny cuts s around the first of the separators that it has.
func cutAny(s string, separators ...string) (left, right string, ok bool) {
	for _, sep := range separators {
		if left, right, ok = strings.Cut(s, sep); ok {
			return left, right, true
		}
	}
	return s, "", false
}
