package token

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/nikolalohinski/gonja/v2/exec"
)

// toJSON is the filter tojson([indent]) as the transformers library has it: with space behind commas and colons, keys in
// order, and nothing escaped but for JSON itself.
func toJSON(_ *exec.Evaluator, in *exec.Value, args *exec.VarArgs) *exec.Value {
	separator := ", "
	indent, err := limit(args, "indent", 0)
	if err != nil {
		return exec.AsValue(fmt.Errorf("tojson: %w", err))
	}
	if indent >= 0 {
		separator = ","
	}
	var out bytes.Buffer
	writeJSON(&out, in, separator)
	if indent < 0 {
		return exec.AsValue(out.String())
	}
	var indented bytes.Buffer
	if err := json.Indent(&indented, out.Bytes(), "", strings.Repeat(" ", indent)); err != nil {
		return exec.AsValue(fmt.Errorf("tojson: %w", err))
	}
	return exec.AsValue(indented.String())
}

// writeJSON writes a value, with a separator between items.
func writeJSON(out *bytes.Buffer, v *exec.Value, separator string) {
	between := func(i int) {
		if i > 0 {
			out.WriteString(separator)
		}
	}
	switch {
	case v.IsNil():
		out.WriteString("null")
	case v.IsDict():
		out.WriteByte('{')
		for i, p := range pairs(v) {
			between(i)
			writeScalar(out, p.Key.String())
			out.WriteString(": ")
			writeJSON(out, p.Value, separator)
		}
		out.WriteByte('}')
	case v.IsList():
		out.WriteByte('[')
		for i := range v.Len() {
			between(i)
			writeJSON(out, v.Index(i), separator)
		}
		out.WriteByte(']')
	case v.IsString():
		writeScalar(out, v.String())
	default:
		writeScalar(out, v.Interface())
	}
}

// writeScalar writes a text, number or truth value, or else its text.
func writeScalar(out *bytes.Buffer, value any) {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(value) != nil {
		_ = encoder.Encode(fmt.Sprint(value))
	}
	out.Truncate(out.Len() - 1) // the encoder's newline
}
