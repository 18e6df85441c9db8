package answer

import "strings"

// finalNumber is the number that a finished text ends on: in its last sentence the result of the calculation before it
// ("15 * 6 = 90. So they eat 90 carrots in 6 days."), or else the last number.
func finalNumber(text string) string {
	text = strings.TrimSpace(text[max(0, len(text)-maxEnd):])
	sentence := lastSentence(text)
	before := text[:lastIndex(text, sentence)]
	if i := strings.LastIndexByte(before, '='); i >= 0 {
		result, _ := firstNumber(before[i+1 : min(len(before), i+40)])
		if result != "" && containsNumber(sentence, result) {
			return result
		}
	}
	return lastNumber(text)
}

// containsNumber tells whether a number stands in a sentence as a whole.
func containsNumber(s, number string) bool {
	for {
		i := strings.Index(s, number)
		if i < 0 {
			return false
		}
		end := i + len(number)
		if (i == 0 || !isDigit(s[i-1])) && digitsEnd(s, i) <= end {
			return true
		}
		s = s[end:]
	}
}

// lastNumber is the last number of a text as it is written, with its sign, its separators and a percent sign: 1,234.5,
// -3/4, 25%, 4:30. Exponents, indices and the numbers of a list's items are none.
func lastNumber(s string) string {
	for end := strings.LastIndexAny(s, "0123456789") + 1; end > 0; {
		start := numberStart(s, end)
		if isQuantity(s, start, end) {
			return withSigns(s, start, end)
		}
		end = strings.LastIndexAny(s[:start], "0123456789") + 1
	}
	return ""
}

// firstNumber is the number that stands first in s, and what follows it.
func firstNumber(s string) (number, rest string) {
	i := strings.IndexAny(s, "0123456789")
	if i < 0 {
		return "", ""
	}
	end := digitsEnd(s, i)
	if strings.HasPrefix(s[end:], " ") { // a mixed number: 3 1/2
		if next := digitsEnd(s, end+1); strings.Contains(s[end:next], "/") {
			end = next
		}
	}
	number = withSigns(s, i, end)
	if at := strings.Index(s, number); at >= 0 {
		return number, s[at+len(number):]
	}
	return number, s[end:] // "5 percent" is 5%
}

// digitsEnd is where the digits from i on end, with the separators between them.
func digitsEnd(s string, i int) int {
	for ; i < len(s); i++ {
		if !isDigit(s[i]) && (strings.IndexByte(".,/:", s[i]) < 0 || digitRun(s[i+1:]) == 0) {
			break
		}
	}
	return i
}

// numberStart is where the number that ends at end begins. A separator counts if it stands between digits.
func numberStart(s string, end int) int {
	i := end
	for i > 0 {
		switch head := s[:i-1]; {
		case isDigit(s[i-1]), strings.IndexByte(".,/:", s[i-1]) >= 0 && endsInDigit(head):
			i--
		case strings.HasSuffix(s[:i], "{,}") && endsInDigit(s[:i-3]):
			i -= len("{,}")
		case s[i-1] == '.' && (head == "" || isBlank(head[len(head)-1])): // .5
			return i - 1
		case s[i-1] == ' ' && spacedThousands(head, s[i:]):
			i--
		default:
			return i
		}
	}
	return i
}

func endsInDigit(s string) bool { return s != "" && isDigit(s[len(s)-1]) }

// spacedThousands tells whether the digits on both sides of a space are one number (1 200).
func spacedThousands(before, after string) bool {
	head := strings.TrimRight(before, "0123456789")
	if n := len(before) - len(head); n < 1 || n > 3 || digitRun(after) != 3 {
		return false
	}
	return head == "" || !isLetter(head[len(head)-1]) && head[len(head)-1] != '.'
}

// isQuantity rules out exponents, indices, names, ordinals and the numbers of items.
func isQuantity(s string, start, end int) bool {
	before, rest := s[:start], s[end:]
	if before != "" && isLetter(before[len(before)-1]) {
		return false
	}
	if before = strings.TrimSuffix(before, "{"); strings.HasSuffix(before, "^") || strings.HasSuffix(before, "_") {
		return false
	}
	if (strings.HasPrefix(rest, ". ") || strings.HasPrefix(rest, ") ")) && len(strings.TrimSpace(rest)) > 2 {
		return strings.TrimLeft(before[strings.LastIndexByte(before, '\n')+1:], " *(") != ""
	}
	return !startsWord(rest, "st", "nd", "rd", "th")
}

// withSigns adds the sign before a number and what belongs to it behind it: a percent sign, "million", "p.m.".
func withSigns(s string, start, end int) string {
	for _, minus := range []string{"-", "−"} {
		before, ok := strings.CutSuffix(s[:start], minus)
		if ok && (before == "" || !isLetterOrDigit(before[len(before)-1]) && before[len(before)-1] != ')') {
			start -= len(minus)
			break
		}
	}
	number := s[start:end]
	switch rest := strings.TrimLeft(s[end:], ` \`); {
	case strings.HasPrefix(rest, "%"), startsWord(rest, "percent"):
		return number + "%"
	case startsWord(rest, "thousand", "million", "billion", "trillion"):
		return number + " " + rest[:letterRun(rest)]
	case strings.Contains(number, ":") && (strings.HasPrefix(rest, "p.m.") || strings.HasPrefix(rest, "a.m.")):
		return number + " " + rest[:len("p.m.")]
	}
	return number
}
