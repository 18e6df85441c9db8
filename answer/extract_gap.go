package answer

import (
	"regexp"
	"strings"
)

var (
	basePattern = regexp.MustCompile(`^_(?:\{(\d{1,2})\}|(\d{1,2}))`)
	gapMarkup   = strings.NewReplacer(
		`\text`, " ", `\mathrm`, " ", `\textbf`, " ", `\mbox`, " ", `\quad`, " ", `\qquad`, " ", `\,`, " ", `\;`, " ",
		`\!`, "", `\ `, " ", `\(`, " ", `\)`, " ", `\[`, " ", `\]`, " ",
		"$", " ", "{", " ", "}", " ", "*", " ", "&", " ",
		"~", " ", `\\`, " ", "(", " ", ")", " ", "、", " , ", "，", " , ", "；", " ; ", "和", " and ", "或", " or ",
		`\land`, " and ", `\lor`, " or ", ",", " , ", ";", " ; ",
	)
	gapLabel  = regexp.MustCompile(`[A-Za-z][A-Za-z_0-9]{0,3} *(?:=|\\in|:) *$`)
	partLabel = regexp.MustCompile(`\([b-h]\)|\(i[iv]+\)`)
	reasons   = wordSet("so then thus hence therefore but not which since because gives giving we total equivalently " +
		"approximately about instead wait from with where to i.e. namely rather if implies simplifies becomes get " +
		"yields")
)

// joins tells whether two values with this text between them are parts of one answer: a comma, a semicolon, "and" or
// "or" stands there, perhaps with a few words ("for part (a) and"), but nothing that leads from one to the other.
func joins(gap string) bool {
	if sentenceEnd(gap) >= 0 {
		return false
	}
	separated := partLabel.MatchString(gap)
	gap = strings.TrimSpace(gapMarkup.Replace(gap))
	if gap == "" {
		return true
	}
	gap = strings.TrimSpace(gapLabel.ReplaceAllString(gap, ""))
	if gap == "" {
		return false // "\boxed{3} x = \boxed{4}"
	}
	words := strings.Fields(gap)
	for _, word := range words {
		switch w := strings.ToLower(word); {
		case reasons[w]:
			return false
		case w == "," || w == ";" || w == "and" || w == "or" || w == "et" || w == "und" || w == "y":
			separated = true
		case strings.ContainsAny(w, "=≈<>") || strings.HasPrefix(w, `\`):
			return false
		}
	}
	return separated && len(words) <= 8
}

// approximates tells whether this text says that what follows it is an approximation of what stands before it.
func approximates(gap string) bool {
	for _, sign := range []string{`\approx`, "≈", `\simeq`, `\doteq`, "approximately", "roughly", "about", `\sim`} {
		if strings.Contains(gap, sign) {
			return true
		}
	}
	return false
}

// isDecimal tells whether s is a plain decimal number, which may be an approximation.
func isDecimal(s string) bool {
	s = strings.TrimLeft(s, "-+ $")
	dot := false
	for i := range len(s) {
		if s[i] == '.' {
			dot = true
		} else if !isNumeral(s[i]) {
			return dot && i > 2 && isBlank(s[i])
		}
	}
	return dot
}
