package answer

import (
	"bytes"
	"strings"
)

// maxItems bounds a list; a longer one is compared as text.
const maxItems = 64

// splitItems cuts a list at its commas, semicolons and words "and", "or". It leaves the comma of 1,234 alone.
func splitItems(s string) []string {
	s = conjunctions(s)
	if separated := splitTop(s, ";"); len(separated) > 1 {
		return items(separated)
	}
	pieces := splitTop(s, ",")
	if len(pieces) == 1 {
		return pieces
	}
	joined := pieces[:1:1]
	for _, p := range pieces[1:] {
		last := joined[len(joined)-1]
		if tail := last[len(last)-trailingNumber(last):]; tail != "" && groupedLen(tail+","+p) > len(tail) &&
			endsNumber(p) && tail != "0" {
			joined[len(joined)-1] = last + "," + p
			continue
		}
		joined = append(joined, p)
	}
	return items(joined)
}

// endsNumber reports whether the digits that s begins with are a whole group of three.
func endsNumber(s string) bool { return digitRun(s) == 3 }

// trailingNumber is the length of the digits and group separators at the end of s, if they are a number of their own.
func trailingNumber(s string) int {
	i := len(s)
	for i > 0 && (isDigit(s[i-1]) || s[i-1] == ',') {
		i--
	}
	if i > 0 && (isLetter(s[i-1]) || s[i-1] == '.' || s[i-1] == '_' || s[i-1] == '^') || i < len(s) && s[i] == ',' {
		return 0
	}
	return len(s) - i
}

func items(pieces []string) []string {
	var out []string
	for i, p := range pieces {
		if p = strings.TrimSpace(p); isDomain(p) && (i > 0 || strings.Contains(p, "∈")) {
			continue
		} else if holdsAnswer(p) || strings.Contains(p, "…") {
			out = append(out, p)
		}
	}
	return out
}

// conjunctions makes " and " and " or " commas, outside brackets.
func conjunctions(s string) string {
	if !strings.Contains(s, "and") && !strings.Contains(s, "or") && !strings.Contains(s, "&") || strings.Contains(s, "⟦") {
		return s
	}
	out := make([]byte, 0, len(s))
	depth := 0
	for i := 0; i < len(s); {
		if n := conjunctionLen(s[i:]); n > 0 && depth <= 0 {
			out = append(bytes.TrimRight(out, " ,;"), ", "...)
			i += n
			continue
		}
		depth += nesting(s[i])
		out = append(out, s[i])
		i++
	}
	return string(out)
}

// conjunctionLen is the length of the word that joins members of a list and that s begins with, spaces included, or 0.
func conjunctionLen(s string) int {
	if s[0] != ' ' && s[0] != ',' {
		return 0
	}
	for _, w := range []string{" and ", " or ", " “and” ", " “or” ", " & ", ",and ", ",or "} {
		if strings.HasPrefix(s, w) {
			return len(w)
		}
	}
	return 0
}

// readList reads 1, 2 and 3 as a list, x = 1, y = 2 as a record, and x < 1 or x > 3 as one set.
func readList(s string, in scope) value {
	pieces := splitItems(s)
	if len(pieces) < 2 {
		if len(pieces) == 1 && len(pieces[0]) < len(s) && topLevel(s, ",;") {
			return read(pieces[0], in.deeper())
		}
		return nil
	}
	if len(pieces) > maxItems || sentencePieces(pieces) {
		return textOf(s)
	}
	union := topIndex(s, " or ") >= 0 || topIndex(s, " “or” ") >= 0
	values := readItems(pieces, in)
	if values == nil {
		return nil
	}
	v := gather(values, union)
	if l, ok := v.(*list); ok {
		l.decimal = decimalComma(s, pieces)
	}
	return v
}

// sentencePieces reports whether the pieces are of a sentence, not of a list.
func sentencePieces(pieces []string) bool {
	for _, p := range pieces {
		if words := strings.Fields(p); len(words) > 4 && !strings.ContainsAny(p, "=<>≤≥(+") {
			return true
		}
	}
	return false
}

// readItems reads every piece, with ± expanded. It is nil when one holds no answer.
func readItems(pieces []string, in scope) []value {
	var values []value
	for i, p := range pieces {
		if strings.Contains(p, "…") {
			values = append(values, word("…"+p))
			continue
		}
		for _, variant := range variants(p) {
			v := read(variant, in.deeper())
			if v == nil {
				return nil
			}
			if i > 0 {
				v = sameLabel(v, values)
			}
			values = append(values, v)
		}
	}
	if len(values) > maxItems {
		return nil
	}
	return values
}

// sameLabel gives an element the label of the first, as in n = 2, 3, 4.
func sameLabel(v value, before []value) value {
	first, ok := before[0].(*labelled)
	if !ok {
		return v
	}
	switch v.(type) {
	case *labelled, *relation, word:
		return v
	}
	return &labelled{label: first.label, value: v}
}

// decimalComma is 2,74 as a decimal, if the list may be meant so.
func decimalComma(s string, pieces []string) *scalar {
	if len(pieces) != 2 || !digits(pieces[1]) || !digits(strings.TrimPrefix(pieces[0], "-")) || strings.Contains(s, " ") {
		return nil
	}
	x, _ := readNumeral(pieces[0] + "." + pieces[1])
	return x
}

// gather makes values that were written side by side one value.
func gather(values []value, union bool) value {
	if len(values) == 1 && values[0] != word("∅") {
		return values[0]
	}
	for _, v := range values {
		if w, ok := v.(word); ok && strings.HasPrefix(string(w), "…") {
			return &tuple{elements: values} // what is left out depends on the order
		}
	}
	fields := make([]*labelled, 0, len(values))
	same, sets := true, false
	for _, v := range values {
		f, ok := v.(*labelled)
		if !ok {
			return newList(values, false)
		}
		fields = append(fields, f)
		same = same && f.label == fields[0].label
		_, isSet := f.value.(*reals)
		sets = sets || isSet
	}
	switch {
	case !same:
		return newRecord(fields)
	case sets:
		if set, ok := combine(fields, union); ok {
			return &labelled{label: fields[0].label, value: set}
		}
	}
	inner := make([]value, len(fields))
	for i, f := range fields {
		inner[i] = f.value
	}
	return &labelled{label: fields[0].label, value: newList(inner, false)}
}
