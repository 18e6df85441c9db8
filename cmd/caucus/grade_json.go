package main

import (
	"bytes"
	"encoding/json"

	"caucus/problems"
)

// member is a field of a JSON object as its text has it.
type member struct {
	name        string
	quoted, raw []byte // the name in quotes, and the value
}

// object is a JSON object's fields in their order.
type object []member

// parseObject takes a JSON object apart. Its values stay as they are written: the decoder would spend more on a row than
// grading it costs.
func parseObject(text []byte) (object, error) {
	if len(text) == 0 || text[0] != '{' || !json.Valid(text) {
		return nil, problems.ObjectFault(text)
	}
	var o object
	for rest := skipSpace(text[1:]); rest[0] != '}'; {
		var m member
		m.quoted, rest = cutValue(rest)
		if m.name = string(m.quoted[1 : len(m.quoted)-1]); bytes.IndexByte(m.quoted, '\\') >= 0 {
			if err := json.Unmarshal(m.quoted, &m.name); err != nil {
				return nil, err
			}
		}
		m.raw, rest = cutValue(skipSpace(skipSpace(rest)[1:])) // behind the colon
		if rest = skipSpace(rest); rest[0] == ',' {
			rest = skipSpace(rest[1:])
		}
		o = append(o, m)
	}
	return o, nil
}

// get is the value of a field, the last of this name as in encoding/json, and nil if there is none.
func (o object) get(name string) []byte {
	for i := len(o) - 1; i >= 0; i-- {
		if o[i].name == name {
			return o[i].raw
		}
	}
	return nil
}

func skipSpace(s []byte) []byte { return bytes.TrimLeft(s, " \t\r\n") }

// cutValue cuts a valid text behind the value that it begins with.
func cutValue(s []byte) (value, rest []byte) {
	depth := 0
	for i := 0; ; i++ {
		switch s[i] {
		case '"':
			for i++; s[i] != '"'; i++ {
				if s[i] == '\\' {
					i++
				}
			}
			if depth == 0 {
				return s[:i+1], s[i+1:]
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth < 0 {
				return s[:i], s[i:] // behind a number or word
			}
			if depth == 0 {
				return s[:i+1], s[i+1:]
			}
		case ',', ' ', '\t', '\r', '\n':
			if depth == 0 {
				return s[:i], s[i:]
			}
		}
	}
}
