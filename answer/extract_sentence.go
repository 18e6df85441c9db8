package answer

import "strings"

// lastSentence is the last sentence of a text, without its full stop. It does not go beyond a line.
func lastSentence(text string) string {
	text = strings.TrimRight(text[max(0, len(text)-maxSentence):], " \n\t\r.!?。！？")
	line := text[strings.LastIndexByte(text, '\n')+1:]
	for {
		i := sentenceEnd(line)
		if i < 0 || strings.TrimSpace(line[i:]) == "" {
			return strings.TrimSpace(line)
		}
		line = line[i:]
	}
}

// sentenceLength is the length of the sentence that s begins with, without its full stop.
func sentenceLength(s string) int {
	end := sentenceEnd(s)
	if end < 0 {
		return len(s)
	}
	return end
}

// sentenceEnd is the position behind the first full stop, question or exclamation mark that ends a sentence, or -1.
func sentenceEnd(s string) int {
	for i := 0; i < len(s); i++ {
		switch b := s[i]; {
		case b == '.' || b == '?':
			abbreviated := b == '.' && i > 1 && isLetter(s[i-1]) && s[i-2] == '.'
			if !abbreviated && endsHere(s[i+1:]) {
				return i + 1
			}
		case b == '!' && i+2 < len(s) && s[i+1] == ' ' && 'A' <= s[i+2] && s[i+2] <= 'Z':
			return i + 1
		case b == 0xe3 && strings.HasPrefix(s[i:], "。"):
			return i + len("。")
		case b == 0xef && (strings.HasPrefix(s[i:], "！") || strings.HasPrefix(s[i:], "？")):
			return i + len("！")
		}
	}
	return -1
}

// endsHere tells whether nothing but closing signs stands between a full stop and the space behind its sentence.
func endsHere(rest string) bool {
	rest = strings.TrimLeft(rest, "$\"')*}")
	return rest == "" || isBlank(rest[0]) || strings.HasPrefix(rest, `\)`) || strings.HasPrefix(rest, `\]`)
}
