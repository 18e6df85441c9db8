package answer

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/parser"
)

// Limits of an expression. The parser recurses without a bound of its own, so its input is bounded before it.
const (
	maxExpression = 1024 // bytes of plain notation
	maxNodes      = 256
	maxBrackets   = 48 // nested
)

// errNotExpression is why a text is read as text: it is not arithmetic or algebra that this package understands.
var errNotExpression = errors.New("not an expression")

var limits = func() *conf.Config {
	c := conf.CreateNew()
	c.MaxNodes = maxNodes
	return c
}()

// An expression is a parsed formula.
//
// The parser is expr's; the evaluation is ours, and nothing is callable. The parser sees no word of the text either: every
// number, variable and function is handed to it as v0, v1, ... and looked up in names. So keywords and builtins of its
// language mean nothing, and a number may have any size.
type expression struct {
	root  ast.Node
	names []string
}

// parse reads a formula in plain notation.
func parse(s string) (*expression, error) {
	if len(s) > maxExpression {
		return nil, fmt.Errorf("%w: longer than %d bytes", errNotExpression, maxExpression)
	}
	w := writer{in: s}
	if err := w.formula(0); err != nil {
		return nil, err
	}
	tree, err := parser.ParseWithConfig(string(w.out), limits)
	if err != nil {
		return nil, fmt.Errorf("%w: %v", errNotExpression, err)
	}
	return &expression{tree.Node, w.names}, nil
}

// lookup is the number, variable or function that a node of the parser's tree stands for.
func (e *expression) lookup(n ast.Node) (string, error) {
	id, ok := n.(*ast.IdentifierNode)
	if !ok || len(id.Value) < 2 || id.Value[0] != 'v' {
		return "", errNotExpression
	}
	i, err := strconv.Atoi(id.Value[1:])
	if err != nil || i < 0 || i >= len(e.names) {
		return "", errNotExpression
	}
	return e.names[i], nil
}

// functions may be called. Those of one argument may stand before it without brackets.
var functions = setOf(`sqrt cbrt sin cos tan cot sec csc arcsin arccos arctan arccot arcsec arccsc asin acos atan
	acot sinh cosh tanh coth sech csch arcsinh arccosh arctanh asinh acosh atanh arsinh arcosh artanh asec acsc log ln lg exp abs Abs floor ceil ceiling sgn sign max min gcd lcm
	binom binomial C factorial gamma Gamma Re Im arg deg det tr sum prod int lim re im Var E`)

// operators of many terms: sum_⟨k=1⟩^n is followed by its body.
var bigOperators = setOf("sum prod int lim max min")

// constants are names of more than one letter.
var constants = setOf(`pi alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi rho sigma tau upsilon phi
	chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega hbar ell nabla partial aleph mho infinity
	inf oo`)

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

var inverses = map[string]string{
	"sin": "arcsin", "cos": "arccos", "tan": "arctan", "cot": "arccot", "sec": "arcsec", "csc": "arccsc",
	"sinh": "arcsinh", "cosh": "arccosh", "tanh": "arctanh",
}

// aliases are other names of functions.
var aliases = map[string]string{
	"asin": "arcsin", "acos": "arccos", "atan": "arctan", "acot": "arccot",
	"asec": "arcsec", "acsc": "arccsc", "ln": "log", "Abs": "abs", "ceiling": "ceil", "binomial": "binom", "C": "binom",
	"asinh": "arcsinh", "acosh": "arccosh", "atanh": "arctanh", "arsinh": "arcsinh", "arcosh": "arccosh", "artanh": "arctanh",
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

// stripped is s without the round brackets around all of it.
func stripped(s string) string {
	for strings.HasPrefix(s, "(") && closing(s, 0) == len(s)-1 {
		s = strings.TrimSpace(s[1 : len(s)-1])
	}
	return s
}

// splitTop cuts s at the separators that stand outside brackets.
func splitTop(s, separators string) []string {
	var parts []string
	depth, start := 0, 0
	for i, r := range s {
		switch r {
		case '(', '[', '{', '⟦', '⟨':
			depth++
		case ')', ']', '}', '⟧', '⟩':
			depth--
		default:
			if depth <= 0 && strings.ContainsRune(separators, r) {
				parts = append(parts, s[start:i])
				start = i + utf8.RuneLen(r)
			}
		}
	}
	return append(parts, s[start:])
}
