package gguf

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"unicode/utf8"
)

// What a header may hold, far above any known file's, that keeps a hostile one from taking long to read.
const (
	maxKeys      = 1 << 14
	maxTensors   = 1 << 17
	maxName      = 1 << 10 // bytes of a key or of a tensor's name
	maxElements  = 1 << 21 // of all arrays together: a vocabulary of 262 000 tokens takes 1.3 million
	maxDims      = 4
	maxDim       = 1 << 30
	maxAlignment = 1 << 16
)

// kind is the type of a metadata value.
type kind uint32

const (
	kindFloat32 kind = 6
	kindBool    kind = 7
	kindString  kind = 8
	kindArray   kind = 9
	kindFloat64 kind = 12
)

// kindBytes are the sizes of the kinds that have one.
var kindBytes = map[kind]int{0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, kindFloat32: 4, kindBool: 1, 10: 8, 11: 8, kindFloat64: 8}

// value is a metadata value, or an array of them, as the file's bytes.
type value struct {
	kind  kind // of the value, or of the array's elements
	array bool
	count int // of the array's elements
	data  []byte
}

// tensor is a tensor as the file has it.
type tensor struct {
	name   string
	format format
	shape  []int // outermost dimension first, as everywhere but in the file
	data   []byte
}

// header is all that comes before the tensors' data, and where those are.
type header struct {
	values  map[string]value
	tensors []tensor
}

// reader takes a header apart. After its first error it gives zeros.
type reader struct {
	data     []byte // what is left
	elements int    // of arrays, so far
	err      error
}

func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf(format, args...)
	}
}

func (r *reader) take(n uint64) []byte {
	if n > uint64(len(r.data)) {
		r.fail("it claims %d bytes more, but the file has only %d: it is truncated, or no GGUF file", n, len(r.data))
	}
	if r.err != nil {
		return nil
	}
	taken := r.data[:n:n]
	r.data = r.data[n:]
	return taken
}

