package main

import (
	"bytes"
	"encoding/json"
	"fmt"

	"caucus/answer"
)

// verdict is what grading found of a row: its line of the output, or why there is none.
type verdict struct {
	line  int
	err   error
	label *bool
	kind  string
	equal bool
	text  []byte
}

// findings are the fields that grading adds to a row.
type findings struct {
	Equal     bool       `json:"equal"`
	Extracted string     `json:"extracted"`
	Key       answer.Key `json:"key"`
	Reason    string     `json:"reason"`
}

// judge grades a row.
func (v *verdict) judge(r *row) error {
	found := compare(r)
	v.label, v.kind, v.equal = r.label, r.kind, found.Equal
	var out bytes.Buffer
	out.WriteByte('{')
	passOn(&out, r)
	end := out.Len()
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(found); err != nil {
		return fmt.Errorf("write the verdict: %w", err)
	}
	v.text = append(out.Bytes()[:end], out.Bytes()[end+1:]...) // less the brace that the findings open with
	return nil
}

// passOn writes a row's fields, each with a comma behind it, but for those that an earlier grading has added. A label in
// equal becomes label; what else the row has under that name becomes own_label.
func passOn(out *bytes.Buffer, r *row) {
	gradedBefore := isBoolean(r.fields.get("label"))
	for _, m := range r.fields {
		switch m.name {
		case "extracted", "key", "reason":
			continue
		case "equal":
			if r.label == nil || gradedBefore {
				continue
			}
			m.quoted = []byte(`"label"`)
		case "label":
			if r.label != nil && !gradedBefore {
				m.quoted = []byte(`"own_label"`)
			}
		}
		out.Write(m.quoted)
		out.WriteByte(':')
		out.Write(m.raw)
		out.WriteByte(',')
	}
}

// compare compares a row's answers.
func compare(r *row) (f findings) {
	gold, pred := answer.Bare(r.gold), answer.Bare(r.pred)
	if r.goldText {
		gold, _ = answer.Extract(r.gold)
	}
	if r.predText {
		pred, _ = answer.Extract(r.pred)
	}
	x, ok := answer.Read(gold)
	y, found := answer.Read(pred)
	f.Extracted, f.Key = pred.Text, y.Key()
	switch {
	case !ok:
		f.Reason = "no answer in gold"
	case !found:
		f.Reason = "no answer in pred"
	default:
		f.Equal, f.Reason = x.Explain(y)
	}
	return f
}
