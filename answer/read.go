package answer

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// read reads plain notation. It returns nil for what holds no answer, and takes the first reading that fits: a word with
// a meaning, a number, a matrix, a list, a relation, a set, brackets, an expression, and at last the text as it stands.
func read(s string, depth int) value {
	s = strings.TrimSpace(s)
	if !holdsAnswer(s) {
		if s == "{}" || s == "{ }" {
			return word("∅")
		}
		return nil
	}
	if depth == 0 {
		return textOf(s)
	}
	if v := readAtom(s); v != nil {
		return v
	}
	if before, ok := exactPart(s); ok {
		return read(before, depth-1)
	}
	if before, ok := withoutDomain(s); ok {
		return read(before, depth-1)
	}
	if strings.ContainsAny(s, "±∓") {
		if v := readVariants(s, depth); v != nil {
			return v
		}
	}
	for _, reader := range []func(string, int) value{
		readMatrix, readCompound, readList, readRelation, readSetOperation, readBrackets, readQuantity,
	} {
		if v := reader(s, depth); v != nil {
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

// readAtom reads what is an answer as a whole: numbers, truth, choices, times, numbers in other bases.
func readAtom(s string) value {
	if isDigit(s[len(s)-1]) || s[len(s)-1] == '.' {
		if x, ok := readNumeral(strings.TrimSuffix(s, ".")); ok {
			return x
		}
	}
	bare := strings.Trim(s, "“”")
	if w, ok := truths[strings.ToLower(bare)]; ok {
		return word(w)
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
	if c, ok := readChoice(bare); ok {
		return c
	}
	if t, ok := readTime(s); ok {
		return t
	}
	if d, ok := readDate(bare); ok {
		return d
	}
	if r := strings.Fields(strings.Replace(s, " out of ", " in ", 1)); len(r) == 3 && (r[1] == "to" || r[1] == "in") && digits(r[0]) && digits(r[2]) {
		return readRatio(r[0]+":"+r[2], 1)
	}
	if b, ok := readBase(s); ok {
		return b
	}
	return nil
}

var truths = map[string]string{"true": "true", "yes": "true", "false": "false", "no": "false"}

// readChoice reads (A), A., A) and (D) Alina as the letter, and ACD as three.
func readChoice(s string) (value, bool) {
	for _, name := range []string{"option ", "choice "} {
		if foldedPrefix(s, name) {
			s = strings.TrimSpace(s[len(name):])
		}
	}
	letter, rest := s, ""
	if s[0] == '(' && len(s) > 2 && s[2] == ')' {
		letter, rest = s[1:2], strings.TrimSpace(s[3:])
		if rest != "" && (s[3] != ' ' || letter[0] > 'E' || strings.ContainsAny(rest[:1], "+-*/=<>^")) {
			return nil, false // a product, such as (A)(B)
		}
	} else if len(s) > 1 && (s[1] == '.' || s[1] == ')' || s[1] == ':') {
		letter, rest = s[:1], strings.TrimSpace(s[2:])
		if rest != "" && s[1] == ':' && !strings.HasPrefix(rest, "“") && len(rest) < 4 { // a ratio
			return nil, false
		}
	}
	if len(letter) == 1 && 'A' <= letter[0] && letter[0] <= 'Z' && (rest == "" || letter[0] <= 'J') {
		return word(letter), true
	}
	return severalChoices(s)
}

// severalChoices reads ACD as the letters A, C and D, and ①③ likewise.
func severalChoices(s string) (value, bool) {
	var choices []value
	for i, r := range s {
		letter, circled := 'A' <= r && r <= 'H', '①' <= r && r <= '⑳'
		if !letter && !circled || strings.ContainsRune(s[:i], r) {
			return nil, false
		}
		choices = append(choices, word(string(r)))
	}
	if len(choices) == 1 {
		return choices[0], true
	}
	return newList(choices, true), true
}

var (
	unquoted = strings.NewReplacer("“", " ", "”", " ")
	undotted = strings.NewReplacer(".", "", " ", "")
)

// readTime reads 4:30 p.m. and 16:30.
func readTime(s string) (value, bool) {
	n := digitRun(s)
	if n == 0 || n > 2 || n == len(s) {
		return nil, false
	}
	rest := unquoted.Replace(s)
	hour, rest := strings.TrimLeft(rest[:n], "0"), rest[n:]
	minutes := ""
	if strings.HasPrefix(rest, ":") && digitRun(rest[1:]) == 2 {
		minutes, rest = rest[1:3], rest[3:]
		if strings.HasPrefix(rest, ":") && digitRun(rest[1:]) == 2 {
			minutes, rest = minutes+rest[:3], rest[3:]
		}
	}
	half := strings.ToUpper(undotted.Replace(rest))
	switch {
	case half != "" && half != "AM" && half != "PM", minutes == "" && half == "":
		return nil, false
	case minutes == "":
		minutes = "00"
	}
	if hour == "" {
		hour = "0"
	}
	t := timeOfDay{word: word(strings.TrimSpace(hour + ":" + minutes + " " + half))}
	if half == "" {
		t.ratio, _ = readRatio(s, 1).(*scalar)
	}
	return &t, true
}

var months = strings.Fields("january february march april may june july august september october november december")

// monthOf is the month with a name, or with its first three letters, or "".
func monthOf(name string) string {
	name = strings.TrimSuffix(name, ".")
	for _, m := range months {
		if name == m || name == m[:3] || name == "sept" && m == "september" {
			return m
		}
	}
	return ""
}

// readDate reads December 25, 2020 and 25 December 2020.
func readDate(s string) (value, bool) {
	fields := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return r == ' ' || r == ',' })
	if len(fields) < 2 || len(fields) > 3 {
		return nil, false
	}
	month := slices.IndexFunc(fields, func(f string) bool { return monthOf(f) != "" })
	if month < 0 {
		return nil, false
	}
	date := monthOf(fields[month])
	for i, f := range fields {
		if f = strings.TrimRight(f, "sthndr"); i != month {
			if !digits(f) {
				return nil, false
			}
			date += " " + f
		}
	}
	return word(date), true
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

// approximations are words before a number that is not exact.
var approximations = []string{"about ", "approximately ", "approx. ", "roughly ", "around "}

// exactPart is what stands before a remark that is no part of the answer: an approximation, or "(about 3.2 m)".
func exactPart(s string) (string, bool) {
	for _, word := range approximations {
		if bare := strings.TrimLeft(s, "“ "); foldedPrefix(bare, word) || foldedPrefix(bare, strings.TrimSpace(word)+"”") {
			rest := strings.TrimLeft(bare[len(word)-1:], "” ")
			return rest, hasNumber(rest)
		}
	}
	for _, mark := range []string{"≈", "⇒"} {
		if parts := splitTop(s, mark); len(parts) > 1 {
			part := strings.TrimSpace(parts[0])
			if mark == "⇒" {
				part = strings.TrimSpace(parts[len(parts)-1])
			}
			if len(splitTop(part, "=")) > 1 && !holdsAnswer(splitTop(part, "=")[1]) {
				continue
			}
			if isLabel(part) && mark == "≈" || !holdsAnswer(part) { // x ≈ 5
				part = strings.TrimSpace(parts[len(parts)-1])
			}
			return part, holdsAnswer(part)
		}
	}
	if i := strings.LastIndexByte(s, '('); i > 0 && strings.HasSuffix(s, ")") {
		inner := strings.TrimLeft(strings.ToLower(s[i+1:]), " “≈")
		if isDomain(s[i+1 : len(s)-1]) {
			return s[:i], holdsAnswer(s[:i])
		}
		for _, remark := range []string{"about", "approx", "or about", "roughly", "in ", "rounded", "since", "because"} {
			if strings.HasPrefix(inner, remark) {
				return s[:i], holdsAnswer(s[:i])
			}
		}
	}
	return s, false
}

func hasNumber(s string) bool { return strings.ContainsAny(s, "0123456789") }

// isDomain reports whether a condition only says what kind of number a parameter is: k ∈ Z.
func isDomain(s string) bool {
	if name, domain, ok := strings.Cut(s, "∈"); ok {
		domain = positivity.Replace(strings.TrimSpace(domain))
		return isLabel(name) && domain != "" && strings.Contains("ZNQRCℝ", domain)
	}
	kind := false
	words := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" “”,", r) })
	for _, w := range words {
		switch {
		case numberKinds[w]:
			kind = true
		case len(w) > 1 && !domainWords[w]:
			return false
		}
	}
	return kind && len(words) > 1
}

