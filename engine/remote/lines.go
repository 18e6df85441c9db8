package remote

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// maxLine is the most bytes of an event.
const maxLine = 1 << 20

var errDone = errors.New("the stream says that it is done")

// lines reads the events of a stream (text/event-stream), each of which has one line of data here.
type lines struct {
	r    *bufio.Reader
	long []byte // of a line that does not fit into the reader
}

func newLines(r io.Reader) *lines { return &lines{r: bufio.NewReader(r)} }

// next returns the data of the next event, valid until the next call; errDone at the end that the interface has, and io.EOF
// where the stream ends without.
func (l *lines) next() ([]byte, error) {
	for {
		line, err := l.line()
		if err != nil {
			return nil, err
		}
		data, ok := bytes.CutPrefix(line, []byte("data:"))
		if !ok {
			continue // an empty line, a comment that keeps the connection open, or a field that nobody uses
		}
		data = bytes.TrimSpace(data)
		if string(data) == "[DONE]" {
			return nil, errDone
		}
		return data, nil
	}
}

// line reads a whole line. Half a line at the end is none.
func (l *lines) line() ([]byte, error) {
	l.long = l.long[:0]
	for {
		part, err := l.r.ReadSlice('\n')
		switch {
		case err == nil && len(l.long) == 0:
			return part, nil
		case err == nil:
			return append(l.long, part...), nil
		case !errors.Is(err, bufio.ErrBufferFull):
			if errors.Is(err, io.ErrUnexpectedEOF) {
				err = io.EOF
			}
			return nil, err
		case len(l.long)+len(part) > maxLine:
			return nil, fmt.Errorf("%w: an event has more than %d bytes", errBroken, maxLine)
		}
		l.long = append(l.long, part...)
	}
}
