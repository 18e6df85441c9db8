package answer

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// latex is one pass over a text: in[pos:] is still to be read.
type latex struct {
	in     string
	pos    int
	depth  int
	matrix bool // \\ separates rows
	out    []byte
}

func (l *latex) write(s string) { l.out = append(l.out, s...) }

// group rewrites all of the input.
func (l *latex) group() {
	for l.pos < len(l.in) {
		switch c := l.in[l.pos]; c {
		case '\\':
			l.command()
		case '{':
			l.braces()
		case '^':
			l.pos++
			l.power()
		case '_':
			l.pos++
			l.subscript()
		case '~':
			l.pos++
			l.write(" ")
		case '}':
			l.pos++ // of a group that began before the answer
		case '"':
			l.pos++
		default:
			l.pos++
			l.out = append(l.out, c)
		}
	}
}

// braces rewrites a bare {...}: a set when a comma stands in it, otherwise a group.
func (l *latex) braces() {
	raw := l.rawArgument()
	if raw == "," { // 1{,}234 groups digits, and 3{,}14 has a decimal comma
		if !l.threeDigits() {
			l.write(".")
		}
		return
	}
	if left, right, ok := strings.Cut(raw, `\over `); ok {
		l.write("((" + l.nested(left) + ")/(" + l.nested(right) + "))")
		return
	}
	if left, right, ok := strings.Cut(raw, `\choose`); ok {
		l.write(" binom(" + l.nested(left) + "," + l.nested(right) + ")")
		return
	}
	inner := l.nested(raw)
	switch trimmed := strings.TrimSpace(inner); {
	case trimmed == "":
		l.write(inner)
		if raw == "" && strings.TrimSpace(l.in) == "{}" {
			l.write("∅")
		}
	case topLevel(trimmed, ",;") || strings.Contains(trimmed, " | ") || hasCondition(trimmed):
		l.write("{" + inner + "}")
	case strings.HasPrefix(trimmed, "⟦") || strings.IndexByte("+-*/=", trimmed[0]) >= 0 && len(trimmed) == 1:
		l.write(inner)
	case l.setBefore():
		l.write("{" + inner + "}")
	case len(trimmed) == 1 && strings.HasPrefix(l.in[l.pos:], "_"):
		l.write(trimmed)
	default:
		l.write("(" + inner + ")")
	}
}

// hasCondition reports whether the inside of braces begins as x | or x: do.
func hasCondition(s string) bool {
	rest := strings.TrimLeft(s[1:], " ")
	return isLetter(s[0]) && rest != "" && (rest[0] == '|' || rest[0] == ':')
}

// setBefore reports whether the operator before the braces joins sets.
func (l *latex) setBefore() bool {
	before := strings.TrimRight(string(l.out[max(0, len(l.out)-8):]), " ")
	r, _ := utf8.DecodeLastRuneInString(before)
	return r == '∪' || r == '∩' || r == '∖' || r == '∈'
}

// command rewrites the command at pos, with its arguments.
func (l *latex) command() {
	name := l.name()
	switch upright, wraps := wrappers[name]; {
	case name == "\\" && !l.matrix && l.pos < len(l.in) && isLetter(l.in[l.pos]):
		l.pos-- // \\frac: a command that was escaped twice
	case name == "frac" || name == "dfrac" || name == "tfrac" || name == "cfrac":
		l.fraction()
	case name == "binom" || name == "dbinom" || name == "tbinom":
		l.write(" binom(" + l.argument() + "," + l.argument() + ")")
	case name == "sqrt":
		l.root()
	case name == "!": // a negative space: what stands on its sides belongs together
		l.out = bytes.TrimRight(l.out, " ")
		l.skipSpaces()
		if l.threeDigits() {
			l.out = bytes.TrimSuffix(l.out, []byte(","))
		}
	case name == "," && len(l.out) > 0 && isDigit(l.out[len(l.out)-1]) && l.threeDigits():
	case name == "pmod":
		l.write(" mod " + l.argument() + " ")
	case name == "mathbb":
		l.write(numberSet(l.argument()))
	case name == "begin" || name == "end":
		l.environment(name == "begin")
	case name == "middle":
		l.write(" ")
	case name == "left" || name == "right" || name == "bigl" || name == "bigr":
		l.delimiter(name == "left" || name == "bigl")
	case accents[name] != "":
		l.accent(accents[name])
	case unseen[name]:
		l.rawArgument()
	case wraps:
		l.style(upright)
	case ignored[name]:
	default:
		text, known := commands[name]
		if !known {
			text = " " + name + " "
		}
		l.write(text)
	}
}

