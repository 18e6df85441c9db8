package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

const exampleRow = `{"gold": "1/2", "pred": "so it is \\boxed{0.5}"}`

// row is a row to grade.
type row struct {
	fields     object
	gold, pred string
	goldText   bool  // gold is a text that states the answer, rather than the answer
	predText   bool  // likewise pred
	label      *bool // what a person says
	kind       string
}

// parseRow reads a row.
func parseRow(in inputRow) (*row, error) {
	if in.tooLong {
		return nil, fmt.Errorf("a row of more than %d bytes; shorten it", maxRow)
	}
	if !utf8.Valid(in.text) { // encoding/json would replace the bad bytes in silence
		return nil, errors.New("not valid UTF-8; save the file as UTF-8")
	}
	fields, err := parseObject(in.text)
	if err != nil {
		return nil, fmt.Errorf("not a JSON object (%w); write one object a line, such as %s", err, exampleRow)
	}
	r := &row{fields: fields}
	gold, pred := fields.get("gold"), fields.get("pred")
	if absent(gold) {
		return nil, errors.New(`no reference; give it in the field "gold"`)
	}
	if pred == nil { // null is a model that said nothing
		return nil, errors.New(`nothing to grade; give it in the field "pred"`)
	}
	if r.gold, err = scalar("gold", gold); err != nil {
		return nil, err
	}
	if r.pred, err = scalar("pred", pred); err != nil {
		return nil, err
	}
	if r.predText, err = textMode("mode", fields.get("mode"), true); err != nil {
		return nil, err
	}
	if r.goldText, err = textMode("gold_mode", fields.get("gold_mode"), false); err != nil {
		return nil, err
	}
	if r.label, err = label(fields); err != nil {
		return nil, err
	}
	if kind, err := scalar("kind", fields.get("kind")); err == nil { // else it is no name, and none of ours
		r.kind = kind
	}
	return r, nil
}

func absent(value []byte) bool { return len(value) == 0 || string(value) == "null" }

// scalar returns a string's text, a number or boolean as it is written, and "" for null; of a list, its only element.
func scalar(name string, value []byte) (string, error) {
	if absent(value) {
		return "", nil
	}
	if value[0] == '[' {
		var list []json.RawMessage
		if err := json.Unmarshal(value, &list); err != nil || len(list) != 1 {
			return "", fmt.Errorf("%q is a list of %d; give one answer", name, len(list))
		}
		value = list[0]
	}
	switch value[0] {
	case '{', '[':
		return "", fmt.Errorf("%q is an object or a list of lists; write it as a string", name)
	case '"':
		var text string
		err := json.Unmarshal(value, &text)
		return text, err
	}
	return string(value), nil
}

// textMode reports whether a mode is "text", which it may be without saying so.
func textMode(name string, value []byte, otherwise bool) (bool, error) {
	switch string(value) {
	case `"text"`:
		return true, nil
	case `"bare"`:
		return false, nil
	case "", "null":
		return otherwise, nil
	}
	return false, fmt.Errorf(`%q is %.20s; make it "text" or "bare"`, name, value)
}

// isBoolean reports whether a value is true or false.
func isBoolean(value []byte) bool { return string(value) == "true" || string(value) == "false" }

// graded reports whether equal is the verdict of an earlier grading and no label.
func graded(fields object) bool {
	return fields.get("extracted") != nil && fields.get("key") != nil && fields.get("reason") != nil
}

// label is what a person says of the row, nil if nobody does: its equal, or, in a row that was graded before, its label.
func label(fields object) (*bool, error) {
	value := fields.get("label")
	if !isBoolean(value) {
		if graded(fields) {
			return nil, nil
		}
		value = fields.get("equal")
	}
	switch {
	case absent(value):
		return nil, nil
	case isBoolean(value):
		said := value[0] == 't'
		return &said, nil
	}
	return nil, fmt.Errorf(`"equal" is %.20s, which is no label; make it true or false`, value)
}
