package answer

import "strings"

// A statement is what a text gives as its answer in words.
type statement struct {
	value string
	final bool // it says that it is the final answer
	open  bool // it leaves a choice open, so that there is no answer
}

const (
	// maxBare is how many bytes may follow "answer" if no connecting word does.
	maxBare = 40
	// maxStatement is how many bytes behind "answer" are read.
	maxStatement = 1000
)

// Words for "answer" in other languages, in the cases that models write.
var (
	latin = []string{
		"respuesta", "Respuesta", "resposta", "Resposta", "risposta", "Risposta", "ntwort", "ntwoord", "Cevap", "cevap",
		"Jibu", "jibu", "Svar",
	}
	foreign = append([]string{
		"答案", "答え", "答", "réponse", "Réponse", "Lösung", "Ответ", "ответ", "정답", "답", "الإجابة", "उत्तर", "đáp án",
		"Đáp án", "Trả lời", "คำตอบ", "উত্তর", "సమాధానం", "Odpowiedź", "Odpověď",
	}, latin...)
)

// lastStatement finds the last statement of an answer in a text.
func lastStatement(text string) statement {
	if s, ok := answerLine(text); ok {
		return s
	}
	for i, tries := len(text), 0; tries < maxTries; tries++ {
		at, end := keywordBefore(text, i, "nswer", "answers", "answer")
		if at < 0 {
			break
		}
		i = at
		if s, ok := statementAt(text, at, end); ok {
			return s
		}
	}
	if s, ok := foreignStatement(text); ok {
		return s
	}
	return weakStatement(text)
}

// foreignStatement finds a statement in another language near the end of a text.
func foreignStatement(text string) (statement, bool) {
	text = text[max(0, len(text)-maxStatement):]
	words := foreign
	if isASCII(text) {
		words = latin
	}
	for _, word := range words {
		if !strings.Contains(text, word) {
			continue
		}
		i := lastIndex(text, word)
		if s, ok := statementAt(text, i, i+len(word)); ok {
			return s, true
		}
	}
	return statement{}, false
}

// isASCII tells whether the words with other letters need not be looked for.
func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// answerLine takes a last line that begins with "A:", as the answers to questions do.
func answerLine(text string) (statement, bool) {
	line := lastLine(text)
	start := strings.TrimLeft(line[:min(len(line), maxStatement)], "*# ")
	if !strings.HasPrefix(start, "A:") {
		return statement{}, false
	}
	s, ok := valueIn(start[2:])
	return s, ok && hasDigit(s.value)
}

// weakStatement takes "the result is", which a derivation also has, in the last line only.
func weakStatement(text string) statement {
	line := lastLine(text)
	if len(line) > maxStatement {
		return statement{}
	}
	at, end := keywordBefore(line, len(line), "esult", "results", "result")
	if at < 0 {
		return statement{}
	}
	s, ok := statementAt(line, at, end)
	if i := lastIndex(line, s.value); !ok || i < 0 || hasDigit(line[i+len(s.value):]) {
		return statement{}
	}
	return s
}

// keywordBefore finds the last occurrence of a word, in lower or upper case or capitalized, that begins before end.
func keywordBefore(text string, end int, core string, words ...string) (start, stop int) {
	i := lastIndex(text[:end], core)
	if up := lastIndex(text[max(0, i):end], strings.ToUpper(core)); up >= 0 {
		i = max(0, i) + up
	}
	if i < 1 {
		return -1, 0
	}
	for _, word := range words {
		if len(text) >= i-1+len(word) && strings.EqualFold(text[i-1:i-1+len(word)], word) {
			return i - 1, i - 1 + len(word)
		}
	}
	return -1, 0
}

// statementAt reads the statement whose key word stands at text[start:end].
func statementAt(text string, start, end int) (statement, bool) {
	before := text[max(0, start-60):start]
	if isConditional(before) {
		return statement{}, false
	}
	rest := text[end:min(len(text), end+maxStatement)]
	if denies(rest) {
		return statement{open: true}, true
	}
	rest, ok := afterConnector(rest)
	if !ok {
		return statement{}, false
	}
	s, ok := valueIn(rest)
	words := strings.Fields(strings.ToLower(before))
	s.final = len(words) > 0 && strings.HasSuffix(words[len(words)-1], "final")
	return s, ok
}

// isConditional tells whether the words before "answer" only suppose it.
func isConditional(before string) bool {
	words := strings.Fields(strings.ToLower(before))
	for i := len(words) - 1; i >= 0; i-- {
		switch words[i] {
		case "the", "my", "our", "final", "correct", "this", "an", "your":
		case "if", "whether", "suppose", "supposing", "assume", "assuming", "unless", "no", "say", "perhaps", "maybe",
			"check", "checking", "verify", "verifying", "confirm":
			return true
		default:
			return false
		}
	}
	return false
}

