package gguf_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"testing"

	"caucus/engine/gguf"
)

// pair is a key with a value, whose Go type says how it is stored.
type pair struct {
	key   string
	value any
}

// stored is a tensor, of F32 unless data is given in another format.
type stored struct {
	name   string
	shape  []int // outermost first
	values []float32
	format uint32
	data   []byte
}

var le = binary.LittleEndian

func text(s string) []byte { return append(le.AppendUint64(nil, uint64(len(s))), s...) }

// header is the beginning of a file that has so many tensors and keys.
func header(version uint32, tensors, keys uint64) []byte {
	return le.AppendUint64(le.AppendUint64(le.AppendUint32([]byte("GGUF"), version), tensors), keys)
}

// encoded is a value's type and bytes, as an array's elements have them too.
func encoded(value any) (kind uint32, data []byte) {
	switch v := value.(type) {
	case uint32:
		return 4, le.AppendUint32(nil, v)
	case int:
		return 5, le.AppendUint32(nil, uint32(int32(v)))
	case float32:
		return 6, le.AppendUint32(nil, math.Float32bits(v))
	case bool:
		if v {
			return 7, []byte{1}
		}
		return 7, []byte{0}
	case string:
		return 8, text(v)
	case uint64:
		return 10, le.AppendUint64(nil, v)
	case float64:
		return 12, le.AppendUint64(nil, math.Float64bits(v))
	case []string:
		return array(v)
	case []int:
		return array(v)
	case []float32:
		return array(v)
	}
	panic(fmt.Sprintf("no value of type %T", value))
}

func array[T any](values []T) (kind uint32, data []byte) {
	var zero T
	of, _ := encoded(any(zero))
	data = le.AppendUint64(le.AppendUint32(nil, of), uint64(len(values)))
	for _, v := range values {
		_, element := encoded(any(v))
		data = append(data, element...)
	}
	return 9, data
}

// file is what llama.cpp's own writer makes of keys and tensors.
func file(pairs []pair, tensors ...stored) []byte {
	const alignment = 32
	out := header(3, uint64(len(tensors)), uint64(len(pairs)))
	for _, p := range pairs {
		kind, data := encoded(p.value)
		out = append(le.AppendUint32(append(out, text(p.key)...), kind), data...)
	}
	var body []byte
	for _, t := range tensors {
		out = le.AppendUint32(append(out, text(t.name)...), uint32(len(t.shape)))
		for _, n := range slices.Backward(t.shape) {
			out = le.AppendUint64(out, uint64(n))
		}
		out = le.AppendUint64(le.AppendUint32(out, t.format), uint64(len(body)))
		body = append(body, t.data...)
		for _, v := range t.values {
			body = le.AppendUint32(body, math.Float32bits(v))
		}
		body = append(body, make([]byte, -len(body)&(alignment-1))...)
	}
	return append(append(out, make([]byte, -len(out)&(alignment-1))...), body...)
}

// llama are the keys of a small network, and those that are given.
func llama(more ...pair) []pair {
	return append([]pair{
		{"general.architecture", "llama"}, {"llama.block_count", uint32(1)}, {"llama.context_length", uint32(64)},
		{"llama.embedding_length", uint32(4)}, {"llama.feed_forward_length", uint32(8)},
		{"llama.attention.head_count", uint32(1)}, {"llama.attention.layer_norm_rms_epsilon", float32(1e-5)},
	}, more...)
}

// embedding is the tensor that no file can do without.
var embedding = stored{name: "token_embd.weight", shape: []int{2, 4}, values: make([]float32, 8)}

func parsed(t *testing.T, data []byte) *gguf.File {
	t.Helper()
	f, err := gguf.Parse(data, "test.gguf")
	if err != nil {
		t.Fatal(err)
	}
	return f
}