var (
	positivity  = strings.NewReplacer("^*", "", "^+", "", "_+", "", "_⟨＋⟩", "", "*", "", "^", "", "+", "")
	numberKinds = setOf("integer integers number numbers constant constants")
	domainWords = setOf(`where for with and or any all every each is are an the be being some arbitrary positive negative
		non-negative nonnegative nonzero non-zero natural whole real`)
)

// withoutDomain is what stands before a condition that only says what kind of number a parameter is: "for k ∈ Z".
func withoutDomain(s string) (string, bool) {
	for _, word := range []string{"where", "for", "with"} {
		i := strings.Index(s, word)
		if i < 2 || strings.IndexByte(" (\x9c", s[i-1]) < 0 { // the last is of the quote “
			continue
		}
		if before := strings.TrimRight(s[:i], " (“"); holdsAnswer(before) && isDomain(strings.Trim(s[i+len(word):], " ”)")) {
			return before, true
		}
	}
	return s, false
}

// maxSigns is how many signs ± are expanded, each into two values.
const maxSigns = 3

// readVariants reads 1 ± √2 as the list of its values.
func readVariants(s string, depth int) value {
	pieces := splitItems(s)
	if len(pieces) > 1 || strings.HasPrefix(s, "{") {
		return nil // the list reader expands each of its own
	}
	var values []value
	for _, v := range variants(s) {
		x := read(v, depth-1)
		if x == nil {
			return nil
		}
		values = append(values, x)
	}
	return gather(values, false)
}