func (r *reader) uint32() uint32 {
	if b := r.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

func (r *reader) uint64() uint64 {
	if b := r.take(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

// count reads a number of things, of which each takes some bytes of what is left.
func (r *reader) count(what string, most, bytes int) int {
	n := r.uint64()
	if n > uint64(most) || n > uint64(len(r.data)/bytes) {
		r.fail("it claims %d %s, in %d bytes (and at most %d are allowed)", n, what, len(r.data), most)
	}
	if r.err != nil {
		return 0
	}
	return int(n)
}

func (r *reader) name() string {
	name := r.take(r.uint64())
	switch {
	case r.err != nil:
	case len(name) == 0 || len(name) > maxName:
		r.fail("a name has %d bytes, want 1 to %d", len(name), maxName)
	case !utf8.Valid(name):
		r.fail("name %q is not valid UTF-8", name)
	}
	if r.err != nil {
		return ""
	}
	return string(name)
}

// parse reads a header. It keeps file, and allocates in proportion to what the file has, not to what it claims.
func parse(file []byte) (header, error) {
	r := &reader{data: file}
	if string(r.take(4)) != "GGUF" {
		return header{}, errors.New("it does not begin with GGUF: not a GGUF file")
	}
	if version := r.uint32(); r.err == nil && version != 2 && version != 3 {
		return header{}, fmt.Errorf("version %d is not supported, only 2 and 3 in little-endian order", version)
	}
	tensors := r.count("tensors", maxTensors, 24)
	keys := r.count("keys", maxKeys, 13)
	h := header{values: make(map[string]value)}
	for range keys {
		r.pair(h.values)
	}
	offsets := make([]uint64, 0, tensors)
	for range tensors {
		t, offset := r.tensor()
		h.tensors, offsets = append(h.tensors, t), append(offsets, offset)
		if r.err != nil {
			break
		}
	}
	if r.err != nil {
		return header{}, r.err
	}
	return h, h.place(offsets, file, len(file)-len(r.data))
}

// pair reads a key and its value.
func (r *reader) pair(into map[string]value) {
	key := r.name()
	v := r.value()
	if r.err != nil {
		if key != "" {
			r.err = fmt.Errorf("key %q: %w", key, r.err)
		}
		return
	}
	if _, twice := into[key]; twice {
		r.fail("key %q comes twice", key)
	}
	into[key] = v
}

func (r *reader) value() value {
	v := value{kind: kind(r.uint32()), count: 1}
	if v.kind == kindArray {
		v.array, v.kind = true, kind(r.uint32())
		least := 8 // of a string
		if size, ok := kindBytes[v.kind]; ok {
			least = size
		}
		v.count = r.count("elements", maxElements-r.elements, least)
		r.elements += v.count
	}
	size, sized := kindBytes[v.kind]
	start := r.data
	switch {
	case r.err != nil:
	case sized:
		r.take(uint64(v.count) * uint64(size))
	case v.kind == kindString:
		for i := 0; i < v.count && r.err == nil; i++ {
			r.take(r.uint64())
		}
	case v.kind == kindArray:
		r.fail("an array of arrays is not supported")
	default:
		r.fail("there is no type %d of values", v.kind)
	}
	v.data = start[:len(start)-len(r.data)]
	return v
}

// tensor reads a tensor's description.
func (r *reader) tensor() (t tensor, offset uint64) {
	t.name = r.name()
	defer func() {
		if r.err != nil && t.name != "" {
			r.err = fmt.Errorf("tensor %q: %w", t.name, r.err)
		}
	}()
	dims := r.uint32()
	if dims < 1 || dims > maxDims {
		r.fail("it has %d dimensions, want 1 to %d", dims, maxDims)
	}
	if r.err != nil {
		return t, 0
	}
	t.shape = make([]int, dims)
	for i := range t.shape {
		n := r.uint64()
		if n < 1 || n > maxDim {
			r.fail("a dimension of %d is not between 1 and %d", n, maxDim)
		}
		t.shape[len(t.shape)-1-i] = int(n)
	}
	number := r.uint32()
	offset = r.uint64()
	if r.err != nil {
		return t, 0
	}
	var known bool
	if t.format, known = formats[number]; !known {
		r.fail("there is no format %d of tensors", number)
	}
	return t, offset
}

// place finds the tensors' data, which must follow each other in the order of their descriptions, each from a multiple of
// the alignment on. So none overlaps another.
func (h *header) place(offsets []uint64, file []byte, at int) error {
	alignment, err := h.alignment()
	if err != nil {
		return err
	}
	data := file[min(len(file), aligned(at, alignment)):]
	names := make(map[string]bool, len(h.tensors))
	at = 0
	for i := range h.tensors {
		t := &h.tensors[i]
		if names[t.name] {
			return fmt.Errorf("tensor %q comes twice", t.name)
		}
		names[t.name] = true
		size, err := t.size()
		if err != nil {
			return fmt.Errorf("tensor %q: %w", t.name, err)
		}
		if offsets[i] != uint64(at) {
			return fmt.Errorf("tensor %q begins at %d of the data, but the one before ends where it should begin at %d",
				t.name, offsets[i], at)
		}
		if at > len(data) || size > len(data)-at {
			return fmt.Errorf("tensor %q takes %d bytes from %d on, but the file holds %d of data: it is truncated",
				t.name, size, at, len(data))
		}
		t.data = data[at : at+size : at+size]
		at = aligned(at+size, alignment)
	}
	return nil
}

func (h *header) alignment() (int, error) {
	v, ok := h.values["general.alignment"]
	if !ok {
		return 32, nil
	}
	n, ok := v.integer()
	if !ok || n < 1 || n > maxAlignment || n&(n-1) != 0 {
		return 0, fmt.Errorf("general.alignment is %v, want a power of two up to %d", v, maxAlignment)
	}
	return int(n), nil
}

// aligned is the next multiple of a power of two.
func aligned(n, alignment int) int { return (n + alignment - 1) &^ (alignment - 1) }

// size is how many bytes the tensor takes.
func (t *tensor) size() (int, error) {
	if t.width()%t.format.values != 0 {
		return 0, fmt.Errorf("rows of %d values are not whole blocks of %s, which have %d", t.width(), t.format.name, t.format.values)
	}
	size := uint64(t.width()/t.format.values) * uint64(t.format.bytes)
	for _, n := range t.shape[:len(t.shape)-1] {
		var over uint64
		if over, size = bits.Mul64(size, uint64(n)); over != 0 || size > 1<<60 {
			return 0, fmt.Errorf("%s%v is more than can be addressed", t.format.name, t.shape)
		}
	}
	if uint64(int(size)) != size {
		return 0, fmt.Errorf("%s%v is more than can be addressed", t.format.name, t.shape)
	}
	return int(size), nil
}

// width is how many values a row has, which lie beside each other.
func (t *tensor) width() int { return t.shape[len(t.shape)-1] }

// rows is how many rows there are in all.
func (t *tensor) rows() int {
	rows := 1
	for _, n := range t.shape[:len(t.shape)-1] {
		rows *= n
	}
	return rows
}

// row decodes row o.
func (t *tensor) row(to []float32, o int) {
	size := t.width() / t.format.values * t.format.bytes
	t.format.decode(to, t.data[o*size:(o+1)*size])
}
