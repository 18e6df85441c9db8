package answer

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxDepth bounds nested groups, fractions and lists.
const maxDepth = 16

// plain rewrites LaTeX, Markdown and Unicode mathematics as plain infix text: \frac{a}{b} becomes ((a)/(b)), \sqrt x
// sqrt(x), ** becomes ^. Text that is plain already stays as it is, but for spacing.
func plain(s string) string {
	s = strings.TrimSpace(s)
	if inner, ok := strings.CutPrefix(s, "**"); ok {
		s = strings.TrimSuffix(inner, "**") // Markdown's bold, not a power
	}
	l := latex{in: signs.Replace(s), depth: maxDepth}
	l.group()
	s = strings.Join(strings.Fields(l.out.String()), " ")
	s = strings.TrimLeft(s, " ,;:?`\"'")
	return strings.TrimRight(s, " .,;:?`\"'")
}

// signs are replaced before LaTeX is read.
var signs = strings.NewReplacer(
	"**", "^", "{,}", ",", `^\circ`, " degrees ", `^{\circ}`, " degrees ", "°", " degrees ",
	"−", "-", "–", "-", "×", "*", "·", "*", "⋅", "*", "÷", "/", "π", " pi ", "∞", " infinity ",
	"≤", "<=", "≥", ">=", "≠", "!=", "²", "^2", "³", "^3", "½", " 1/2 ", "¼", " 1/4 ", "¾", " 3/4 ",
	`\$`, "", "$", "", "£", "", "€", "", "\u00a0", " ",
)

// commands maps LaTeX commands to plain text. A command in neither this table nor group's cases stands for its name.
var commands = map[string]string{
	"cdot": "*", "times": "*", "ast": "*", "div": "/", "pm": "+-",
	"le": "<=", "leq": "<=", "leqslant": "<=", "lt": "<", "ge": ">=", "geq": ">=", "geqslant": ">=", "gt": ">",
	"ne": "!=", "neq": "!=", "infty": " infinity ", "varnothing": " emptyset ",
	"lbrace": "{", "rbrace": "}", "lbrack": "[", "rbrack": "]", "lparen": "(", "rparen": ")",
	"left": "", "right": "", "big": "", "Big": "", "bigl": "", "bigr": "", "displaystyle": "", "textstyle": "",
	"text": "", "textbf": "", "textit": "", "textrm": "", "mathrm": "", "mathbf": "", "mathit": "", "mathsf": "",
	"mbox": "", "operatorname": "", "boxed": "", "fbox": "",
	"quad": " ", "qquad": " ",
	"%": "%", "{": "{", "}": "}", "(": "", ")": "", "[": "", "]": "", "#": "#", "&": "&", "_": "_",
	" ": " ", ",": " ", ";": " ", ":": " ", "\\": " ", "\n": " ",
}

// wrappers are the commands whose braces mark the extent of a style, not a group of mathematics.
var wrappers = map[string]bool{
	"text": true, "textbf": true, "textit": true, "textrm": true, "mathrm": true, "mathbf": true, "mathit": true,
	"mathsf": true, "mbox": true, "operatorname": true, "boxed": true, "fbox": true,
}

// latex is one pass over a text: in[pos:] is still to be read.
type latex struct {
	in    string
	pos   int
	depth int
	out   strings.Builder
}

// group rewrites all of the input.
func (l *latex) group() {
	for l.pos < len(l.in) {
		switch c := l.in[l.pos]; c {
		case '\\':
			l.command()
		case '{':
			l.braces()
		case '~':
			l.pos++
			l.out.WriteByte(' ')
		default:
			l.pos++
			l.out.WriteByte(c)
		}
	}
}

// braces rewrites a bare {...}: a set when a comma stands in it, otherwise a group.
func (l *latex) braces() {
	inner := l.argument()
	if strings.ContainsAny(inner, ",;") || inner == "" {
		l.out.WriteString("{" + inner + "}")
		return
	}
	l.out.WriteString("(" + inner + ")")
}

// command rewrites the command at pos, with its arguments.
func (l *latex) command() {
	name := l.name()
	switch {
	case name == "frac" || name == "dfrac" || name == "tfrac" || name == "cfrac":
		l.fraction()
	case name == "sqrt":
		l.root()
	case name == "!": // a negative space: what stands on its sides belongs together
		l.skipSpaces()
	case wrappers[name]:
		l.out.WriteString(l.argument())
	default:
		text, known := commands[name]
		if !known {
			text = " " + name + " "
		}
		l.out.WriteString(text)
	}
}

// fraction rewrites \frac's two arguments. A fraction of digits after a digit is the rest of a mixed number.
func (l *latex) fraction() {
	before := strings.TrimRight(l.out.String(), " ")
	num, den := l.argument(), l.argument()
	if digits(num) && digits(den) && before != "" && isDigit(before[len(before)-1]) {
		l.out.WriteString(" " + num + "/" + den)
		return
	}
	l.out.WriteString("((" + num + ")/(" + den + "))")
}

// root rewrites \sqrt{x} and \sqrt[n]{x}.
func (l *latex) root() {
	l.skipSpaces()
	if strings.HasPrefix(l.in[l.pos:], "[") {
		if end := strings.IndexByte(l.in[l.pos:], ']'); end > 0 {
			degree := l.in[l.pos+1 : l.pos+end]
			l.pos += end + 1
			l.out.WriteString("((" + l.argument() + ")^(1/(" + degree + ")))")
			return
		}
	}
	l.out.WriteString("sqrt(" + l.argument() + ")")
}

// argument reads what a command applies to and returns it rewritten: a braced group, a command or one character. A group
// that is never closed ends with the text.
func (l *latex) argument() string {
	l.skipSpaces()
	if l.pos >= len(l.in) {
		return ""
	}
	start := l.pos
	switch l.in[l.pos] {
	case '{':
		end := closing(l.in, l.pos)
		l.pos = min(end+1, len(l.in))
		return l.nested(l.in[start+1 : end])
	case '\\':
		l.name()
		return l.nested(l.in[start:l.pos])
	}
	_, size := utf8.DecodeRuneInString(l.in[l.pos:])
	l.pos += size
	return l.in[start:l.pos]
}

// nested rewrites a part of the text; beyond maxDepth the part stays as it is.
func (l *latex) nested(s string) string {
	if l.depth == 0 {
		return s
	}
	inner := latex{in: s, depth: l.depth - 1}
	inner.group()
	return inner.out.String()
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

func (l *latex) skipSpaces() {
	for l.pos < len(l.in) && unicode.IsSpace(rune(l.in[l.pos])) {
		l.pos++
	}
}

// closing is the position of the brace that closes the one at open, or the length of s when none does. Escaped braces
// do not count.
func closing(s string, open int) int {
	depth := 0
	for i := open; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return len(s)
}

func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

func digits(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return s != ""
}
