package weights

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/bits"
	"slices"
	"unicode/utf8"
)

// maxHeader is the size of a header or an index in bytes, far above those of real checkpoints. The format allows twelve times as much.
const maxHeader = 8 << 20

// Parse reads a safetensors file held in memory. The File keeps data, which must not change; name is for errors.
func Parse(data []byte, name string) (*File, error) {
	tensors, err := parse(data, name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return &File{name: name, tensors: tensors}, nil
}

// parse splits a file into its length field, its JSON header and its data, and checks them against each other.
func parse(file []byte, name string) (map[string]tensor, error) {
	if len(file) < 8 {
		return nil, fmt.Errorf("read header: the file has %d bytes, too few for a safetensors file", len(file))
	}
	size := binary.LittleEndian.Uint64(file)
	if size > maxHeader || size > uint64(len(file)-8) {
		return nil, fmt.Errorf("read header: it claims %d bytes, of a file of %d (and at most %d are allowed): "+
			"not a safetensors file, or a truncated one", size, len(file), maxHeader)
	}
	header, data := file[8:8+size], file[8+size:]
	var entries map[string]map[string]json.RawMessage
	if err := decodeStrict(header, &entries); err != nil {
		return nil, fmt.Errorf("read header: %w", err)
	}
	delete(entries, "__metadata__")

	windows := make([]window, 0, len(entries))
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		w, err := parseEntry(entries[key])
		if err != nil {
			return nil, fmt.Errorf("read header: tensor %q: %w", key, err)
		}
		w.name, w.file = key, name
		windows = append(windows, w)
	}
	return slice(windows, data)
}

// window is a tensor of the header, before its data has been found to lie in the file.
type window struct {
	tensor
	name       string
	begin, end int
}

// parseEntry reads {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, and nothing else.
func parseEntry(fields map[string]json.RawMessage) (window, error) {
	var w window
	var offsets []int
	if len(fields) != 3 {
		return w, fmt.Errorf("it has %d fields, want dtype, shape and data_offsets", len(fields))
	}
	for _, field := range []struct {
		key  string
		into any
	}{{"dtype", &w.dtype}, {"shape", &w.shape}, {"data_offsets", &offsets}} {
		if err := json.Unmarshal(fields[field.key], field.into); err != nil {
			return w, fmt.Errorf("read %s: %w", field.key, err)
		}
	}
	if w.shape == nil || slices.ContainsFunc(w.shape, func(n int) bool { return n < 0 }) {
		return w, fmt.Errorf("shape %s is not a list of sizes", fields["shape"])
	}
	if len(offsets) != 2 || offsets[0] < 0 || offsets[1] < offsets[0] {
		return w, fmt.Errorf("data_offsets %s are not a begin and an end", fields["data_offsets"])
	}
	w.begin, w.end = offsets[0], offsets[1]
	return w, w.checkSize()
}

// checkSize compares the window with the bytes that type and shape ask for. A type that the format has gained since, or
// that packs its elements into less than a byte, is left to whoever reads it.
func (w window) checkSize() error {
	size, known := sizes[w.dtype]
	if !known {
		return nil
	}
	want := uint64(size)
	for _, n := range w.shape {
		var over uint64
		if over, want = bits.Mul64(want, uint64(n)); over != 0 {
			return fmt.Errorf("%s%v is more than can be addressed", w.dtype, w.shape)
		}
	}
	if want != uint64(w.end-w.begin) {
		return fmt.Errorf("%s%v takes %d bytes, but data_offsets hold %d", w.dtype, w.shape, want, w.end-w.begin)
	}
	return nil
}

// slice cuts data into tensors, which must follow each other from its first byte to its last.
func slice(windows []window, data []byte) (map[string]tensor, error) {
	slices.SortFunc(windows, func(a, b window) int {
		return cmp.Or(cmp.Compare(a.begin, b.begin), cmp.Compare(a.end, b.end))
	})
	tensors := make(map[string]tensor, len(windows))
	at := 0
	for _, w := range windows {
		switch {
		case w.begin < at:
			return nil, fmt.Errorf("tensor %q begins at %d, inside the tensor that ends at %d", w.name, w.begin, at)
		case w.begin > at:
			return nil, fmt.Errorf("tensor %q begins at %d and leaves a gap after %d", w.name, w.begin, at)
		case w.end > len(data):
			return nil, fmt.Errorf("tensor %q ends at %d, but the file holds %d bytes of data: it is truncated",
				w.name, w.end, len(data))
		}
		w.data = data[w.begin:w.end:w.end]
		tensors[w.name] = w.tensor
		at = w.end
	}
	if at != len(data) {
		return nil, fmt.Errorf("the tensors end at %d, but the file holds %d bytes of data", at, len(data))
	}
	return tensors, nil
}

// decodeStrict is json.Unmarshal that also refuses invalid UTF-8 and a key that comes twice in an object, with which two
// readers of the same file could see different tensors.
func decodeStrict(data []byte, into any) error {
	if len(data) == 0 || data[0] != '{' {
		return errors.New("it is not a JSON object")
	}
	if !utf8.Valid(data) {
		return errors.New("it is not valid UTF-8")
	}
	if err := json.Unmarshal(data, into); err != nil {
		return err
	}
	return checkKeys(json.NewDecoder(bytes.NewReader(data)))
}

// checkKeys reads one JSON value, already known to be valid and of bounded depth, for keys that come twice.
func checkKeys(dec *json.Decoder) error {
	open, err := dec.Token()
	if err != nil {
		return err
	}
	delim, nested := open.(json.Delim)
	if !nested {
		return nil
	}
	seen := make(map[string]bool)
	for dec.More() {
		if delim == '{' {
			key, err := dec.Token()
			if err != nil {
				return err
			}
			if seen[key.(string)] {
				return fmt.Errorf("key %q comes twice", key)
			}
			seen[key.(string)] = true
		}
		if err := checkKeys(dec); err != nil {
			return err
		}
	}
	_, err = dec.Token()
	return err
}
