package answer

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// What is longer than these is not taken apart.
const (
	maxElements = 64 // of a list, nested ones included
	maxSides    = 8  // of a chain of equations
	maxUnits    = 3  // behind one number
)

// normal gives the normal form of a plain text, or "" when it holds no answer.
func normal(s string) string {
	s = conjunction.ReplaceAllString(s, ", ")
	if strings.Count(s, ",")+strings.Count(s, ";") >= maxElements || deep(s) {
		return folded(s)
	}
	return read(s)
}

// deep reports whether brackets nest deeper than maxDepth, which bounds read's recursion.
func deep(s string) bool {
	depth := 0
	for i := range len(s) {
		if depth += nesting(s[i]); depth > maxDepth {
			return true
		}
	}
	return false
}

// read takes the first reading that fits: word, time, choice, list, brackets, number, relation, expression, text.
func read(s string) string {
	if w, ok := truths[strings.ToLower(s)]; ok {
		return w
	}
	if m := timeOfDay.FindStringSubmatch(s); m != nil {
		return strings.TrimPrefix(m[1], "0") + ":" + m[2] + " " + strings.ToUpper(m[3]) + "M"
	}
	if m := choice.FindStringSubmatch(s); m != nil {
		return strings.ToLower(m[1] + m[2])
	}
	s = joinThousands(withoutLabel(s))
	if parts := split(s); len(parts) > 1 {
		return strings.Join(readAll(parts), ", ")
	}
	if open, inner, shut, ok := bracketed(s); ok {
		return readBrackets(open, inner, shut)
	}
	s = withoutUnit(s)
	if n, ok := number(s); ok {
		return n.RatString()
	}
	if r, ok := relation(s); ok {
		return r
	}
	if e, err := normalExpression(s); err == nil {
		return e
	}
	return folded(s)
}

var conjunction = regexp.MustCompile(`,? (?:and|or) `)

var truths = map[string]string{"true": "true", "yes": "true", "false": "false", "no": "false"}

var (
	timeOfDay = regexp.MustCompile(`^(\d{1,2}):(\d{2}) ?([AaPp])\.?[Mm]\.?$`)
	// A letter alone, in brackets or not; or, up to J, with a closing mark and the text of the choice after it.
	choice = regexp.MustCompile(`^\(?([A-Za-z])[).:]?$|^\(?([A-Ja-j])[).:] +[A-Za-z]{2}[^=]*$`)
	name   = `(?:[A-Za-z]+(?:_\w+)?'?(?: ?\([^()=<>]*\))?|\([A-Za-z](?:, ?[A-Za-z])*\))`
	label  = regexp.MustCompile(`^` + name + ` ?(?:=| in ) ?([^=].*)$`)
)

// withoutLabel drops the name that an answer is given to: x =, f(2) =, (p, q) =, x in.
func withoutLabel(s string) string {
	if !strings.Contains(s, "=") && !strings.Contains(s, " in ") {
		return s
	}
	if m := label.FindStringSubmatch(s); m != nil {
		return m[1]
	}
	return s
}

var grouped = regexp.MustCompile(`^[1-9]\d{0,2}(?:,\d{3})+$`)
var groupedBySpace = regexp.MustCompile(`^([+-]?[1-9]\d{0,2})((?: \d{3})+)$`)

// joinThousands takes the separators out of 1,234,567 and 1 234 567. With a space after its commas or inside brackets it
// is a list.
func joinThousands(s string) string {
	if groupedBySpace.MatchString(s) {
		return strings.ReplaceAll(s, " ", "")
	}
	var out strings.Builder
	depth := 0
	for i := 0; i < len(s); {
		j := i
		for j < len(s) && (isDigit(s[j]) || s[j] == ',') {
			j++
		}
		if run := strings.TrimRight(s[i:j], ","); depth == 0 && grouped.MatchString(run) {
			out.WriteString(strings.ReplaceAll(run, ",", ""))
			i += len(run)
			continue
		}
		if j == i {
			depth += nesting(s[i])
			j++
		}
		out.WriteString(s[i:j])
		i = j
	}
	return out.String()
}

func nesting(c byte) int {
	switch c {
	case '(', '[', '{':
		return 1
	case ')', ']', '}':
		return -1
	}
	return 0
}