var (
	upperSigns = strings.NewReplacer("±", "+", "∓", "-")
	lowerSigns = strings.NewReplacer("±", "-", "∓", "+")
)

// variants are the texts that ± and ∓ stand for: each ± on its own, unless a ∓ ties them.
func variants(s string) []string {
	if !strings.ContainsAny(s, "±∓") {
		return []string{s}
	}
	n := strings.Count(s, "±")
	if strings.Contains(s, "∓") || n > maxSigns {
		return []string{
			upperSigns.Replace(s), lowerSigns.Replace(s),
		}
	}
	out := []string{s}
	for range n {
		var next []string
		for _, v := range out {
			next = append(next, strings.Replace(v, "±", "+", 1), strings.Replace(v, "±", "-", 1))
		}
		out = next
	}
	return out
}

// textOf is the text as an answer: case, spacing, quotes and articles do not count.
func textOf(s string) value {
	var b strings.Builder
	for _, r := range s {
		switch {
		case strings.ContainsRune("“”\"*`", r):
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	text := b.String()
	if !mathematical(text) {
		text = strings.ToLower(text)
	}
	fields := strings.Fields(strings.Trim(text, " .,;:!"))
	if len(fields) > 1 && (fields[0] == "the" || fields[0] == "a" || fields[0] == "an") {
		fields = fields[1:]
	}
	text = strings.Join(fields, " ")
	if before, modulus, ok := strings.Cut(text, "mod"); ok && strings.Contains(before, "≡") {
		text = strings.TrimRight(before, " (") + " (mod " + strings.Trim(modulus, " ()") + ")"
	}
	if mathematical(text) {
		text = strings.ReplaceAll(text, " ", "")
	}
	if text == "" {
		return nil
	}
	return word(text)
}

// mathematical reports whether a text that was not understood is a formula, where case matters and spaces do not.
func mathematical(s string) bool {
	if strings.ContainsAny(s, "=<>≤≥≠≡^_∈∪∩⟦+/→") {
		return true
	}
	r, _ := utf8.DecodeRuneInString(s)
	return len(s) == 1 && isLetter(byte(r))
}
