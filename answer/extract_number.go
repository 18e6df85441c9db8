package answer

import "strings"

// lastNumber is the last number of a text as it is written, with its sign, its separators and a percent sign: 1,234.5,
// -3/4, 25%, 4:30. Exponents, indices and the numbers of a list's items are none.
func lastNumber(s string) string {
	for end := len(s); end > 0; {
		end = lastDigitEnd(s[:end])
		if end == 0 {
			return ""
		}
		start := numberStart(s, end)
		if isQuantity(s, start, end) {
			return withSigns(s, start, end)
		}
		end = start
	}
	return ""
}

// finalNumber is the number that a finished text ends on: in its last sentence the result of the calculation before it
// ("15 * 6 = 90. So they eat 90 carrots in 6 days."), or else the last number.
func finalNumber(text string) string {
	text = strings.TrimSpace(text[max(0, len(text)-maxEnd):])
	sentence := lastSentence(text)
	before := text[:max(0, strings.LastIndex(text, sentence))]
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
	for i := strings.Index(s, number); i >= 0; {
		end := i + len(number)
		if (i == 0 || !isDigit(s[i-1])) && digitsEnd(s, i) <= end {
			return true
		}
		next := strings.Index(s[end:], number)
		if next < 0 {
			return false
		}
		i = end + next
	}
	return false
}

// lastDigitEnd is the position behind the last digit of s, or 0.
func lastDigitEnd(s string) int {
	for i := len(s); i > 0; i-- {
		if isDigit(s[i-1]) {
			return i
		}
	}
	return 0
}

// numberStart is where the number that ends at end begins. A separator counts if it stands between digits.
func numberStart(s string, end int) int {
	i := end
	for i > 0 {
		switch {
		case isDigit(s[i-1]):
			i--
		case i > 1 && strings.IndexByte(".,/:", s[i-1]) >= 0 && isDigit(s[i-2]):
			i--
		case i > 3 && s[i-3:i] == "{,}" && isDigit(s[i-4]):
			i -= 3
		case s[i-1] == '.' && (i == 1 || isBlank(s[i-2])):
			return i - 1
		case s[i-1] == ' ' && spacedThousands(s, i):
			i--
		default:
			return i
		}
	}
	return i
}

// spacedThousands tells whether the three digits at s[i:] go on a number whose groups are separated by spaces (1 200).
func spacedThousands(s string, i int) bool {
	if len(s) < i+3 || !isInteger(s[i:i+3]) || len(s) > i+3 && isDigit(s[i+3]) {
		return false
	}
	head := s[:i-1]
	n := len(head) - len(strings.TrimRight(head, "0123456789"))
	return 1 <= n && n <= 3 && (n == len(head) || !isLetterOrDigit(head[len(head)-n-1]) && head[len(head)-n-1] != '.')
}

// isQuantity rules out exponents, indices, names and the numbers of items.
func isQuantity(s string, start, end int) bool {
	if start > 0 {
		b := s[start-1]
		if b == '{' && start > 1 {
			b = s[start-2]
		}
		if b == '^' || b == '_' || isLetter(s[start-1]) {
			return false
		}
	}
	rest := s[end:]
	if (strings.HasPrefix(rest, ". ") || strings.HasPrefix(rest, ") ")) && len(strings.TrimSpace(rest)) > 2 {
		line := strings.TrimLeft(s[strings.LastIndexByte(s[:start], '\n')+1:start], " *(")
		return line != ""
	}
	for _, ordinal := range []string{"st", "nd", "rd", "th"} {
		if startsWord(rest, ordinal) {
			return false
		}
	}
	return true
}

// withSigns adds the sign before a number and what belongs to it behind it: a percent sign, "million", "p.m.".
func withSigns(s string, start, end int) string {
	if start > 0 && s[start-1] == '-' && (start == 1 || !isLetterOrDigit(s[start-2]) && s[start-2] != ')') {
		start--
	} else if strings.HasSuffix(s[:start], "−") {
		if head := strings.TrimSuffix(s[:start], "−"); head == "" || isBlank(head[len(head)-1]) {
			start -= len("−")
		}
	}
	number := s[start:end]
	switch rest := strings.TrimLeft(s[end:], ` \`); {
	case strings.HasPrefix(rest, "%"), startsWord(rest, "percent"):
		return number + "%"
	case startsWord(rest, "thousand", "million", "billion", "trillion"):
		return number + " " + rest[:letterRun(rest)]
	case strings.Contains(number, ":") && (strings.HasPrefix(rest, "p.m.") || strings.HasPrefix(rest, "a.m.")):
		return number + " " + rest[:4]
	}
	return number
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
		if !isDigit(s[i]) && (i+1 == len(s) || strings.IndexByte(".,/:", s[i]) < 0 || !isDigit(s[i+1])) {
			break
		}
	}
	return i
}
