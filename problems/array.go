package problems

import (
	"errors"
	"fmt"
	"strconv"
)

// array yields the elements of the JSON array that follows, and returns false when no more are wanted. It finds where
// they end by brackets and quotes alone: a json.Decoder would hold an element of any size, and stop at a bad one. What is
// wrong with the array itself is a bad row, the last.
func (s *scanner) array(yield func(row, error) bool) bool {
	var raw []byte
	s.next() // the bracket
	for n := 1; n > 1 || s.skipSpace() != ']'; n++ {
		s.skipSpace()
		line := s.line
		raw = s.element(raw[:0])
		if s.err != nil {
			return s.failed() || yield(row{line: line, err: errors.New("the array breaks off here: mend the JSON")}, nil)
		}
		if !yield(jsonRow(raw, line, strconv.Itoa(n)), nil) {
			return false
		}
		c := s.skipSpace()
		if c == ']' {
			break
		}
		if c != ',' {
			return s.failed() || yield(row{line: s.line, err: fmt.Errorf("the array breaks off here: no comma and no bracket behind element %d: mend the JSON", n)}, nil)
		}
		s.next()
	}
	s.next() // the closing bracket
	if s.skipSpace(); s.err == nil {
		return yield(row{line: s.line, err: errors.New("text after the end of the array: remove it")}, nil)
	}
	return true
}

// element appends the next element to raw, up to the white space, comma or bracket behind it. Of one that is too long it
// keeps enough to be seen as such.
func (s *scanner) element(raw []byte) []byte {
	depth, quoted := 0, false
	for {
		c := s.next()
		switch {
		case s.err != nil:
			return raw
		case quoted:
			quoted = c != '"'
			if c == '\\' {
				raw = keep(raw, c)
				c = s.next()
			}
		case depth == 0 && (isSpace(c) || c == ',' || c == ']'):
			s.back(c)
			return raw
		case c == '"':
			quoted = true
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			depth--
		}
		raw = keep(raw, c)
		if depth <= 0 && (c == '}' || c == ']') && !quoted {
			return raw
		}
	}
}

// keep appends a byte, unless raw is too long already.
func keep(raw []byte, c byte) []byte {
	if len(raw) > MaxLine {
		return raw
	}
	return append(raw, c)
}