// delimiter rewrites what follows \left and \right. A bar is half of an absolute value.
func (l *latex) delimiter(opens bool) {
	l.skipSpaces()
	if l.pos >= len(l.in) {
		return
	}
	bar := strings.HasPrefix(l.in[l.pos:], "|")
	if rest, ok := strings.CutPrefix(l.in[l.pos:], `\vert`); ok && (rest == "" || !isLetter(rest[0])) {
		bar = true
		l.pos += len(`\vert`) - 1
	}
	switch {
	case bar && opens:
		l.pos++
		l.write(" abs(")
	case bar:
		l.pos++
		l.write(")")
	case l.in[l.pos] == '.':
		l.pos++
	}
}

// accent writes \bar{x} as a name.
func (l *latex) accent(name string) {
	inner := strings.ReplaceAll(l.argument(), " ", "")
	if (name == "bar" || name == "dot") && digits(inner) && l.endsInFraction() {
		l.write("(" + inner + ")") // a repeating decimal: 0.(3)
		return
	}
	l.write(" " + name + "_⟨" + strings.Trim(inner, "“”") + "⟩ ")
}

// endsInFraction reports whether the output ends with a decimal point and digits.
func (l *latex) endsInFraction() bool {
	i := len(l.out)
	for i > 0 && isDigit(l.out[i-1]) {
		i--
	}
	return i > 0 && l.out[i-1] == '.'
}

// style writes what a style applies to. Upright words are quoted, so that they are not taken for products of variables.
func (l *latex) style(upright bool) {
	inner := l.argument()
	word := strings.TrimSpace(inner)
	letters := 0
	for i := range len(word) {
		if isLetter(word[i]) {
			letters++
		} else if strings.IndexByte(` .,'-:;"`, word[i]) < 0 || strings.Contains(word, "“") {
			l.write(inner) // mathematics, or words among it
			return
		}
	}
	switch {
	case !upright || letters == 0 || len(word) == 1 || functions[word] || connectives[word]:
		l.write(inner)
	default:
		l.write(" “" + strings.Trim(word, ` .,:;"`) + "” ")
	}
}

// fraction rewrites \frac's two arguments. A fraction of digits after digits is the rest of a mixed number.
func (l *latex) fraction() {
	num, den := strings.TrimSpace(l.argument()), strings.TrimSpace(l.argument())
	if start, whole := l.wholeBefore(); whole != "" && digits(num) && digits(den) {
		l.out = l.out[:start]
		l.write("(" + whole + "+" + num + "/" + den + ")")
		return
	}
	l.write("((" + num + ")/(" + den + "))")
}

// wholeBefore is the run of digits that the output ends with, if nothing makes it a part of something else.
func (l *latex) wholeBefore() (start int, whole string) {
	end := len(l.out)
	for end > 0 && l.out[end-1] == ' ' {
		end--
	}
	start = end
	for start > 0 && isDigit(l.out[start-1]) {
		start--
	}
	if start == end || start > 0 && (strings.IndexByte("._^,)!", l.out[start-1]) >= 0 || isLetter(l.out[start-1])) {
		return 0, ""
	}
	return start, string(l.out[start:end])
}

// root rewrites \sqrt{x} and \sqrt[n]{x}.
func (l *latex) root() {
	l.skipSpaces()
	if strings.HasPrefix(l.in[l.pos:], "[") {
		if end := strings.IndexByte(l.in[l.pos:], ']'); end > 0 {
			degree := l.nested(l.in[l.pos+1 : l.pos+end])
			l.pos += end + 1
			l.write(" ((" + l.operand() + ")^(1/(" + degree + ")))")
			return
		}
	}
	l.write(" sqrt(" + l.operand() + ")")
}

// operand is what a root sign stands before: an argument, or a bracket, or all digits of a number.
func (l *latex) operand() string {
	l.skipSpaces()
	start := l.pos
	if l.pos < len(l.in) && l.in[l.pos] == '(' {
		if end := l.bracketEnd(); end > 0 {
			l.pos = end + 1
			return l.nested(l.in[start+1 : end])
		}
	}
	if strings.HasSuffix(strings.TrimRight(l.in[:start], " "), `\sqrt`) && strings.HasSuffix(l.in[:start], `\sqrt `) {
		for l.pos < len(l.in) && isDigit(l.in[l.pos]) { // √12, written with the sign
			l.pos++
		}
		if l.pos > start {
			return l.in[start:l.pos]
		}
	}
	return l.argument()
}

// bracketEnd is the position of the bracket that closes the one at pos, or 0 when none does within a formula's length.
func (l *latex) bracketEnd() int {
	rest := l.in[l.pos:min(len(l.in), l.pos+maxExpression)]
	if end := closing(rest, 0); end < len(rest) {
		return l.pos + end
	}
	return 0
}

