package answer

import (
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// maxAtom is the length beyond which a text is no word with a meaning.
const maxAtom = 64

// readAtom reads what is an answer as a whole: numbers, truth, choices, times, numbers in other bases.
func readAtom(s string, in scope) value {
	if isDigit(s[len(s)-1]) || s[len(s)-1] == '.' {
		if x, ok := readNumeral(strings.TrimSuffix(s, ".")); ok {
			return x
		}
	}
	bare := strings.Trim(s, "“”")
	if c, ok := readChoice(bare); ok {
		return c
	}
	if len(s) > maxAtom {
		return nil
	}
	if w, ok := synonyms[strings.ToLower(bare)]; ok {
		return word(w)
	}
	if n := slices.Index(numberWords, strings.ToLower(bare)); n >= 0 {
		return &scalar{exact: constant(big.NewRat(int64(n), 1)), known: true}
	}
	if strings.EqualFold(bare, "infinity") {
		return plusInfinity
	}
	if s == "∅" || strings.EqualFold(bare, "empty set") || strings.EqualFold(bare, "the empty set") {
		return word("∅")
	}
	if s == "ℝ" || strings.EqualFold(bare, "all real numbers") || strings.EqualFold(bare, "all reals") {
		return allReals()
	}
	if t, ok := readTime(s, in); ok {
		return t
	}
	if d, ok := readDate(bare); ok {
		return d
	}
	if r := readRatioInWords(s, in); r != nil {
		return r
	}
	if b, ok := readBase(s); ok {
		return b
	}
	return nil
}

// synonyms are words that are the same in an answer.
var synonyms = map[string]string{
	"true": "true", "yes": "true", "false": "false", "no": "false",
	"no solutions": "no solution", "no real solutions": "no real solution", "dne": "does not exist",
}

// readBase reads a number with its base: 12_5. It is no number in base ten.
func readBase(s string) (value, bool) {
	number, base, ok := strings.Cut(s, "_")
	if !ok {
		return nil, false
	}
	number = strings.ReplaceAll(stripped(strings.TrimSpace(number)), " ", "")
	base = strings.Trim(base, "⟨⟩ ")
	if n := slices.Index(numberWords, strings.ToLower(strings.Trim(base, "“”"))); n >= 0 {
		base = strconv.Itoa(n)
	}
	if !digits(base) || len(base) > 2 || number == "" {
		return nil, false
	}
	digit := false
	for i, c := range number {
		switch {
		case i == 0 && c == '-', c == '.', 'A' <= c && c <= 'F':
		case '0' <= c && c <= '9':
			digit = true
		default:
			return nil, false
		}
	}
	return word(number + "_" + base), digit
}

var numberWords = strings.Fields(
	"zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen")

// readRatio reads 3:1 as a fraction, and 2:4:6 as its smallest form.
func readRatio(s string, in scope) value {
	parts := strings.Split(s, ":")
	if len(parts) < 2 || len(parts) > maxSides || in.depth == 0 {
		return nil
	}
	terms := make([]*scalar, len(parts))
	for i, part := range parts {
		x, ok := expressionOf(strings.TrimSpace(part), in)
		if !ok || !x.known {
			return nil
		}
		terms[i] = x
	}
	ex := exactEvaluation{work: in.work}
	if len(terms) == 2 {
		q, ok := ex.divide(terms[0].exact, terms[1].exact)
		if !ok {
			return nil
		}
		return &scalar{exact: q, known: true}
	}
	row := make([]value, len(terms))
	for i, x := range terms {
		q, ok := ex.divide(x.exact, terms[0].exact)
		if !ok {
			return nil
		}
		row[i] = &scalar{exact: q, known: true}
	}
	return &matrix{kind: "ratio", rows: [][]value{row}}
}

// readRatioInWords reads 3 to 4 and 3 out of 4.
func readRatioInWords(s string, in scope) value {
	words := strings.Fields(strings.Replace(s, " out of ", " in ", 1))
	if len(words) != 3 || words[1] != "to" && words[1] != "in" || !digits(words[0]) || !digits(words[2]) {
		return nil
	}
	return readRatio(words[0]+":"+words[2], in)
}
