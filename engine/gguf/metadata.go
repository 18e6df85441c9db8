package gguf

import (
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// integer is a whole number of any type.
func (v value) integer() (int64, bool) {
	if v.array {
		return 0, false
	}
	le := binary.LittleEndian
	switch v.kind {
	case 0:
		return int64(v.data[0]), true
	case 1:
		return int64(int8(v.data[0])), true
	case 2:
		return int64(le.Uint16(v.data)), true
	case 3:
		return int64(int16(le.Uint16(v.data))), true
	case 4:
		return int64(le.Uint32(v.data)), true
	case 5:
		return int64(int32(le.Uint32(v.data))), true
	case 10, 11:
		n := int64(le.Uint64(v.data))
		return n, v.kind == 11 || n >= 0
	}
	return 0, false
}

// number is a float of either size. Those of metadata are float32, whose shortest decimal is what they were made from.
func (v value) number() (float32, bool) {
	switch {
	case !v.array && v.kind == kindFloat32:
		return math.Float32frombits(binary.LittleEndian.Uint32(v.data)), true
	case !v.array && v.kind == kindFloat64:
		return float32(math.Float64frombits(binary.LittleEndian.Uint64(v.data))), true
	}
	return 0, false
}

func (v value) flag() (set, ok bool) {
	if v.array || v.kind != kindBool {
		return false, false
	}
	return v.data[0] != 0, true
}

// texts are the strings of an array, or a string as the only one.
func (v value) texts() ([]string, bool) {
	if v.kind != kindString {
		return nil, false
	}
	texts := make([]string, v.count)
	data := v.data
	for i := range texts {
		size := binary.LittleEndian.Uint64(data) // the header's reader has checked that it fits
		texts[i], data = string(data[8:8+size]), data[8+size:]
		if !utf8.ValidString(texts[i]) {
			return nil, false
		}
	}
	return texts, true
}

// at is element i of an array of numbers.
func (v value) at(i int) value {
	size := kindBytes[v.kind]
	return value{kind: v.kind, count: 1, data: v.data[i*size : (i+1)*size]}
}

// String is for errors.
func (v value) String() string {
	if v.array {
		return fmt.Sprintf("an array of %d", v.count)
	}
	if n, ok := v.integer(); ok {
		return fmt.Sprint(n)
	}
	if x, ok := v.number(); ok {
		return fmt.Sprint(x)
	}
	if b, ok := v.flag(); ok {
		return fmt.Sprint(b)
	}
	if s, ok := v.texts(); ok {
		return fmt.Sprintf("%.40q", s[0])
	}
	return "not valid"
}

// zero tells whether a value switches off what it is about.
func (v value) zero() bool {
	n, whole := v.integer()
	x, broken := v.number()
	set, logical := v.flag()
	return whole && n == 0 || broken && x == 0 || logical && !set
}

// metadata gives values by key. It keeps the first error, and remembers what was asked for.
type metadata struct {
	values map[string]value
	arch   string // which the keys of the network begin with
	read   map[string]bool
	err    error
}

func (m *metadata) fail(key, format string, args ...any) {
	if m.err == nil {
		m.err = fmt.Errorf("%s: %s", key, fmt.Sprintf(format, args...))
	}
}

func (m *metadata) lookup(key string) (value, bool) {
	m.read[key] = true
	v, ok := m.values[key]
	return v, ok
}

// has tells whether a key of the network is there.
func (m *metadata) has(key string) bool {
	_, ok := m.values[m.arch+"."+key]
	return ok
}

// size is a number of the network that must be there.
func (m *metadata) size(key string) int {
	key = m.arch + "." + key
	v, ok := m.lookup(key)
	if !ok {
		m.fail(key, "missing")
		return 0
	}
	return m.asSize(key, v)
}

func (m *metadata) asSize(key string, v value) int {
	n, ok := v.integer()
	if !ok || n < 0 || n > math.MaxInt32 {
		m.fail(key, "%v is not a size", v)
		return 0
	}
	return int(n)
}

func (m *metadata) sizeOr(key string, or int) int {
	if !m.has(key) {
		return or
	}
	return m.size(key)
}

// number is a finite number of the network.
func (m *metadata) number(key string, or decimal) decimal {
	key = m.arch + "." + key
	v, ok := m.lookup(key)
	if !ok {
		return or
	}
	x, ok := v.number()
	if !ok || x-x != 0 {
		m.fail(key, "%v is not a number", v)
	}
	return decimal(x)
}

// flag takes a whole key.
func (m *metadata) flag(key string, or bool) bool {
	v, ok := m.lookup(key)
	if !ok {
		return or
	}
	set, ok := v.flag()
	if !ok {
		m.fail(key, "%v is not a truth value", v)
	}
	return set
}

// text takes a whole key. A string that is not there is empty.
func (m *metadata) text(key string) string {
	v, ok := m.lookup(key)
	if !ok {
		return ""
	}
	s, ok := v.texts()
	if !ok || v.array {
		m.fail(key, "it is not a string in UTF-8")
		return ""
	}
	return s[0]
}

// list takes a whole key.
func (m *metadata) list(key string) []string {
	v, ok := m.lookup(key)
	if !ok {
		m.fail(key, "missing")
		return nil
	}
	s, ok := v.texts()
	if !ok || !v.array {
		m.fail(key, "it is not a list of strings in UTF-8")
	}
	return s
}

// ignore is for keys of the network, by how they begin, that say nothing about the result.
func (m *metadata) ignore(prefixes ...string) {
	for key := range m.values {
		of, ours := strings.CutPrefix(key, m.arch+".")
		if ours && slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(of, p) }) {
			m.read[key] = true
		}
	}
}

// checkUnread refuses keys of the network that nothing has read: what they ask for would be left out, and the model would
// compute something else.
func (m *metadata) checkUnread() {
	for _, key := range slices.Sorted(maps.Keys(m.values)) {
		v := m.values[key]
		if strings.HasPrefix(key, m.arch+".") && !m.read[key] && !v.zero() {
			m.fail(key, "%v: what this asks for is not supported", v)
		}
	}
}
