package answer

import (
	"regexp"
	"slices"
	"strings"
)

// hashes is what announces the answer in the reference solutions of GSM8K, and in the texts of models tuned on them.
const hashes = "####"

// lastMark is the answer in the last boxes of a text or behind the last ####, and where that mark begins, or -1.
func lastMark(text string) (value string, at int) {
	value, at = lastBoxes(text)
	from := max(0, at)
	for i, tries := len(text), 0; tries < maxTries; tries++ {
		if i = lastIndex(text[from:i], hashes) + from; i < from {
			break
		}
		line, _, _ := strings.Cut(text[i+len(hashes):], "\n")
		if s, ok := wholeAnswer(line); ok { // else it is a heading
			return s, i
		}
	}
	return value, at
}

// A box is a \boxed{...} in a text.
type box struct {
	start, end int    // the whole of it
	content    string // what it holds, with a percent sign or a base that stands right behind it
	or         bool   // "or" stands between it and the next
}

// lastBoxes is the content of the last box that is not empty, joined with the boxes before it that belong to the same
// answer, and the position where it begins, or -1.
func lastBoxes(text string) (content string, at int) {
	const maxGap = 70 // how many bytes may lie between two boxes of one answer
	var group []box   // from the last to the first
	for i, tries := len(text), 0; tries < 2*maxTries; tries++ {
		b, ok := boxBefore(text, i)
		if !ok {
			break
		}
		if i = b.start; !hasContent(b.content) {
			continue
		}
		if len(group) == 0 {
			group = append(group, b)
			continue
		}
		next := &group[len(group)-1]
		if b.end > next.start { // the next is inside
			if b.end >= next.end {
				b.content = outer(b.content, next.content)
				*next = b
			}
			continue
		}
		gap := text[b.end:next.start]
		if len(gap) <= maxGap && approximates(gap) && strings.Contains(next.content, ".") {
			*next = b
			continue
		}
		if len(gap) > maxGap || !joins(gap) {
			break
		}
		b.or = strings.Contains(gap, "or")
		group = append(group, b)
	}
	if len(group) == 0 {
		return "", -1
	}
	return joined(group), group[0].start
}

// joined puts the contents of the boxes of one answer together, each once, in the order of the text. Choices joined by
// "or" are none.
func joined(group []box) string {
	var parts []string
	for _, b := range slices.Backward(group) {
		if b.or && isChoice(b.content) || leavesOpen(b.content) {
			return ""
		}
		if !slices.Contains(parts, b.content) {
			parts = append(parts, b.content)
		}
	}
	return strings.Join(parts, ", ")
}

// outer is the content of a box that has another one in it: that one's, if there is nothing else.
func outer(content, inner string) string {
	content = boxCommands.Replace(content)
	if strings.Trim(content, " {}") == strings.Trim(inner, " {}") {
		return inner
	}
	return content
}

var (
	boxCommands  = strings.NewReplacer(`\boxed`, "", `\fbox`, "")
	textCommands = strings.NewReplacer(
		`\textbf`, "", `\text`, "", `\mathrm`, "", `\quad`, "", `\qquad`, "", `\ldots`, "", `\dots`, "",
	)
)

// hasContent tells whether a box holds more than empty text or a question mark.
func hasContent(s string) bool {
	return strings.Trim(textCommands.Replace(s), " {}?.~_-\n\t$*") != ""
}

