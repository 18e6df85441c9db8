package token

import "unicode/utf8"

// joints are the pairs of characters that a merge may join: the last one of its left token and the first one of its right
// token. Two neighbours in a text that are none are a seam: no token ever crosses it, so what is on either side can be
// encoded by itself. A tokenizer that does not split text into words thus takes time by the word, and not by the text.
//
// A pair is a bit at its hash: two pairs at one bit cost a seam, not a wrong token.
type joints struct {
	bits [1 << 14]uint64
}

// add enters a merge.
func (j *joints) add(left, right string) {
	x, _ := utf8.DecodeLastRuneInString(left)
	y, _ := utf8.DecodeRuneInString(right)
	word, bit := j.at(x, y)
	j.bits[word] |= bit
}

// has tells whether a merge may join two characters.
func (j *joints) has(x, y rune) bool {
	word, bit := j.at(x, y)
	return j.bits[word]&bit != 0
}

// at returns where the bit of a pair is.
func (j *joints) at(x, y rune) (word uint32, bit uint64) {
	hash := (uint32(x)*0x9e3779b1 ^ uint32(y)) * 0x85ebca6b >> 12
	return hash >> 6, 1 << (hash & 63)
}

// seam returns the length of the part of a piece before its first seam, or of all of it. Both characters there must be
// tokens by themselves: of others, neighbours may be joined as what is unknown.
func (b *bpe) seam(piece string) int {
	last := rune(-1) // the character before, if it is a token
	for i := 0; i < len(piece); {
		r, size := utf8.DecodeRuneInString(piece[i:])
		known := b.token(r, piece[i:i+size]) >= 0
		if last >= 0 && known && !b.joints.has(last, r) {
			return i
		}
		last = -1
		if known {
			last = r
		}
		i += size
	}
	return len(piece)
}
