package problems

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	byteOrderMark = "\ufeff"
	example       = `{"problem": "What is 12 + 30?"}`
)

// ReadFile reads the problem file at path. See [Read].
func ReadFile(path string) ([]Problem, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading problems: %w", err)
	}
	defer func() { _ = f.Close() }() // nothing was written: closing cannot lose data
	return Read(f, path)
}

// Read reads a problem file in the format that the package comment gives. It returns the problems in the order of the
// file, at least one, or an error that lists the bad lines as "name:line: what is wrong", the first ten of them.
func Read(r io.Reader, name string) ([]Problem, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxFile+1))
	if err != nil {
		return nil, fmt.Errorf("reading problems from %s: %w", name, err)
	}
	if len(data) > MaxFile {
		return nil, fmt.Errorf("%s: more than %d bytes: split the file", name, MaxFile)
	}
	data = bytes.TrimPrefix(data, []byte(byteOrderMark))

	bad := badLines{name: name}
	records := lines(data)
	if bytes.HasPrefix(bytes.TrimSpace(data), []byte("[")) {
		records = elements(data, &bad)
	}
	list := make([]Problem, 0, len(records))
	first := make(map[string]int, len(records)) // id -> line of the problem that has it
	for _, rec := range records {
		p, err := rec.problem()
		if err != nil {
			bad.add(rec.line, err)
			continue
		}
		if line, taken := first[p.ID]; taken {
			bad.add(rec.line, fmt.Errorf("id %q is that of line %d: give every problem its own id", p.ID, line))
			continue
		}
		first[p.ID] = rec.line
		list = append(list, p)
	}
	if err := bad.join(); err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%s: no problems: write one object a line, such as %s", name, example)
	}
	return list, nil
}

// A record is the JSON text of one problem, with the line it starts on and the id it gets when it has none of its own.
type record struct {
	raw       []byte
	line      int
	defaultID string
}

// lines returns the lines of data that are not blank.
func lines(data []byte) []record {
	var records []record
	n := 0
	for line := range bytes.Lines(data) {
		n++
		if line = bytes.TrimSpace(line); len(line) > 0 {
			records = append(records, record{line, n, strconv.Itoa(n)})
		}
	}
	return records
}

// elements returns the elements of the JSON array that data is. A fault in the array itself ends it and goes to bad.
func elements(data []byte, bad *badLines) []record {
	var records []record
	dec := json.NewDecoder(bytes.NewReader(data))
	_, err := dec.Token() // the bracket, as the caller saw
	line, counted := 1, 0 // the newlines of data[:counted] are in line
	lineAt := func(offset int) int {
		line += bytes.Count(data[counted:offset], []byte("\n"))
		counted = offset
		return line
	}
	for err == nil && dec.More() {
		var raw json.RawMessage
		if err = dec.Decode(&raw); err == nil {
			start := int(dec.InputOffset()) - len(raw)
			records = append(records, record{raw, lineAt(start), strconv.Itoa(len(records) + 1)})
		}
	}
	if err == nil {
		_, err = dec.Token()
	}
	end := int(dec.InputOffset())
	rest := bytes.TrimLeft(data[end:], " \t\r\n,")
	switch {
	case err != nil:
		bad.add(lineAt(len(data)-len(rest)), fmt.Errorf("the array breaks off here: %w: mend the JSON", err))
	case len(rest) > 0:
		bad.add(lineAt(len(data)-len(rest)), errors.New("text after the end of the array: remove it"))
	}
	return records
}

// problem decodes the record.
func (rec record) problem() (Problem, error) {
	if len(rec.raw) > MaxLine {
		return Problem{}, fmt.Errorf("a problem of %d bytes: shorten it to at most %d", len(rec.raw), MaxLine)
	}
	if !utf8.Valid(rec.raw) { // encoding/json would replace the bad bytes in silence
		return Problem{}, errors.New("not valid UTF-8: save the file as UTF-8")
	}
	// A map, because a struct would match field names in any letter case.
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(rec.raw, &fields); err != nil {
		return Problem{}, fmt.Errorf("not a JSON object (%w): write one object a line, such as %s", err, example)
	}
	text, err := statement(fields)
	if err != nil {
		return Problem{}, err
	}
	id, err := identifier(fields["id"])
	if err != nil {
		return Problem{}, err
	}
	if id == "" {
		id = rec.defaultID
	}
	answer, err := reference(fields["answer"])
	if err != nil {
		return Problem{}, err
	}
	return Problem{ID: id, Text: text, Answer: answer}, nil
}

// statement returns the checked text of a problem.
func statement(fields map[string]json.RawMessage) (string, error) {
	for _, name := range []string{"problem", "question"} {
		raw, found := fields[name]
		if !found || string(raw) == "null" {
			continue
		}
		var text string
		if err := json.Unmarshal(raw, &text); err != nil {
			return "", fmt.Errorf("%q is not a string: put the statement in quotes", name)
		}
		return text, Check(text)
	}
	return "", errors.New(`no statement: give it in the field "problem" or "question"`)
}

// identifier returns the id of a problem, "" where there is none.
func identifier(raw json.RawMessage) (string, error) {
	id, err := scalar(raw)
	switch {
	case err != nil || string(raw) == "true" || string(raw) == "false":
		return "", errors.New(`"id" is neither a string nor a number: make it one, or leave it out`)
	case len(id) > MaxID || strings.ContainsFunc(id, unicode.IsControl):
		return "", fmt.Errorf(`"id" has over %d bytes or a control character: choose a plain one`, MaxID)
	}
	return id, nil
}

// solutionEnd is where the answers of GSM8K turn from the worked solution to the answer itself.
const solutionEnd = "####"

// reference returns the reference answer: a scalar, or the only element of a list.
func reference(raw json.RawMessage) (string, error) {
	var list []json.RawMessage
	if len(raw) > 0 && raw[0] == '[' {
		if err := json.Unmarshal(raw, &list); err != nil || len(list) != 1 {
			return "", fmt.Errorf(`"answer" is a list of %d: give one answer`, len(list))
		}
		raw = list[0]
	}
	text, err := scalar(raw)
	if err != nil {
		return "", fmt.Errorf(`"answer": %w: write it as a string`, err)
	}
	if i := strings.LastIndex(text, solutionEnd); i >= 0 {
		text = strings.TrimSpace(text[i+len(solutionEnd):])
	}
	return text, nil
}

// scalar returns a JSON string as its text, a number or boolean as it is written, and null or nothing as "".
func scalar(raw json.RawMessage) (string, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return "", nil
	}
	switch raw[0] {
	case '"':
		var text string
		err := json.Unmarshal(raw, &text)
		return text, err
	case '{', '[':
		return "", errors.New("an object or list is no single value")
	}
	return string(raw), nil
}

// badLines collects what is wrong with a file, so that a user can mend all of it at once.
type badLines struct {
	name string
	errs []error
	more int // bad lines beyond the listed ones
}

const maxListed = 10

func (b *badLines) add(line int, err error) {
	if len(b.errs) == maxListed {
		b.more++
		return
	}
	b.errs = append(b.errs, fmt.Errorf("%s:%d: %w", b.name, line, err))
}

func (b *badLines) join() error {
	if b.more > 0 {
		return errors.Join(append(b.errs, fmt.Errorf("%s: and %d more bad lines", b.name, b.more))...)
	}
	return errors.Join(b.errs...)
}