// power rewrites the exponent that pos is at. Primes become part of the name.
func (l *latex) power() {
	exponent := strings.TrimSpace(l.signedArgument())
	l.out = bytes.TrimRight(l.out, " ")
	switch {
	case exponent == "":
		return
	case strings.Trim(exponent, "'") == "":
		l.write(exponent)
	case exponent == "circ":
		l.write("°")
	case len(exponent) == 1:
		l.write("^" + exponent)
	default:
		l.write("^(" + exponent + ")")
	}
}

// signedArgument is an argument, with the sign and all digits of a number that plain text writes without braces: 10^-3.
func (l *latex) signedArgument() string {
	l.skipSpaces()
	start := l.pos
	if l.pos < len(l.in) && (l.in[l.pos] == '-' || l.in[l.pos] == '+') {
		l.pos++
	}
	from := l.pos
	for l.pos < len(l.in) && isDigit(l.in[l.pos]) {
		l.pos++
	}
	if l.pos > from+1 || l.pos > from && from > start {
		return l.in[start:l.pos]
	}
	l.pos = from
	sign := l.in[start:from]
	if l.pos < len(l.in) && l.in[l.pos] == '(' {
		if end := l.bracketEnd(); end > 0 {
			inner := l.nested(l.in[l.pos+1 : end])
			l.pos = end + 1
			return sign + "(" + inner + ")"
		}
	}
	return sign + l.argument()
}

// subscript rewrites the subscript that pos is at as part of the name before it.
func (l *latex) subscript() {
	l.skipSpaces()
	start := l.pos
	for l.pos < len(l.in) && (isDigit(l.in[l.pos])) {
		l.pos++
	}
	sub := l.in[start:l.pos]
	if sub == "" {
		sub = l.argument()
	}
	sub = subscripted.Replace(sub)
	for len(sub) > 1 && sub[0] == '(' && closing(sub, 0) == len(sub)-1 {
		sub = sub[1 : len(sub)-1]
	}
	l.out = bytes.TrimRight(l.out, " ")
	l.write("_⟨" + sub + "⟩")
}

// subscripted makes a subscript a part of a name: its signs are no operators.
var (
	subscripted = strings.NewReplacer(" ", "", "“", "", "”", "", "⟨", "", "⟩", "", "_", "",
		"-", "−", "+", "＋", "*", "×", "/", "∕")
	unscripted = strings.NewReplacer("−", "-", "＋", "+", "×", "*", "∕", "/")
)

// rawArgument reads what a command applies to: the content of a group, a command or one character. A group that is
// never closed ends with the text.
func (l *latex) rawArgument() string {
	l.skipSpaces()
	if l.pos >= len(l.in) {
		return ""
	}
	start := l.pos
	switch l.in[l.pos] {
	case '{':
		end := closing(l.in, l.pos)
		l.pos = min(end+1, len(l.in))
		return l.in[start+1 : end]
	case '\\':
		name := l.name()
		if _, wraps := wrappers[name]; wraps || strings.HasSuffix(name, "frac") || name == "sqrt" {
			l.rawArgument()
			if strings.HasSuffix(name, "frac") {
				l.rawArgument()
			}
		}
		return l.in[start:l.pos]
	}
	_, size := utf8.DecodeRuneInString(l.in[l.pos:])
	l.pos += size
	return l.in[start:l.pos]
}

func (l *latex) argument() string { return l.nested(l.rawArgument()) }

// nested rewrites a part of the text; beyond maxDepth the part stays as it is.
func (l *latex) nested(s string) string {
	if l.depth == 0 {
		return s
	}
	inner := latex{in: s, depth: l.depth - 1}
	inner.group()
	return string(inner.out)
}

// name reads the command's name at pos: letters, or one other character.
func (l *latex) name() string {
	l.pos++ // the backslash
	start := l.pos
	for l.pos < len(l.in) && isLetter(l.in[l.pos]) {
		l.pos++
	}
	if l.pos == start && l.pos < len(l.in) {
		_, size := utf8.DecodeRuneInString(l.in[l.pos:])
		l.pos += size
	}
	return l.in[start:l.pos]
}

// threeDigits reports whether a group of three digits follows, as behind a thousands separator.
func (l *latex) threeDigits() bool {
	rest := l.in[l.pos:]
	return len(rest) >= 3 && digits(rest[:3]) && (len(rest) == 3 || !isDigit(rest[3]))
}

func (l *latex) skipSpaces() {
	for l.pos < len(l.in) && (l.in[l.pos] == ' ' || l.in[l.pos] == '\n' || l.in[l.pos] == '\t' || l.in[l.pos] == '~') {
		l.pos++
	}
}
