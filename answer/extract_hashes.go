package answer

import "strings"

// hashes is what announces the answer in the reference solutions of GSM8K, and in the texts of models tuned on them.
const hashes = "####"

// lastHashes is what follows the last #### that is no heading, and the position of that mark, or -1.
func lastHashes(text string) (value string, at int) {
	if !strings.Contains(text, hashes) {
		return "", -1
	}
	for i, tries := len(text), 0; tries < maxBoxTries; tries++ {
		if i = strings.LastIndex(text[:i], hashes); i < 0 {
			break
		}
		line, _, _ := strings.Cut(text[i+len(hashes):min(len(text), i+maxAnswer)], "\n")
		if i > 0 && text[i-1] == '#' {
			continue
		}
		if s, ok := wholeAnswer(line); ok {
			return s, i
		}
	}
	return "", -1
}
