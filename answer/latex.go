package answer

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxDepth bounds nested groups, fractions, brackets and lists.
const maxDepth = 24

// plain rewrites LaTeX, Markdown and Unicode mathematics in plain notation, the one form that the rest of the package
// reads:
//
//   - operators + - * / ^ ± ∓ and !; relations = ≠ < > ≤ ≥ ≈ ∈; sets ∪ ∩ ∖; ∞ … ° %
//   - \frac{a}{b} is ((a)/(b)), 2\frac13 is (2+1/3), \sqrt[n]{x} is ((x)^(1/(n))), \binom{n}{k} is binom(n,k)
//   - a name is a run of letters: alpha, sin, x; its subscript follows in ⟨ ⟩: x_⟨12⟩
//   - upright text is quoted, “square cm”, unless it is a number, a letter or a function's name
//   - a matrix is ⟦1&2¦3&4⟧
//
// Text that is plain already stays as it is.
func plain(s string) string {
	s = strings.TrimSpace(s)
	if inner, ok := strings.CutPrefix(s, "**"); ok {
		s = strings.TrimSuffix(strings.TrimRight(inner, " .,"), "**") // Markdown's bold, not a power
	}
	if !isPlain(s) {
		s = signs.Replace(strings.Map(digit, undollared(s)))
		l := latex{in: s, depth: maxDepth}
		l.group()
		s = string(l.out)
	}
	s = strings.Join(strings.Fields(s), " ")
	s = strings.TrimLeft(s, " ,;:?`\"'=")
	return inward(strings.TrimRight(s, " .,;:?`\"'\\"))
}

// digit is the digit that a rune stands for in any script: the ten of a script begin at a multiple of sixteen, or six
// behind one. Other runes stay.
func digit(r rune) rune {
	switch {
	case r < utf8.RuneSelf || !unicode.Is(unicode.Nd, r) || r > '\uffff':
		return r
	case unicode.Is(unicode.Nd, r&^0xf):
		return '0' + r&0xf
	}
	return '0' + r&0xf - 6
}

// isPlain reports whether there is nothing to rewrite, as in most numbers.
func isPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; !isDigit(c) && c != '-' && c != '+' && c != '/' && c != '.' && c != ',' {
			return false
		}
	}
	return true
}

// inward writes ]0, 1[ as (0, 1). Such a bracket is one that opens where nothing was open, or closes behind a comma.
func inward(s string) string {
	if !strings.ContainsAny(s, "[]") {
		return s
	}
	out := []byte(s)
	depth, comma := 0, false
	for i, c := range out {
		switch {
		case c == ']' && depth == 0:
			out[i] = '('
		case c == '[' && depth == 1 && comma && endsPart(s[i+1:]):
			out[i] = ')'
		}
		comma = depth == 1 && (comma || c == ',' || c == ';')
		depth += nesting(out[i])
	}
	if depth != 0 {
		return s
	}
	return string(out)
}

// endsPart reports whether nothing that belongs to a bracket follows.
func endsPart(s string) bool {
	s = strings.TrimLeft(s, " ")
	r, _ := utf8.DecodeRuneInString(s)
	return s == "" || strings.ContainsRune(",;)∪∩∖", r)
}

