package token

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// segment is a stretch of text and whether special tokens in it are meant as such.
type segment struct {
	text    string
	special bool
}

// matcher finds added tokens in text: from left to right, and the longest where several begin at the same place. It is a
// tree of their bytes.
type matcher struct {
	edges  map[edge]int32 // to the node that a byte leads to
	ends   map[int32]*addedToken
	begins [256]bool // bytes that a token begins with
}

// edge is a byte behind a node; node 0 is the root.
type edge struct {
	node int32
	byte byte
}

// add enters a token that is spelled as text. Of two with the same spelling the first counts.
func (m *matcher) add(text string, token *addedToken) {
	if text == "" {
		return
	}
	if m.edges == nil {
		m.edges, m.ends = make(map[edge]int32), make(map[int32]*addedToken)
	}
	node := int32(0)
	for i := range len(text) {
		next, ok := m.edges[edge{node, text[i]}]
		if !ok {
			next = int32(len(m.edges)) + 1
			m.edges[edge{node, text[i]}] = next
		}
		node = next
	}
	if m.ends[node] == nil {
		m.ends[node] = token
	}
	m.begins[text[0]] = true
}

// longest returns the longest token that text begins with, if any, and its length there.
func (m *matcher) longest(text string) (token *addedToken, length int) {
	if !m.begins[text[0]] {
		return nil, 0
	}
	node := int32(0)
	for i := range len(text) {
		next, ok := m.edges[edge{node, text[i]}]
		if !ok {
			break
		}
		node = next
		if end := m.ends[node]; end != nil {
			token, length = end, i+1
		}
	}
	return token, length
}

// cut finds the tokens in segments, each by itself, and hands over, in order, the tokens and what is between them. For
// what is around a token the segments are one text. First tells whether that begins with the segments.
func (m *matcher) cut(segments []segment, token func(id int32), between func(gap []segment, first bool)) {
	text, at, end := join(segments), 0, 0 // at is where the last token ends, with the space that it takes
	for _, s := range segments {
		begin := end
		end += len(s.text)
		for i := begin; i < end; {
			a, n := m.longest(text[i:end])
			if a == nil {
				i++
				continue
			}
			left, right := i, i+n
			i = right
			if a.Special && !s.special || a.SingleWord && (endsInWord(text[:left]) || beginsWithWord(text[right:])) {
				continue
			}
			if a.LStrip {
				left = max(at, len(strings.TrimRightFunc(text[:left], unicode.IsSpace)))
			}
			if a.RStrip {
				right = len(text) - len(strings.TrimLeftFunc(text[right:], unicode.IsSpace))
			}
			if at < left {
				between(within(segments, at, left), at == 0)
			}
			token(a.ID)
			at = right
		}
	}
	if at < len(text) {
		between(within(segments, at, len(text)), at == 0)
	}
}

// join returns the text of segments.
func join(segments []segment) string {
	if len(segments) == 1 {
		return segments[0].text
	}
	var text strings.Builder
	for _, s := range segments {
		text.WriteString(s.text)
	}
	return text.String()
}

// within returns what segments have between two places of their text.
func within(segments []segment, from, to int) []segment {
	var part []segment
	at := 0
	for _, s := range segments {
		begin, end := max(from-at, 0), min(to-at, len(s.text))
		if begin < end {
			part = append(part, segment{s.text[begin:end], s.special})
		}
		at += len(s.text)
	}
	return part
}

// endsInWord and beginsWithWord tell whether the character next to a token belongs to a word.
func endsInWord(text string) bool {
	r, _ := utf8.DecodeLastRuneInString(text)
	return isWord(r)
}

func beginsWithWord(text string) bool {
	r, _ := utf8.DecodeRuneInString(text)
	return isWord(r)
}

// isWord is \w of Unicode (UTS 18, annex C).
func isWord(r rune) bool {
	return unicode.In(r, unicode.L, unicode.M, unicode.Nd, unicode.Nl, unicode.Pc, unicode.Other_Alphabetic, unicode.Join_Control)
}
