package answer

import "strings"

// sentenceEnds are what a finished text may end with, besides mathematics.
var sentenceEnds = []string{
	".", "!", "?", ")", "]", "}", "$", "。", "！", "？", "…", "”", "」", "\"", "）",
}

// finished tells whether a text ends where a sentence or a formula does, and so was not cut off in a derivation.
func finished(text string) bool {
	text = strings.TrimSpace(text)
	if opensFormula(text) || endsInItem(text) {
		return false
	}
	plain := strings.TrimRight(text, "*_ ")
	if strings.HasSuffix(plain, ":") {
		return false // a heading
	}
	if len(plain) < len(text) {
		line := lastLine(text)
		return lastBold(line) != "" || !strings.HasPrefix(strings.TrimLeft(line, "0123456789.# "), "**") // a heading
	}
	for _, end := range sentenceEnds {
		if strings.HasSuffix(text, end) {
			return true
		}
	}
	return endsOnQuantity(text)
}

// opensFormula tells whether a text ends inside a formula.
func opensFormula(text string) bool {
	text = text[max(0, len(text)-maxAnswer):]
	for _, pair := range [][2]string{{`\[`, `\]`}, {`\(`, `\)`}, {`\begin{`, `\end{`}} {
		open := strings.LastIndex(text, pair[0])
		if open > 0 && text[open-1] == '\\' { // a line break with its height, or a text that was escaped twice
			continue
		}
		if open >= 0 && !strings.Contains(text[open:], pair[1]) {
			return true
		}
	}
	paragraph := text[strings.LastIndex(text, "\n\n")+1:]
	last := strings.LastIndexByte(paragraph, '$')
	if last < 0 || (strings.Count(paragraph, "$")-strings.Count(paragraph, `\$`))%2 == 0 {
		return false
	}
	money := last+1 < len(paragraph) && isDigit(paragraph[last+1]) || last > 0 && isLetterOrDigit(paragraph[last-1])
	return !money && last < len(paragraph)-1
}

// endsInItem tells whether the last line of a text is only the number or the beginning of a list's item.
func endsInItem(text string) bool {
	line := lastLine(text)
	if len(line) == len(text) {
		return false
	}
	line = strings.TrimSpace(line)
	if number := strings.TrimLeft(line, "0123456789"); number == "." && len(line) < 4 || number == ")" {
		return true
	}
	return strings.HasPrefix(line, "- ") && len(line) < 8
}

// endsOnQuantity tells whether a text is one short line that says what something is: "it is 5 cm".
func endsOnQuantity(text string) bool {
	if len(text) > 200 || strings.Contains(text, "\n") {
		return false
	}
	words := strings.Fields(strings.ToLower(text))
	for back := 1; back <= 2 && back < len(words); back++ { // the number is the last word, or its unit is
		word, before := words[len(words)-back], words[len(words)-back-1]
		word = strings.TrimLeft(word, "-$+.")
		if word != "" && isDigit(word[0]) && (saysWhat[before] || strings.HasSuffix(before, ":")) {
			return true
		}
	}
	return false
}

// saysWhat are words that a number follows as what something is.
var saysWhat = setOf("is it's are equals to was exactly get therefore only est ist")
