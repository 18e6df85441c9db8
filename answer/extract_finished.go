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
	if strings.HasSuffix(text, "*") && lastBold(lastLine(text)) != "" { // else it is a heading
		return true
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
		if open := lastIndex(text, pair[0]); open >= 0 && !strings.Contains(text[open:], pair[1]) {
			return true
		}
	}
	paragraph := text[lastIndex(text, "\n\n")+1:]
	if (strings.Count(paragraph, "$")-strings.Count(paragraph, `\$`))%2 == 0 {
		return false
	}
	last := strings.LastIndexByte(paragraph, '$')
	before, after := paragraph[:last], paragraph[last+1:]
	money := digitRun(after) > 0 || before != "" && isLetterOrDigit(before[len(before)-1])
	return after != "" && !money
}

// endsInItem tells whether the last line of a text is only the number or the beginning of a list's item.
func endsInItem(text string) bool {
	line := strings.TrimSpace(lastLine(text))
	number, dot := strings.CutSuffix(line, ".")
	if len(line) == len(text) {
		return false
	}
	return dot && len(number) < 3 && digits(number) || strings.HasPrefix(line, "- ") && len(line) < 8
}

// saysWhat are words that a number follows as what something is.
var saysWhat = setOf("is it's are equals to was exactly get therefore only est ist")

// endsOnQuantity tells whether a text is one short line that says what something is: "it is 5 cm".
func endsOnQuantity(text string) bool {
	if len(text) > 200 || strings.Contains(text, "\n") {
		return false
	}
	words := strings.Fields(strings.ToLower(text))
	for i := len(words) - 1; i > 0 && i >= len(words)-2; i-- { // the number is the last word, or its unit is
		before := words[i-1]
		if digitRun(strings.TrimLeft(words[i], "-$+.")) > 0 && (saysWhat[before] || strings.HasSuffix(before, ":")) {
			return true
		}
	}
	return false
}
