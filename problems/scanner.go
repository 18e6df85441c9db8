package problems

import (
	"bufio"
	"errors"
	"io"
)

// A scanner reads a text by the byte or the line. It knows the line that it is on, and what has ended it.
type scanner struct {
	in   *bufio.Reader
	line int
	err  error // io.EOF at the end
}

// next takes a byte, which is 0 at the end.
func (s *scanner) next() byte {
	c, err := s.in.ReadByte()
	if err != nil {
		s.err = err
		return 0
	}
	if c == '\n' {
		s.line++
	}
	return c
}

// back gives back the byte that was taken last.
func (s *scanner) back(c byte) {
	_ = s.in.UnreadByte() // which cannot fail behind ReadByte
	if c == '\n' {
		s.line--
	}
}

// skipSpace returns the first byte that is no white space, and leaves it there.
func (s *scanner) skipSpace() byte {
	for {
		c := s.next()
		if s.err != nil {
			return 0
		}
		if !isSpace(c) {
			s.back(c)
			return c
		}
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// readLine appends the rest of the line to raw. Of a line that is too long it keeps enough to be seen as such.
func (s *scanner) readLine(raw []byte) []byte {
	const most = MaxLine + len("\r\n") + 1
	for {
		part, err := s.in.ReadSlice('\n')
		raw = append(raw, part[:min(len(part), most-len(raw))]...)
		switch {
		case err == nil:
			s.line++
			return raw
		case !errors.Is(err, bufio.ErrBufferFull):
			s.err = err
			return raw
		}
	}
}

// failed reports whether something other than the end has ended the text.
func (s *scanner) failed() bool { return s.err != nil && !errors.Is(s.err, io.EOF) }
