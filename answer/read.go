package answer

import (
	"strings"
	"unicode"
)

// read reads plain notation. It returns nil for what holds no answer, and takes the first reading that fits: a word with
// a meaning, a number, a matrix, a list, a relation, a set, brackets, an expression, and at last the text as it stands.
func read(s string, in scope) value {
	s = strings.TrimSpace(s)
	if !holdsAnswer(s) {
		if s == "{}" || s == "{ }" {
			return word("∅")
		}
		return nil
	}
	if in.depth == 0 || !in.work.pay(stepsPerByte*len(s)) {
		return textOf(s)
	}
	if inner := stripped(s); inner != s && !topLevel(inner, ",;") { // brackets around one element mean nothing
		return read(inner, in.deeper())
	}
	if v := readAtom(s, in); v != nil {
		return v
	}
	if before, ok := exactPart(s); ok {
		return read(before, in.deeper())
	}
	if before, ok := withoutDomain(s); ok {
		return read(before, in.deeper())
	}
	if strings.ContainsAny(s, "±∓") {
		if v := readVariants(s, in); v != nil {
			return v
		}
	}
	for _, reader := range []func(string, scope) value{
		readMatrix, readCompound, readList, readRelation, readSetOperation, readBrackets, readQuantity,
	} {
		if v := reader(s, in); v != nil {
			return v
		}
	}
	return textOf(s)
}

// holdsAnswer reports whether there is a letter, a digit or a sign that is an answer.
func holdsAnswer(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsNumber(r) || r == '∞' || r == '∅'
	})
}
