package answer

import "strings"

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
