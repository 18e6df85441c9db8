package answer

import "strings"

// A statement is what a text gives as its answer in words.
type statement struct {
	value string
	final bool // it says that it is the final answer
	open  bool // it leaves a choice open, so that there is no answer
}

// maxStatement is how many bytes behind "answer" are read.
const maxStatement = 1000

// foreign are words for "answer" in other languages, in the cases that models write.
var foreign = []string{
	"答案", "答え", "答", "réponse", "Réponse", "Lösung", "Ответ", "ответ", "정답", "답", "الإجابة", "उत्तर", "đáp án",
	"Đáp án", "Trả lời", "คำตอบ", "উত্তর", "సమాధానం", "Odpowiedź", "Odpověď",
	"respuesta", "Respuesta", "resposta", "Resposta", "risposta", "Risposta", "ntwort", "ntwoord", "Cevap", "cevap",
	"Jibu", "jibu", "Svar",
}

// lastStatement finds the last statement of an answer in a text.
func lastStatement(text string) statement {
	if rest, ok := strings.CutPrefix(strings.TrimLeft(lastLine(text), "*# "), "A:"); ok { // as behind "Q:"
		if s, ok := valueIn(rest[:min(len(rest), maxStatement)]); ok && hasDigit(s.value) {
			return s
		}
	}
	for i, tries := len(text), 0; tries < maxTries; tries++ {
		start, end := keywordBefore(text, i, "answer")
		if start < 0 {
			break
		}
		i = start
		if s, ok := statementAt(text, start, end); ok {
			return s
		}
	}
	if s, ok := foreignStatement(text); ok {
		return s
	}
	return weakStatement(text)
}

// keywordBefore finds the last occurrence of a word, also in the plural, in lower or upper case or capitalized, that ends
// at or before end.
func keywordBefore(text string, end int, word string) (start, stop int) {
	core := word[1:]
	i := max(lastIndex(text[:end], core), lastIndex(text[:end], strings.ToUpper(core)))
	if i < 1 || text[i-1]|0x20 != word[0] {
		return -1, 0
	}
	stop = i + len(core)
	if stop < len(text) && text[stop]|0x20 == 's' {
		stop++
	}
	return i - 1, stop
}

// foreignStatement finds a statement in another language near the end of a text.
func foreignStatement(text string) (statement, bool) {
	text = text[max(0, len(text)-maxStatement):]
	for _, word := range foreign {
		if i := lastIndex(text, word); i >= 0 {
			if s, ok := statementAt(text, i, i+len(word)); ok {
				return s, true
			}
		}
	}
	return statement{}, false
}

// weakStatement takes "the result is", which a derivation also has, in the last line only, as its last number.
func weakStatement(text string) statement {
	line := lastLine(text)
	line = line[max(0, len(line)-maxStatement):]
	start, end := keywordBefore(line, len(line), "result")
	if start < 0 {
		return statement{}
	}
	s, ok := statementAt(line, start, end)
	if _, behind, _ := strings.Cut(line[end:], s.value); !ok || hasDigit(behind) {
		return statement{}
	}
	return s
}

// statementAt reads the statement whose key word stands at text[start:end].
func statementAt(text string, start, end int) (statement, bool) {
	before := strings.Fields(strings.ToLower(text[max(0, start-60):start]))
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
	s.final = len(before) > 0 && strings.HasSuffix(before[len(before)-1], "final")
	return s, ok
}

var (
	determiners  = setOf("the my our final correct this an your")
	suppositions = setOf(`if whether suppose supposing assume assuming unless no say perhaps maybe check checking verify
		verifying confirm`)
)

// isConditional tells whether the words before "answer" only suppose it.
func isConditional(before []string) bool {
	i := len(before) - 1
	for i >= 0 && determiners[before[i]] {
		i--
	}
	return i >= 0 && suppositions[before[i]]
}

// denies tells whether a text ends with what the answer is not.
func denies(rest string) bool {
	rest = strings.TrimLeft(rest, " ")
	return startsWord(rest, "is not", "isn't", "isn’t", "cannot be", "can't be", "can not be") &&
		firstSentence(rest) == rest && !containsAny(rest, " but ", "it")
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
	const maxBare = 40 // how many bytes may follow "answer" if no connecting word does
	rest = strings.TrimLeft(strings.TrimLeft(rest, `*_"'}])`), " \t")
	for _, word := range linking {
		if strings.HasPrefix(rest, word) && (!isLetter(word[len(word)-1]) || startsWord(rest, word)) {
			return rest[len(word):], true
		}
	}
	if strings.TrimSpace(rest) == "" || rest[0] == '\n' { // a heading; if a whole solution follows, that is no statement
		rest = strings.TrimLeft(rest, " \n\t#*:")
		return rest, strings.Count(strings.TrimSpace(rest), "\n") <= 5
	}
	_, formula := mathsAt(rest)
	if formula || len(rest) <= maxBare && startsMaths(rest) && !isLetter(rest[0]) && rest[0] != '(' { // "Answer 12"
		return rest, true
	}
	return afterWords(rest)
}

// afterWords skips the words of a longer subject ("answer to the question is 5", "answer (in cm): 5").
func afterWords(rest string) (string, bool) {
	head := firstSentence(rest[:min(len(rest), 100)])
	if startsWord(head, "choice", "choices", "option", "options", "key", "sheet", "here", "not", "and", "will not") {
		return "", false
	}
	at, end := len(head), 0
	for _, link := range []string{" is ", " are ", " be ", ": ", " = ", "：", "是", ":\n", " is:", " equals "} {
		if i := strings.Index(head[:at], link); i >= 0 {
			at, end = i, i+len(link)
		}
	}
	return rest[end:], end > 0
}

// valueIn reads the value of a statement from what follows its connector.
func valueIn(rest string) (statement, bool) {
	const style = " \n\t\r*_\"“'`:#>"
	rest = strings.TrimLeft(strings.TrimPrefix(strings.TrimLeft(rest, style), `\"`), style)
	rest = oneLineBracket(rest)
	line, more, _ := strings.Cut(rest, "\n")
	clause := clean(firstSentence(line))
	if leavesOpen(clause) {
		return statement{open: true}, true
	}
	if v := mathsValues(withoutLead(rest)); v != "" {
		return statement{value: v}, true
	}
	for _, open := range []string{"$$", `\[`, `\(`} {
		if _, ok := mathsAt(rest); !ok && strings.HasPrefix(rest, open) {
			return statement{}, false // cut off
		}
	}
	if strings.HasSuffix(clause, ":") {
		if v := mathsValues(strings.TrimLeft(more, " \n\t")); v != "" {
			return statement{value: v}, true
		}
	}
	choice, open := choiceOf(withoutLead(clause))
	if choice == "" && !open {
		choice = plainValue(clause)
	}
	return statement{value: choice, open: open}, choice != "" || open
}
