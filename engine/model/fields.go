package model

import (
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"math"
	"regexp"
)

// Limits on sizes, far above any known checkpoint, that keep a hostile file from asking for absurd memory.
const (
	maxConfigBytes = 1 << 20
	maxWidth       = 1 << 17
	maxVocab       = 1 << 21
	maxLayers      = 1 << 10
	maxConvTaps    = 64
	maxExperts     = 1 << 17 // of all layers
)

// fields are the members of a JSON object in a configuration file. Every size is checked, for the file may come from
// anywhere. The first error, which names the file and the field, is kept, and what is read after it has no meaning.
type fields struct {
	file string
	of   map[string]json.RawMessage
	err  *error
}

// readBounded reads a file of at most maxConfigBytes.
func readBounded(fsys fs.FS, file string) ([]byte, error) {
	f, err := fsys.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // only read
	data, err := io.ReadAll(io.LimitReader(f, maxConfigBytes+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if len(data) > maxConfigBytes {
		return nil, fmt.Errorf("%s: larger than %d bytes", file, maxConfigBytes)
	}
	return data, nil
}

func parseFields(file string, data []byte) (fields, error) {
	c := fields{file: file, err: new(error)}
	if err := json.Unmarshal(infinity.ReplaceAll(data, []byte("${1}1e308")), &c.of); err != nil {
		return fields{}, fmt.Errorf("%s: %w", file, err)
	}
	return c, nil
}

// infinity is what Python writes and JSON does not know, as the bound that leaves a step of a scan free.
var infinity = regexp.MustCompile(`([\[,:]\s*)(?:Infinity\b|\{\s*"__float__"\s*:\s*"Infinity"\s*\})`)

func (c fields) fail(field, format string, args ...any) {
	if *c.err == nil {
		*c.err = fmt.Errorf("%s: %s: %s", c.file, field, fmt.Sprintf(format, args...))
	}
}

// has tells whether a field is there and not null.
func (c fields) has(field string) bool {
	raw, ok := c.of[field]
	return ok && string(raw) != "null"
}

// read decodes a field, and leaves the value as it is if there is none.
func (c fields) read(field string, into any) {
	if !c.has(field) {
		return
	}
	if err := json.Unmarshal(c.of[field], into); err != nil {
		c.fail(field, "%v", err)
	}
}

// object is the object in a field; it has no members if there is none.
func (c fields) object(field string) fields {
	o := fields{file: c.file + ": " + field, err: c.err}
	c.read(field, &o.of)
	return o
}

// size is a number from 1 to most.
func (c fields) size(field string, most int) int {
	if !c.has(field) {
		c.fail(field, "it is missing")
		return 1
	}
	return c.sizeOr(field, 1, most)
}

// sizeOr is size with a default.
func (c fields) sizeOr(field string, absent, most int) int {
	n := absent
	c.read(field, &n)
	if n < 1 || n > most {
		c.fail(field, "%d is not between 1 and %d", n, most)
		return 1
	}
	return n
}

// autoSize is a size that may also be "auto".
func (c fields) autoSize(field string, auto, most int) int {
	if string(c.of[field]) == `"auto"` {
		return auto
	}
	return c.sizeOr(field, auto, most)
}

// number is a finite number.
func (c fields) number(field string, absent float64) float64 {
	v := absent
	c.read(field, &v)
	return v
}

// positive is a number above 0 that a float32 can hold.
func (c fields) positive(field string, absent float64) float64 {
	v := c.number(field, absent)
	if !(float32(v) > 0 && v <= math.MaxFloat32) {
		c.fail(field, "%v is not positive, or out of range", v)
		return 1
	}
	return v
}

// epsilon is what a norm adds to a mean square.
func (c fields) epsilon(field string, absent float64) float32 {
	v := c.number(field, absent)
	if !(v >= 0 && v < 1) {
		c.fail(field, "%v is not between 0 and 1", v)
	}
	return float32(v)
}

func (c fields) flag(field string, absent bool) bool {
	v := absent
	c.read(field, &v)
	return v
}

func (c fields) text(field, absent string) string {
	v := absent
	c.read(field, &v)
	return v
}

// want refuses a value that would load and then compute something else. What is absent is taken to be right.
func (c fields) want(field string, supported ...any) {
	if !c.has(field) {
		return
	}
	var v any
	c.read(field, &v)
	for _, s := range supported {
		if v == s {
			return
		}
	}
	c.fail(field, "%s is not supported, only %v", c.of[field], supported)
}

// divides wants b, the value of field, to be a multiple of a.
func (c fields) divides(what string, a int, field string, b int) {
	if b%a != 0 {
		c.fail(field, "%d is not a multiple of %s = %d", b, what, a)
	}
}

// layers are the numbers of layers in a list, each at most once.
func (c fields) layers(field string, of int) map[int]bool {
	var list []int
	c.read(field, &list)
	named := make(map[int]bool, len(list))
	for _, l := range list {
		if l < 0 || l >= of {
			c.fail(field, "%d is not one of %d layers", l, of)
		}
		if named[l] {
			c.fail(field, "%d is named twice", l)
		}
		named[l] = true
	}
	return named
}

// kinds are the kinds of the layers, a name each, as M for Mamba, A for attention, - for an MLP, E for experts.
func (c fields) kinds(field string) []byte {
	var names []string
	c.read(field, &names)
	kinds := make([]byte, 0, len(names))
	for i, name := range names {
		switch name {
		case "mamba", "linear_attention", "mamba2":
			kinds = append(kinds, 'M')
		case "attention", "full_attention":
			kinds = append(kinds, 'A')
		case "mlp":
			kinds = append(kinds, '-')
		case "moe":
			kinds = append(kinds, 'E')
		default:
			c.fail(field, "layer %d is of the unknown kind %q", i, name)
			kinds = append(kinds, '-')
		}
	}
	return kinds
}
