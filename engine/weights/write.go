package weights

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"slices"
)

// Tensor is what Write stores: Data is row-major and has as many values as Shape says.
type Tensor struct {
	Name  string
	DType DType // F32, F16 or BF16
	Shape []int
	Data  []float32
}

// Write makes a safetensors file of tensors with distinct names. Values are rounded to nearest even where DType is
// narrower than float32.
func Write(w io.Writer, tensors ...Tensor) error {
	tensors = slices.Clone(tensors)
	slices.SortStableFunc(tensors, func(a, b Tensor) int { // widest first keeps every tensor aligned
		return cmp.Or(cmp.Compare(sizes[b.DType], sizes[a.DType]), cmp.Compare(a.Name, b.Name))
	})
	header, err := makeHeader(tensors)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(w, 1<<16)
	_, _ = out.Write(header) // bufio keeps the first error for Flush
	var elements []byte
	for _, t := range tensors {
		for chunk := range slices.Chunk(t.Data, 1<<12) {
			elements = elements[:0]
			for _, v := range chunk {
				elements = t.DType.append(elements, v)
			}
			_, _ = out.Write(elements)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write tensors: %w", err)
	}
	return nil
}

// makeHeader checks the tensors and lays them out one after the other, behind a header padded to eight bytes.
func makeHeader(tensors []Tensor) ([]byte, error) {
	type entry struct {
		DType   DType  `json:"dtype"`
		Shape   []int  `json:"shape"`
		Offsets [2]int `json:"data_offsets"`
	}
	entries := make(map[string]entry, len(tensors))
	at := 0
	for _, t := range tensors {
		if _, twice := entries[t.Name]; twice || t.Name == "__metadata__" {
			return nil, fmt.Errorf("write tensor %q: the name is taken", t.Name)
		}
		if t.DType != F32 && t.DType != F16 && t.DType != BF16 {
			return nil, fmt.Errorf("write tensor %q: cannot write type %q, want F32, F16 or BF16", t.Name, t.DType)
		}
		count := 1
		for _, n := range t.Shape {
			count *= n
		}
		if count != len(t.Data) || slices.ContainsFunc(t.Shape, func(n int) bool { return n < 0 }) {
			return nil, fmt.Errorf("write tensor %q: shape %v takes %d values, got %d", t.Name, t.Shape, count, len(t.Data))
		}
		end := at + len(t.Data)*sizes[t.DType]
		entries[t.Name] = entry{t.DType, append([]int{}, t.Shape...), [2]int{at, end}}
		at = end
	}
	header, err := json.Marshal(entries)
	if err != nil {
		return nil, fmt.Errorf("write header: %w", err)
	}
	for len(header)%8 != 0 {
		header = append(header, ' ')
	}
	return append(binary.LittleEndian.AppendUint64(nil, uint64(len(header))), header...), nil
}
