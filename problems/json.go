package problems

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"
)

const example = `{"problem": "What is 12 + 30?"}`

// jsonRows reads an array of objects if the text begins with a bracket, or else an object a line.
func jsonRows(in *bufio.Reader) rows {
	return func(yield func(row, error) bool) {
		s := &scanner{in: in, line: 1}
		read := s.lines
		if s.skipSpace() == '[' {
			read = s.array
		}
		if read(yield) && s.failed() {
			yield(row{}, s.err)
		}
	}
}

// lines yields the lines that are not blank. It returns false when no more are wanted.
func (s *scanner) lines(yield func(row, error) bool) bool {
	var raw []byte
	for s.err == nil {
		line := s.line
		raw = s.readLine(raw[:0])
		if s.failed() {
			break
		}
		if one := bytes.TrimSpace(raw); len(one) > 0 && !yield(jsonRow(one, line, strconv.Itoa(line)), nil) {
			return false
		}
	}
	return true
}

// jsonRow decodes one object, and keeps nothing of raw.
func jsonRow(raw []byte, line int, id string) row {
	r := row{line: line, id: id}
	switch {
	case len(raw) > MaxLine:
		r.err = errTooLong
	case !utf8.Valid(raw): // encoding/json would replace the bad bytes in silence
		r.err = errors.New("not valid UTF-8: save the file as UTF-8")
	default:
		if r.values, r.err = decode(raw); r.err != nil {
			r.err = fmt.Errorf("not a JSON object (%w): write one object a line, such as %s", r.err, example)
		}
	}
	return r
}

// decode returns the members of a JSON object.
func decode(raw []byte) (values, error) {
	var v values
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber() // a number keeps its digits
	if dec.Decode(&v) != nil || dec.InputOffset() < int64(len(raw)) {
		return nil, ObjectFault(raw)
	}
	return v, nil
}

// ObjectFault says why a text that is not one JSON object is none. What encoding/json says of it is for programmers.
func ObjectFault(text []byte) error {
	var object map[string]json.RawMessage
	var kind *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	err := json.NewDecoder(bytes.NewReader(text)).Decode(&object)
	switch {
	case errors.As(err, &kind):
		return fmt.Errorf("it is a JSON %s", kind.Value)
	case errors.As(err, &syntax):
		return fmt.Errorf("it is wrong at byte %d", syntax.Offset)
	case err != nil:
		return errors.New("it breaks off")
	case object == nil:
		return errors.New("it is null")
	}
	return errors.New("there is text behind it")
}