// split cuts a list at the commas and semicolons outside brackets. Empty elements are dropped.
func split(s string) []string {
	var parts []string
	depth, start := 0, 0
	cut := func(end int) {
		if part := strings.TrimSpace(s[start:end]); part != "" {
			parts = append(parts, part)
		}
		start = end + 1
	}
	for i := range len(s) {
		depth += nesting(s[i])
		if depth == 0 && (s[i] == ',' || s[i] == ';') {
			cut(i)
		}
	}
	cut(len(s))
	return parts
}

func readAll(parts []string) []string {
	keys := make([]string, 0, len(parts))
	for _, p := range parts {
		if k := read(p); k != "" {
			keys = append(keys, k)
		}
	}
	return keys
}

// bracketed takes s apart when one pair of brackets holds all of it. The pair may be of two kinds, as in (0, 1].
func bracketed(s string) (open byte, inner string, shut byte, ok bool) {
	if len(s) < 2 || nesting(s[0]) != 1 || nesting(s[len(s)-1]) != -1 {
		return 0, "", 0, false
	}
	depth := 0
	for i := range len(s) {
		if depth += nesting(s[i]); depth == 0 && i < len(s)-1 {
			return 0, "", 0, false
		}
	}
	return s[0], strings.TrimSpace(s[1 : len(s)-1]), s[len(s)-1], depth == 0
}

// readBrackets reads a tuple, an interval, or a set, which is sorted and holds each element once.
func readBrackets(open byte, inner string, shut byte) string {
	if inner == "" && open == '{' {
		return "emptyset"
	}
	parts := split(inner)
	if len(parts) == 1 {
		return read(parts[0])
	}
	keys := readAll(parts)
	if open == '{' && shut == '}' {
		slices.Sort(keys)
		keys = slices.Compact(keys)
	}
	if len(keys) == 0 {
		return ""
	}
	return string(open) + strings.Join(keys, ", ") + string(shut)
}

// A word at the end, squared or cubed or not; the second form stands for the lack of a space after a digit.
var unit = regexp.MustCompile(`^(?:(.*\S) *?\b([A-Za-z]{2,})|(.*\d)([A-Za-z]{2,}))\.?(?: ?\^ ?\(?[23]\)?)?$`)

// units are the names dropped after a number, in the singular. Names of one letter are missing on purpose: they are
// variables more often than metres.
var units = func() map[string]bool {
	names := map[string]bool{}
	for _, n := range strings.Fields(`percent pct degree deg dollar usd euro pound cent rupee
		mm cm dm km meter metre centimeter kilometer inch inche in ft feet foot yard mile mi
		kg mg gram kilogram lb oz ounce ton tonne ml liter litre gallon
		sec second min minute hr hour day week month year mph kph
		unit square sq cubic point people person student way time item`) {
		names[n] = true
	}
	return names
}()

// withoutUnit drops percent signs and units behind a number: 15 cm^2, 3 square feet, 25%.
func withoutUnit(s string) string {
	for range maxUnits {
		s = strings.TrimSpace(strings.TrimRight(s, "%"))
		m := unit.FindStringSubmatch(s)
		if m == nil {
			return s
		}
		value, name := m[1]+m[3], strings.ToLower(m[2]+m[4])
		if !units[name] && !units[strings.TrimSuffix(name, "s")] || !strings.ContainsFunc(value, unicode.IsDigit) {
			return s
		}
		s = value
	}
	return s
}

var relationSign = regexp.MustCompile(`<=|>=|!=|==?|<|>`)

// relation reads equations and inequalities side by side. One that points left is turned round: 3 > x is x < 3.
func relation(s string) (string, bool) {
	signs := relationSign.FindAllString(s, -1)
	if len(signs) == 0 || len(signs) >= maxSides {
		return "", false
	}
	sides := relationSign.Split(s, -1)
	left := true
	for i := range sides {
		sides[i] = read(strings.TrimSpace(sides[i]))
		if sides[i] == "" {
			return "", false
		}
	}
	for _, sign := range signs {
		left = left && sign[0] == '>'
	}
	if left {
		slices.Reverse(sides)
		slices.Reverse(signs)
	}
	out := sides[0]
	for i, sign := range signs {
		sign = strings.Replace(sign, "==", "=", 1)
		if left {
			sign = "<" + sign[1:]
		}
		out += " " + sign + " " + sides[i+1]
	}
	return out, true
}

// folded is the reading as text, or "" when there is no letter or digit in it.
func folded(s string) string {
	s = strings.ToLower(strings.ToValidUTF8(s, ""))
	if !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return ""
	}
	return strings.Join(strings.Fields(s), " ")
}