// denies tells whether what follows "answer" only says what it is not.
func denies(rest string) bool {
	rest = strings.TrimLeft(rest, " ")
	for _, word := range []string{"is not ", "isn't ", "isn’t ", "cannot be ", "can't be ", "can not be "} {
		if strings.HasPrefix(rest, word) {
			sentence := firstSentence(rest)
			return len(sentence) == len(strings.TrimRight(rest, " \n")) && !containsAny(sentence, " but ", "it")
		}
	}
	return false
}

// linking are the words between "answer" and its value, in several languages.
var linking = []string{
	"is:", "are:", "is", "are", "was", "be", "equals", "=", ":", "：", "=>", "->", "→", "est", "es", "ist", "é", "è",
	"是", "为", "為", "は", "-", "–", "—", "to be", "sería", "lautet", "являет", "은", "는",
	"هي", "هو", "là", "คือ", "है", "jest", "je", "är",
}

// afterConnector is what follows the words that lead from "answer" to its value: "is", ":", the end of a heading, or a
// few words more ("answer to part (b), in metres, is").
func afterConnector(rest string) (string, bool) {
	rest = strings.TrimLeft(rest, `*_"'}])`)
	trimmed := strings.TrimLeft(rest, " \t")
	for _, word := range linking {
		if strings.HasPrefix(trimmed, word) && (!isLetter(word[len(word)-1]) || startsWord(trimmed, word)) {
			if word[0] == '-' && len(rest) == len(trimmed) {
				break
			}
			return strings.TrimLeft(trimmed[len(word):], " \t:*_"), true
		}
	}
	switch {
	case strings.HasPrefix(trimmed, "$") || strings.HasPrefix(trimmed, `\(`) || strings.HasPrefix(trimmed, `\[`) ||
		strings.HasPrefix(trimmed, `\begin{`):
		return trimmed, true
	case trimmed == "" || trimmed[0] == '\n':
		return heading(trimmed)
	case len(trimmed) <= maxBare && startsMaths(trimmed) && !isLetter(trimmed[0]) && trimmed[0] != '(':
		return trimmed, true // "Answer 12"
	}
	return afterWords(trimmed)
}

// heading is what follows a line that only says "Final Answer". A whole solution may follow, too; that is no statement.
func heading(rest string) (string, bool) {
	rest = strings.TrimLeft(rest, " \n\t#*:")
	return rest, strings.Count(strings.TrimSpace(rest), "\n") <= 5
}

// afterWords skips the words of a longer subject ("answer to the question is 5", "answer (in cm): 5").
func afterWords(rest string) (string, bool) {
	head := rest[:min(len(rest), 100)]
	head = firstSentence(head)
	for _, word := range []string{"choice", "option", "key", "sheet", "here", "not", "and", "will not"} {
		if startsWord(head, word) || strings.HasPrefix(head, word+"s ") {
			return "", false
		}
	}
	at, length := -1, 0
	for _, link := range []string{" is ", " are ", " be ", ": ", " = ", "：", "是", ":\n", " is:", " equals "} {
		if i := strings.Index(head, link); i >= 0 && (at < 0 || i < at) {
			at, length = i, len(link)
		}
	}
	if at < 0 {
		return "", false
	}
	return strings.TrimLeft(rest[at+length:], " \t*_:"), true
}

// valueIn reads the value of a statement from what follows its connector.
func valueIn(rest string) (statement, bool) {
	for before := -1; len(rest) != before; {
		before = len(rest)
		rest = strings.TrimPrefix(strings.TrimLeft(rest, " \n\t\r*_\"“'`:#>"), `\"`)
	}
	rest = oneLineBracket(rest)
	line, more, _ := strings.Cut(rest, "\n")
	if leavesOpen(clean(firstSentence(line))) {
		return statement{open: true}, true
	}
	if v := mathsValues(withoutLead(rest)); v != "" {
		return statement{value: v}, true
	}
	if strings.HasPrefix(rest, "$$") || strings.HasPrefix(rest, `\[`) || strings.HasPrefix(rest, `\(`) {
		if _, ok := mathsAt(rest); !ok {
			return statement{}, false // cut off
		}
	}
	clause := clean(firstSentence(line))
	if strings.HasSuffix(clause, ":") {
		if v := mathsValues(strings.TrimLeft(more, " \n\t")); v != "" {
			return statement{value: v}, true
		}
	}
	choice, open := choiceOf(withoutLead(clause))
	if open {
		return statement{open: true}, true
	}
	if choice == "" {
		choice = plainValue(clause)
	}
	return statement{value: choice}, choice != ""
}