// boxBefore finds the last box that begins before end.
func boxBefore(text string, end int) (box, bool) {
	for i := lastIndex(text[:end], "ox"); i >= 0; i = lastIndex(text[:i], "ox") {
		start, after, ok := boxWord(text, i)
		if !ok {
			continue
		}
		b, ok := boxAt(text, after, text[start] == '\\')
		if !ok {
			continue
		}
		b.start = start
		if strings.HasSuffix(text[:start+1], `\\`) && !strings.HasSuffix(text[:start], `\\`) { // the text is escaped twice
			b.start--
			b.content = strings.ReplaceAll(b.content, `\\`, `\`)
		}
		b.content += boxSuffix(text[b.end:], b.content)
		return b, true
	}
	return box{}, false
}

// boxWord is where the word for a box that has "ox" at i begins and ends. It may have lost its beginning: "\b" and "\f"
// are control characters in some languages.
func boxWord(text string, i int) (start, end int, ok bool) {
	heads, end := []string{"fb", "\fb", "frameb"}, i+len("ox")
	if strings.HasPrefix(text[i:], "oxed") {
		heads, end = []string{"b", "\b", ""}, i+len("oxed")
	}
	for _, head := range heads {
		if before, ok := strings.CutSuffix(text[:i], head); ok {
			return len(strings.TrimSuffix(before, `\`)), end, true
		}
	}
	return 0, 0, false
}

// boxAt reads the content of the box whose word ends at i. Without braces a command applies to what follows it.
func boxAt(text string, i int, command bool) (box, bool) {
	for i < len(text) && isBlank(text[i]) {
		i++
	}
	rest := text[i:min(len(text), i+maxAnswer)]
	if strings.HasPrefix(rest, "{") {
		if end := closing(rest, 0); end < len(rest) {
			return box{end: i + end + 1, content: trimMaths(rest[1:end])}, true
		}
		rest, _, _ = strings.Cut(rest, "\n") // it was cut off, or its solution was landed in it
		return box{end: i + len(rest), content: cleanEnd(rest[1:])}, true
	}
	if n := strings.IndexAny(rest, " \n$,;"); n >= 0 {
		rest = rest[:n]
	}
	return box{end: i + len(rest), content: cleanEnd(rest)}, command && rest != ""
}

var (
	basePattern    = regexp.MustCompile(`^_(?:\{(\d{1,2})\}|(\d{1,2}))`)
	percentPattern = regexp.MustCompile(
		`^(?:\$+|\\\))?(?:\\[,;! ]|[ ~])*(?:\\?(?:text|mathrm|mbox)\{)?[ ~]*\\?(?:%|percent\b|pct\b|per cent\b)`)
)

// boxSuffix is what stands right behind a box and belongs to its answer: a percent sign, or the base of a number.
func boxSuffix(after, content string) string {
	after = after[:min(len(after), 40)]
	if base := basePattern.FindStringSubmatch(after); base != nil && isInteger(content) {
		return "_{" + base[1] + base[2] + "}"
	}
	if hasDigit(content) && !strings.Contains(content, "%") && percentPattern.MatchString(after) {
		return `\%`
	}
	return ""
}

var (
	// gapMarkup takes the mathematics off a text between two values, so that its words and signs stand alone.
	gapMarkup = strings.NewReplacer(
		`\text`, " ", `\mathrm`, " ", `\textbf`, " ", `\mbox`, " ", `\quad`, " ", `\qquad`, " ", `\,`, " ", `\;`, " ",
		`\!`, "", `\ `, " ", `\(`, " ", `\)`, " ", `\[`, " ", `\]`, " ",
		"$", " ", "{", " ", "}", " ", "*", " ", "&", " ",
		"~", " ", `\\`, " ", "(", " ", ")", " ", "、", " , ", "，", " , ", "；", " ; ", "和", " and ", "或", " or ",
		`\land`, " and ", `\lor`, " or ", ",", " , ", ";", " ; ",
	)
	gapLabel  = regexp.MustCompile(`[A-Za-z][A-Za-z_0-9]{0,3} *(?:=|\\in|:) *$`)
	partLabel = regexp.MustCompile(`\([b-h]\)|\(i[iv]+\)`)
	joiners   = setOf(", ; and or et und y")
	reasons   = setOf(`so then thus hence therefore but not which since because gives giving we total equivalently
		approximately about instead wait from with where to i.e. namely rather if implies simplifies becomes get yields`)
)

// joins tells whether two values with this text between them are parts of one answer: nothing or a comma, a semicolon,
// "and" or "or" stands there, perhaps with a few words ("for part (a) and"), but nothing that leads from one to the other.
func joins(gap string) bool {
	if sentenceEnd(gap) >= 0 {
		return false
	}
	separated := partLabel.MatchString(gap)
	gap = strings.TrimSpace(gapMarkup.Replace(gap))
	separated = separated || gap == ""
	for _, word := range strings.Fields(gapLabel.ReplaceAllString(gap, "")) {
		word = strings.ToLower(word)
		if reasons[word] || strings.ContainsAny(word, `=≈<>\`) {
			return false
		}
		separated = separated || joiners[word]
	}
	return separated
}

// approximates tells whether this text says that what follows it is an approximation of what stands before it.
func approximates(gap string) bool {
	return containsAny(gap, `\approx`, "≈", `\simeq`, `\doteq`, "approximately", "roughly", "about", `\sim`)
}
