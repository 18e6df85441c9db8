package token

import "strings"

// The template engine knows "a if c else b" only where nothing is around it. Elsewhere, as in (a if c else b) or f(a if c
// else b), it is rewritten to either((c) and [a] or [b]), which evaluates the same of the three, before the engine reads
// the template.

// either is the function's name, which no template uses for itself.
const either = "_either"

// rewriteConditionals rewrites them in all the expressions of a template.
func rewriteConditionals(source string) string {
	var out strings.Builder
	for {
		at := strings.IndexByte(source, '{')
		if at < 0 || at+1 == len(source) {
			break
		}
		out.WriteString(source[:at])
		source = source[at:]
		n := 1
		switch source[1] {
		case '#':
			if n = strings.Index(source, "#}"); n < 0 {
				n = len(source)
			}
			out.WriteString(source[:n])
		case '{', '%':
			n = tagLength(source)
			out.WriteString(rewriteTag(source[:n]))
			if end := rawLength(source[:n], source[n:]); end > 0 {
				out.WriteString(source[n : n+end])
				n += end
			}
		default:
			out.WriteByte('{')
		}
		source = source[n:]
	}
	return out.String() + source
}

// tagLength returns the length of the {{...}} or {%...%} that source begins with, without the two characters that close it.
func tagLength(source string) int {
	closing := map[byte]string{'{': "}}", '%': "%}"}[source[1]]
	depth := 0
	for i := 2; i < len(source); i++ {
		switch c := source[i]; {
		case c == '\'' || c == '"':
			i += quoted(source[i:]) - 1
		case depth == 0 && strings.HasPrefix(source[i:], closing):
			return i
		case c == '(' || c == '[' || c == '{':
			depth++
		case c == ')' || c == ']' || c == '}':
			depth--
		}
	}
	return len(source)
}

// rawLength returns the length of the text that follows a {% raw %}, which is not template, or 0 for another tag.
func rawLength(tag, rest string) int {
	if strings.Trim(tag, "{%-+ \t\r\n") != "raw" {
		return 0
	}
	if end := strings.Index(rest, "endraw"); end >= 0 {
		return end
	}
	return len(rest)
}

// quoted returns the length of the string literal that text begins with.
func quoted(text string) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case text[0]:
			return i + 1
		}
	}
	return len(text)
}

// rewriteTag rewrites the conditionals in a tag. Those that the engine knows stay.
func rewriteTag(tag string) string {
	body := strings.TrimLeft(strings.TrimLeft(tag[2:], "-+"), " \t\r\n")
	head := tag[:len(tag)-len(body)]
	if tag[1] == '{' || strings.HasPrefix(body, "set ") {
		end := len(strings.TrimRight(body, "-+ \t\r\n"))
		return head + rewriteItems(body[:end]) + body[end:]
	}
	return head + rewriteBrackets(body)
}

// rewriteBrackets rewrites what is within brackets.
func rewriteBrackets(text string) string {
	var out strings.Builder
	for i := 0; i < len(text); {
		n := 1
		switch text[i] {
		case '\'', '"':
			n = quoted(text[i:])
		case '(', '[', '{':
			if end := bracketed(text[i:]); end > 1 {
				out.WriteString(text[i:i+1] + rewriteItems(text[i+1:i+end-1]))
				i += end - 1
			}
		}
		out.WriteString(text[i : i+n])
		i += n
	}
	return out.String()
}

// bracketed returns the length of the brackets that text begins with and of what is in them, or 1 if they do not close.
func bracketed(text string) int {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\'', '"':
			i += quoted(text[i:]) - 1
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return 1
}

// rewriteItems rewrites expressions with commas, colons or single equals signs between them.
func rewriteItems(text string) string {
	var out strings.Builder
	begin := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\'', '"':
			i += quoted(text[i:]) - 1
		case '(', '[', '{':
			i += bracketed(text[i:]) - 1
		case '=', '!', '<', '>':
			if i+1 < len(text) && text[i+1] == '=' {
				i++
				continue
			}
			if text[i] != '=' {
				continue
			}
			fallthrough
		case ',', ':':
			out.WriteString(rewriteExpression(text[begin:i]) + text[i:i+1])
			begin = i + 1
		}
	}
	return out.String() + rewriteExpression(text[begin:])
}

// rewriteExpression rewrites one expression.
func rewriteExpression(text string) string {
	value, rest, ok := cutWord(text, "if")
	if !ok {
		return rewriteBrackets(text)
	}
	condition, otherwise, ok := cutWord(rest, "else")
	if ok {
		otherwise = rewriteExpression(otherwise)
	} else {
		otherwise = "''"
	}
	return " " + either + "((" + rewriteBrackets(condition) + ") and [" + rewriteBrackets(value) + "] or [" + otherwise + "]) "
}

// cutWord cuts text at a word that is in no brackets and no string.
func cutWord(text, word string) (before, after string, found bool) {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\'' || c == '"':
			i += quoted(text[i:]) - 1
		case c == '(' || c == '[' || c == '{':
			i += bracketed(text[i:]) - 1
		case isIdentifier(c):
			n := 1
			for i+n < len(text) && isIdentifier(text[i+n]) {
				n++
			}
			if text[i:i+n] == word && (i == 0 || text[i-1] != '.') {
				return text[:i], text[i+n:], true
			}
			i += n - 1
		}
	}
	return text, "", false
}

func isIdentifier(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