// undollared takes off the dollars around mathematics. A dollar without a partner before a digit is money.
func undollared(s string) string {
	n := strings.Count(s, "$") - strings.Count(s, `\$`)
	if n == 1 {
		if i := strings.IndexByte(s, '$'); i+1 < len(s) && (isDigit(s[i+1]) || s[i+1] == ' ' || s[i+1] == '.') {
			return s
		}
	}
	if n == 0 {
		return s
	}
	var b strings.Builder
	for i := range len(s) {
		if s[i] != '$' {
			b.WriteByte(s[i])
		} else if i > 0 && s[i-1] == '\\' {
			b.WriteByte('$')
		} else {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// signs are replaced before LaTeX is read. The control characters are what is left of \frac, \beta and \vec where a
// program has read \f, \b and \v as escapes.
var signs = strings.NewReplacer(
	"\f", `\f`, "\b", `\b`, "\v", `\v`, "**", "^", `\degree`, "°", "+/-", "±", "−", "-", "–", "-", "—", "-", "×", "*", "·", "*", "⋅", "*", "∙", "*", "÷", "/", "∕", "/",
	"π", " pi ", "θ", " theta ", "α", " alpha ", "β", " beta ", "λ", " lambda ", "ω", " omega ", "φ", " phi ", "Ω", " Omega ",
	"<=", "≤", ">=", "≥", "!=", "≠", "==", "=", "⩽", "≤", "⩾", "≥", "≦", "≤", "≧", "≥", "＜", "<", "＞", ">", "＝", "=",
	"＋", "+", "－", "-", "，", ",", "、", ",", "；", ";", "：", ":", "（", "(", "）", ")", "。", ".", "％", "%",
	"²", "^2", "³", "^3", "⁴", "^4", "⁵", "^5", "⁶", "^6", "⁷", "^7", "⁸", "^8", "⁹", "^9", "⁻", "^-", "¹", "1", "⁰", "0",
	"½", " 1/2 ", "¼", " 1/4 ", "¾", " 3/4 ", "⅓", " 1/3 ", "⅔", " 2/3 ", "⅕", " 1/5 ", "⅙", " 1/6 ", "⅛", " 1/8 ",
	"．", ".", "／", "/", "،", ",", "٫", ".", "ℕ", "N", "ℤ", "Z", "ℚ", "Q", "ℂ", "C", " x 10^", "*10^", "x10^", "*10^",
	"₀", "_0", "₁", "_1", "₂", "_2", "₃", "_3", "₄", "_4", "₅", "_5", "₆", "_6", "₇", "_7", "₈", "_8", "₉", "_9",
	"...", "…", "⋯", "…", "⟹", "⇒", "⟶", "→", "∴", "⇒", "≡", `\equiv `, "或", " or ", "和", " and ", "√", `\sqrt `, "∛", `\sqrt[3] `,
	"\u00a0", " ", "\u2009", " ", "\u202f", " ", "\u200b", "", "“", `"`, "”", `"`, "‘", "'", "’", "'", "′", "'",
)

// commands maps LaTeX commands to plain notation. A command that is neither here nor one of latex's own stands for its
// name.
var commands = map[string]string{
	"cdot": "*", "times": "*", "ast": "*", "div": "/", "slash": "/", "pm": "±", "mp": "∓", "colon": ":",
	"le": "≤", "leq": "≤", "leqslant": "≤", "leqq": "≤", "lt": "<", "ge": "≥", "geq": "≥", "geqslant": "≥", "geqq": "≥",
	"gt": ">", "ne": "≠", "neq": "≠", "approx": "≈", "simeq": "≈", "thickapprox": "≈", "in": "∈", "infty": "∞",
	"cup": "∪", "bigcup": "∪", "cap": "∩", "bigcap": "∩", "setminus": "∖", "backslash": "∖", "smallsetminus": "∖",
	"emptyset": "∅", "varnothing": "∅", "mid": " | ", "vert": "|", "land": " and ", "wedge": " and ",
	"lor": " or ", "vee": " or ", "to": "→", "rightarrow": "→", "longrightarrow": "→",
	"Rightarrow": "⇒", "implies": "⇒", "Longrightarrow": "⇒", "therefore": "⇒",
	"ldots": "…", "dots": "…", "cdots": "…", "dotsc": "…", "dotsb": "…",
	"lbrace": "{", "rbrace": "}", "lbrack": "[", "rbrack": "]", "lparen": "(", "rparen": ")", "lgroup": "(", "rgroup": ")",
	"lvert": " abs(", "rvert": ")", "lfloor": " floor(", "rfloor": ")", "lceil": " ceil(", "rceil": ")",
	"langle": "(", "rangle": ")", "prime": "'", "mod": " mod ", "bmod": " mod ", "quad": " ", "qquad": " ",
	"%": "%", "(": " ", ")": " ", "[": " ", "]": " ", "#": "#", "&": "&", "$": "$",
	" ": " ", ",": " ", ";": " ", ":": " ", "\\": " ", "\n": " ", "{": "{", "}": "}", "_": "_",
	"equiv": "≡", "iint": " int int ", "iiint": " int int int ", "AA": "Å", "Reals": "ℝ", "minus": "-", "angle": " angle ", "perp": " perp ", "R": "ℝ", "arcsin": " arcsin ", "tg": " tan ", "ctg": " cot ",
	"varphi": " phi ", "varepsilon": " epsilon ", "vartheta": " theta ", "varrho": " rho ", "euro": "€", "pounds": "£",
	"mu": " mu ", "micro": " mu ", "cosec": " csc ", "arctg": " arctan ", "lg": " lg ", "colorbox": "",
}

// ignored are commands that change nothing but the look.
var ignored = setOf(`left right mleft mright middle big Big bigg Bigg bigl Bigl biggl Biggl bigr Bigr biggr Biggr bigm
	displaystyle textstyle scriptstyle limits nolimits notag nonumber rm bf it cal hfill hline centering boldmath
	ensuremath smash strut large Large small`)

// wrappers are the commands whose braces mark the extent of a style, not a group of mathematics. Those that map to true
// set upright text.
var wrappers = map[string]bool{
	"text": true, "textbf": true, "textit": true, "textrm": true, "textsf": true, "texttt": true, "textnormal": true,
	"mathrm": true, "mathsf": true, "mbox": true, "hbox": true, "operatorname": true, "mathop": true, "emph": true,
	"rm": true, "textup": true, "mathtt": true, "bold": false,
	"mathbf": false, "mathit": false, "boldsymbol": false, "bm": false, "boxed": false, "fbox": false, "mathcal": false,
	"pmb": false, "underline": false, "mathfrak": false, "overbrace": false, "underbrace": false, "mathbin": false,
	"mathrel": false, "mathord": false, "displaylines": false, "cancel": false, "beginboxed": false, "oxed": false,
}

// unseen are commands whose argument is no part of the text.
var unseen = setOf("phantom vphantom hphantom hspace vspace color tag label")

// accents are written over what they belong to; an accent and its letter are a name. They map to the one accent that
// all of a look stand for.
var accents = map[string]string{
	"bar": "bar", "overline": "bar", "hat": "hat", "widehat": "hat", "tilde": "tilde", "widetilde": "tilde",
	"vec": "vec", "overrightarrow": "vec", "dot": "dot", "ddot": "ddot", "overarc": "overarc", "wideparen": "overarc",
}

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

// topLevel reports whether one of the separators stands in s outside brackets.
func topLevel(s, separators string) bool {
	depth := 0
	for i := range len(s) {
		depth += nesting(s[i])
		if depth == 0 && strings.IndexByte(separators, s[i]) >= 0 {
			return true
		}
	}
	return false
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

// numberSet is the sign of a set of numbers from its blackboard letter.
func numberSet(letter string) string {
	if letter == "R" {
		return "ℝ"
	}
	return letter
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

// connectives join the members of a list.
var connectives = setOf("and or mod where for if in with to is pi")

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
	subscripted = strings.NewReplacer(" ", "", "“", "", "”", "", "⟨", "", "⟩", "", "_", "", "-", "−", "+", "＋", "*", "×", "/", "∕")
	unscripted  = strings.NewReplacer("−", "-", "＋", "+", "×", "*", "∕", "/")
)

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
