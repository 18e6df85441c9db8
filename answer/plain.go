package answer

import (
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

// isPlain reports whether there is nothing to rewrite, as in most numbers.
func isPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; !isDigit(c) && c != '-' && c != '+' && c != '/' && c != '.' && c != ',' {
			return false
		}
	}
	return true
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

// signs are replaced before LaTeX is read. The control characters are what is left of \frac, \beta and \vec where a
// program has read \f, \b and \v as escapes.
var signs = strings.NewReplacer(
	"\f", `\f`, "\b", `\b`, "\v", `\v`, "**", "^", `\degree`, "°", "+/-", "±", "−", "-", "–", "-", "—", "-",
	"×", "*", "·", "*", "⋅", "*", "∙", "*", "÷", "/", "∕", "/",
	"π", " pi ", "θ", " theta ", "α", " alpha ", "β", " beta ", "λ", " lambda ", "ω", " omega ", "φ", " phi ",
	"Ω", " Omega ",
	"<=", "≤", ">=", "≥", "!=", "≠", "==", "=", "⩽", "≤", "⩾", "≥", "≦", "≤", "≧", "≥", "＜", "<", "＞", ">", "＝", "=",
	"＋", "+", "－", "-", "，", ",", "、", ",", "；", ";", "：", ":", "（", "(", "）", ")", "。", ".", "％", "%",
	"²", "^2", "³", "^3", "⁴", "^4", "⁵", "^5", "⁶", "^6", "⁷", "^7", "⁸", "^8", "⁹", "^9", "⁻", "^-", "¹", "1", "⁰", "0",
	"½", " 1/2 ", "¼", " 1/4 ", "¾", " 3/4 ", "⅓", " 1/3 ", "⅔", " 2/3 ", "⅕", " 1/5 ", "⅙", " 1/6 ", "⅛", " 1/8 ",
	"．", ".", "／", "/", "،", ",", "٫", ".", "ℕ", "N", "ℤ", "Z", "ℚ", "Q", "ℂ", "C", " x 10^", "*10^", "x10^", "*10^",
	"₀", "_0", "₁", "_1", "₂", "_2", "₃", "_3", "₄", "_4", "₅", "_5", "₆", "_6", "₇", "_7", "₈", "_8", "₉", "_9",
	"...", "…", "⋯", "…", "⟹", "⇒", "⟶", "→", "∴", "⇒", "≡", `\equiv `, "或", " or ", "和", " and ", "√", `\sqrt `,
	"∛", `\sqrt[3] `,
	"\u00a0", " ", "\u2009", " ", "\u202f", " ", "\u200b", "", "“", `"`, "”", `"`, "‘", "'", "’", "'", "′", "'",
)
