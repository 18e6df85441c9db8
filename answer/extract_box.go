package answer

import "strings"

const (
	// maxBoxTries is how many boxes are looked at from the end, empty ones and those of another sentence included.
	maxBoxTries = 32
	// maxGap is how many bytes may lie between two boxes of one answer.
	maxGap = 70
)

// A box is a \boxed{...} in a text.
type box struct {
	start, end int    // the whole of it
	content    string // what it holds, with a percent sign or a base that stands right behind it
	or         bool   // "or" stands between it and the next
}

// lastBoxes is the content of the last box that is not empty, joined with the boxes before it that belong to the same
// answer, and the position where it begins, or -1.
func lastBoxes(text string) (content string, at int) {
	var group []box // from the last to the first
	for i, tries := len(text), 0; tries < maxBoxTries; tries++ {
		b, ok := boxBefore(text, i)
		if !ok {
			break
		}
		i = b.start
		if b.content == "" {
			continue
		}
		if len(group) == 0 {
			group = append(group, b)
			continue
		}
		next := &group[len(group)-1]
		if b.end >= next.end {
			next.content, next.start, next.end = outer(b.content, next.content), b.start, b.end
			continue
		}
		if b.end > next.start {
			continue // "\boxed \boxed{5}"
		}
		gap := text[b.end:next.start]
		if len(gap) > maxGap {
			break
		}
		if approximates(gap) && isDecimal(next.content) {
			*next = b
			continue
		}
		if !joins(gap) {
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
	if len(group) == 1 {
		if leavesOpen(group[0].content) {
			return ""
		}
		return group[0].content
	}
	var parts []string
	seen := map[string]bool{}
	for i := len(group) - 1; i >= 0; i-- {
		if group[i].or && isChoice(group[i].content) {
			return ""
		}
		if c := group[i].content; !seen[c] {
			seen[c] = true
			parts = append(parts, c)
		}
	}
	return strings.Join(parts, ", ")
}

// outer is the content of a box that has another one in it: that one's, if there is nothing else.
func outer(content, inner string) string {
	all := boxCommands.Replace(content)
	if strings.Trim(all, " {}") == strings.Trim(inner, " {}") {
		return inner
	}
	return all
}

var boxCommands = strings.NewReplacer(`\boxed`, "", `\fbox`, "")

// boxBefore finds the last box that begins before end. Its content is empty if there is nothing in it.
func boxBefore(text string, end int) (box, bool) {
	for i := strings.LastIndex(text[:end], "ox"); i >= 0; i = strings.LastIndex(text[:i], "ox") {
		start, after, ok := boxWord(text, i)
		if !ok {
			continue
		}
		b, ok := boxAt(text, after, text[start] == '\\')
		if !ok {
			continue
		}
		b.start = start
		if start > 0 && text[start] == '\\' && text[start-1] == '\\' && (start < 2 || text[start-2] != '\\') {
			b.start--
			b.content = strings.ReplaceAll(b.content, `\\`, `\`) // the whole text is escaped twice
		}
		if !hasContent(b.content) {
			b.content = ""
		} else {
			b.content += boxSuffix(text[b.end:], b.content)
		}
		return b, true
	}
	return box{}, false
}

// hasContent tells whether a box holds more than empty text or a question mark.
func hasContent(s string) bool {
	return strings.Trim(textCommands.Replace(s), " {}?.~_-\n\t$*") != ""
}

var textCommands = strings.NewReplacer(
	`\textbf`, "", `\text`, "", `\mathrm`, "", `\quad`, "", `\qquad`, "", `\ldots`, "", `\dots`, "",
)

// boxWord tells whether the "ox" at i belongs to boxed or fbox, perhaps with a beginning that was lost because "\b" and
// "\f" are control characters in some languages, and where that word begins and ends.
func boxWord(text string, i int) (start, end int, ok bool) {
	switch {
	case strings.HasPrefix(text[i:], "oxed"):
		start, end = i, i+len("oxed")
		if start > 0 && (text[start-1] == 'b' || text[start-1] == '\b') {
			start--
		}
	case i >= 2 && text[i-1] == 'b' && (text[i-2] == 'f' || text[i-2] == '\f'):
		start, end = i-2, i+len("ox")
	case strings.HasSuffix(text[:i], "frameb"):
		start, end = i-len("frameb"), i+len("ox")
	default:
		return 0, 0, false
	}
	if start > 0 && text[start-1] == '\\' {
		start--
	}
	return start, end, true
}

// boxAt reads the content of the box whose command ends at i.
func boxAt(text string, i int, command bool) (box, bool) {
	open := i
	for open < len(text) && isBlank(text[open]) {
		open++
	}
	if open < len(text) && text[open] == '{' {
		end := closingBrace(text, open)
		if end < 0 {
			line, _, _ := strings.Cut(text[open+1:min(len(text), open+maxAnswer)], "\n")
			return box{end: open + 1 + len(line), content: cleanEnd(line)}, true
		}
		return box{end: end + 1, content: trimMaths(text[open+1 : end])}, true
	}
	if !command || open == i || open == len(text) {
		return box{}, false
	}
	n := strings.IndexAny(text[open:], " \n$,;")
	if n < 0 {
		n = len(text) - open
	}
	if n = min(n, maxAnswer); n == 0 {
		return box{}, false
	}
	return box{end: open + n, content: cleanEnd(text[open : open+n])}, true
}

// closingBrace is the position of the brace that closes the one at open, or -1 if there is none within maxAnswer bytes.
func closingBrace(text string, open int) int {
	depth := 0
	for i := open; i < min(len(text), open+maxAnswer); i++ {
		switch text[i] {
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
	return -1
}

// boxSuffix is what stands right behind a box and belongs to its answer: a percent sign, or the base of a number.
func boxSuffix(after, content string) string {
	if base := basePattern.FindStringSubmatch(after[:min(len(after), 8)]); base != nil && isInteger(content) {
		return "_{" + base[1] + base[2] + "}"
	}
	s := strings.TrimLeft(after[:min(len(after), 40)], ` ~$\),;`)
	s = strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(s, "text{"), "mathrm{"), "mbox{")
	s = strings.TrimLeft(s, " ~\\")
	percent := strings.HasPrefix(s, "%") || startsAnyWord(s, "percent", "pct", "per cent")
	if percent && !strings.Contains(content, "%") && hasDigit(content) && boxGlued(after) {
		return `\%`
	}
	return ""
}

// boxGlued tells whether what follows a box goes on with it: a comma begins something else.
func boxGlued(after string) bool {
	return !strings.HasPrefix(after, ",") && !strings.HasPrefix(after, "$,") && !strings.HasPrefix(after, ";")
}

// startsAnyWord tells whether s begins with one of some words.
func startsAnyWord(s string, words ...string) bool {
	for _, word := range words {
		if startsWord(s, word) {
			return true
		}
	}
	return false
}

// startsWord tells whether s begins with a whole word.
func startsWord(s, word string) bool {
	return strings.HasPrefix(s, word) && (len(s) == len(word) || !isAlpha(s[len(word)]))
}
