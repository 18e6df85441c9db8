package answer

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// writer writes a formula for the parser, with every product and every call made explicit: 2x sin y is v0*v1*v2(v3).
type writer struct {
	in     string
	pos    int
	out    []byte
	names  []string
	last   byte // kind of the newest token: n number, v operand, f function's name, or the operator itself; 0 at first
	start  int  // where in out the newest operand begins
	depth  int
	spaced bool // before the token that is read now
}

// formula writes up to the closing bracket, which it leaves; with 0, up to the end.
func (w *writer) formula(closer byte) error {
	if w.depth++; w.depth > maxBrackets {
		return fmt.Errorf("%w: more than %d nested brackets", errNotExpression, maxBrackets)
	}
	defer func() { w.depth-- }()
	w.last = '('
	for {
		w.space()
		if w.pos >= len(w.in) {
			if closer != 0 {
				return fmt.Errorf("%w: no closing %q", errNotExpression, closer)
			}
			break
		}
		if c := w.in[w.pos]; c == closer && (closer != '|' || w.operandEnds()) {
			break
		}
		if err := w.token(); err != nil {
			return err
		}
	}
	if !w.operandEnds() {
		return fmt.Errorf("%w: something is missing after %q", errNotExpression, w.last)
	}
	return nil
}

func (w *writer) space() {
	w.spaced = false
	for w.pos < len(w.in) && w.in[w.pos] == ' ' {
		w.pos++
		w.spaced = true
	}
}

// operandEnds reports whether the newest token can be the end of an operand.
func (w *writer) operandEnds() bool { return w.last == 'n' || w.last == 'v' }

// token writes the token at pos.
func (w *writer) token() error {
	switch c := w.in[w.pos]; {
	case isDigit(c) || c == '.':
		return w.number()
	case isLetter(c):
		return w.word()
	case c == '+' || c == '-' || c == '*' || c == '/' || c == '^':
		return w.operator(c)
	case c == '!':
		return w.factorial()
	case c == '(' || c == '[':
		return w.brackets(map[byte]byte{'(': ')', '[': ']'}[c])
	case c == '|':
		w.product()
		w.write("v" + w.name("abs"))
		w.last = 'f'
		return w.brackets('|')
	}
	switch r, size := utf8.DecodeRuneInString(w.in[w.pos:]); r {
	case '∞':
		w.pos += size
		w.operand('v', "∞")
		return nil
	case '°':
		if !w.operandEnds() {
			break
		}
		w.pos += size
		w.write("*v" + w.name("°"))
		return nil
	}
	return fmt.Errorf("%w: unexpected %.8q", errNotExpression, w.in[w.pos:])
}

func (w *writer) operator(c byte) error {
	if !w.operandEnds() && c != '-' && c != '+' {
		return fmt.Errorf("%w: operator %q without an operand", errNotExpression, c)
	}
	w.pos++
	w.last = c
	w.write(string(c))
	return nil
}

func (w *writer) write(s string) { w.out = append(w.out, s...) }

// name enters a number, variable or function into names and returns its number.
func (w *writer) name(text string) string {
	w.names = append(w.names, text)
	return strconv.Itoa(len(w.names) - 1)
}

// product writes a sign of multiplication where two operands meet.
func (w *writer) product() {
	if w.operandEnds() {
		w.write("*")
	}
	w.start = len(w.out)
}

func (w *writer) operand(kind byte, text string) {
	w.product()
	w.write("v" + w.name(text))
	w.last = kind
}

func (w *writer) number() error {
	if w.last == 'n' || w.last == 'v' && !w.spaced && w.pos > 0 && isLetter(w.in[w.pos-1]) && !oneLetter(w.in, w.pos-1) {
		return fmt.Errorf("%w: number after %.8q", errNotExpression, w.in[:w.pos]) // "1 2", and a060, in other bases
	}
	n := numeralLen(w.in[w.pos:])
	if n == 0 {
		return fmt.Errorf("%w: unexpected %.8q", errNotExpression, w.in[w.pos:])
	}
	text := w.in[w.pos : w.pos+n]
	w.pos += n
	if strings.HasPrefix(w.in[w.pos:], "_") {
		return fmt.Errorf("%w: %s in another base", errNotExpression, text)
	}
	w.operand('n', text)
	return nil
}

// oneLetter reports whether the letter at i stands alone.
func oneLetter(s string, i int) bool { return i == 0 || !isLetter(s[i-1]) && !isDigit(s[i-1]) }

// word writes a run of letters: a function, a named constant, or a product of variables.
func (w *writer) word() error {
	end := w.pos
	for end < len(w.in) && isLetter(w.in[end]) {
		end++
	}
	text := w.in[w.pos:end]
	switch {
	case functions[text] && w.isCall(text, end):
		w.pos = end
		return w.call(text)
	case text == "mod" && w.operandEnds():
		w.pos = end
		w.last = '%'
		w.write("%")
		return nil
	case accents[text] != "" && strings.HasPrefix(w.in[end:], "_⟨"), constants[text], isGreekLike(text):
	case len(text) > 6, len(text) > 2 && w.alone(end) && len(leadingName(text)) != len(text)-1:
		return fmt.Errorf("%w: word %q", errNotExpression, text)
	default:
		if prefix := leadingName(text); prefix != "" {
			text = prefix
		} else {
			text = text[:1]
		}
		end = w.pos + len(text)
		if functions[text] && w.isCall(text, end) {
			w.pos = end
			return w.call(text)
		}
	}
	w.pos = end
	return w.variable(text)
}

// alone reports whether the run of letters from pos to end stands between spaces, as words do.
func (w *writer) alone(end int) bool {
	return (w.pos == 0 || w.in[w.pos-1] == ' ') && (end == len(w.in) || w.in[end] == ' ')
}

// isGreekLike reports whether a command's name that LaTeX may have stands for itself.
func isGreekLike(text string) bool { return text == "angle" || text == "triangle" }

// leadingName is the constant or function that a run of letters begins with, as in pir and sinx.
func leadingName(text string) string {
	for _, name := range []string{"pi", "sqrt", "sin", "cos", "tan", "ln", "log"} {
		if len(text) > len(name) && strings.HasPrefix(text, name) {
			return name
		}
	}
	return ""
}

// isCall reports whether a function's name is used as one: some are letters or words as well.
func (w *writer) isCall(name string, end int) bool {
	rest := strings.TrimLeft(w.in[end:], " ")
	switch name {
	case "E", "gamma", "Gamma":
		return name == "Gamma" && strings.HasPrefix(rest, "(")
	case "C": // C(n, k), and not C(x+1)
		return strings.HasPrefix(rest, "(") && topLevel(rest[1:closing(rest, 0)], ",")
	case "int", "sum", "prod", "lim":
		return rest != ""
	}
	return rest != "" && rest[0] != ')' && rest[0] != ',' && rest[0] != '+' && rest[0] != '='
}

// variable writes a name with its subscript and its primes. f(x) with a letter that is used for functions is a call.
func (w *writer) variable(text string) error {
	for w.pos < len(w.in) {
		switch rest := w.in[w.pos:]; {
		case strings.HasPrefix(rest, "_⟨"):
			end := strings.Index(rest, "⟩")
			if end < 0 {
				return errNotExpression
			}
			text += "_" + rest[len("_⟨"):end]
			w.pos += end + len("⟩")
			continue
		case rest[0] == '_' && len(rest) > 1 && (isLetter(rest[1]) || isDigit(rest[1])):
			text += rest[:2]
			w.pos += 2
			continue
		case rest[0] == '0' && len(text) == 1 && !isNumberName(text): // x0 is no product
			n := digitRun(rest)
			text += "_" + rest[:n]
			w.pos += n
			continue
		case rest[0] == '\'':
			text += "'"
			w.pos++
			continue
		}
		break
	}
	if strings.IndexByte("fghFGH", text[0]) >= 0 && (len(text) == 1 || text[1] == '_' || text[1] == '\'') &&
		strings.HasPrefix(w.in[w.pos:], "(") {
		w.product()
		w.write("v" + w.name(text))
		w.last = 'f'
		return w.brackets(')')
	}
	w.operand('v', text)
	return nil
}

// brackets writes a bracket that is an operand of its own or the arguments of the function before it.
func (w *writer) brackets(closer byte) error {
	w.space()
	open, isCall := w.start, w.last == 'f'
	if rest := w.in[w.pos:]; isCall && closer == ')' { // f((x, y)), from f{\left(x, y\right)}
		if end := closing(rest, 0); end < len(rest) && len(splitTop(rest[1:end], ",")) == 1 {
			if inner := strings.TrimSpace(rest[1:end]); stripped(inner) != inner {
				w.write("(")
				if err := w.parts(stripped(inner)); err != nil {
					return err
				}
				w.write(")")
				w.pos += end + 1
				w.start, w.last = open, 'v'
				return nil
			}
		}
	}
	if !isCall {
		w.product()
		open = w.start
	}
	w.pos++
	w.write("(")
	for {
		if err := w.arguments(closer); err != nil {
			return err
		}
		c := w.in[w.pos]
		w.pos++
		if c == closer {
			break
		}
		if !isCall {
			return fmt.Errorf("%w: a list in brackets", errNotExpression)
		}
		w.write(",")
	}
	w.write(")")
	w.start, w.last = open, 'v'
	return nil
}

// arguments writes up to a comma or the closing bracket.
func (w *writer) arguments(closer byte) error {
	rest := w.in[w.pos:]
	depth := 0
	for i := range len(rest) {
		if depth == 0 && rest[i] == ',' && closer == ')' {
			part := writer{in: rest[:i], names: w.names, depth: w.depth}
			if err := part.formula(0); err != nil {
				return err
			}
			w.names = part.names
			w.out = append(w.out, part.out...)
			w.pos += i
			return nil
		}
		if depth += nesting(rest[i]); depth < 0 {
			break
		}
	}
	return w.formula(closer)
}

// factorial wraps the operand before the sign.
func (w *writer) factorial() error {
	if !w.operandEnds() {
		return fmt.Errorf("%w: ! without an operand", errNotExpression)
	}
	w.pos++
	operand := string(w.out[w.start:])
	w.out = w.out[:w.start]
	w.write("v" + w.name("factorial") + "(" + operand + ")")
	w.last = 'v'
	return nil
}
