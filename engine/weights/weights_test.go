package weights_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"caucus/engine/weights"
)

// written returns the bytes of a file with these tensors.
func written(t testing.TB, tensors ...weights.Tensor) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := weights.Write(&out, tensors...); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// file returns the bytes of a file with this header and this much data.
func file(header string, data int) []byte {
	out := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(out, header...), make([]byte, data)...)
}

func TestFloatsAgreeWithTheReferenceWriter(t *testing.T) {
	f, err := weights.Open("testdata/golden.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // a test's file
	want := map[string][]float32{
		"single": {0, 0, 1, -2.5, 0.1, 65504, 6e-8, float32(math.Inf(1))},
		"double": {0, 0, 1, -2.5, 0.1, 65504, 6e-8, float32(math.Inf(1))},
		"half":   {0, 0, 1, -2.5, 0.0999755859375, 65504, 0x1p-24, float32(math.Inf(1))},
		"brain":  {0, 0, 1, -2.5, 0.10009765625, 65536, 0x1.02p-24, float32(math.Inf(1))},
	}
	for name, values := range want {
		got, err := f.Floats(name, 2, 4)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, values) || !math.Signbit(float64(got[1])) {
			t.Errorf("%s is %v, want %v with -0 second", name, got, values)
		}
	}
	if got, err := f.Floats("scalar"); err != nil || !slices.Equal(got, []float32{3.5}) {
		t.Errorf("scalar is %v, %v; want [3.5]", got, err)
	}
	if got, err := f.Floats("empty", 0, 4); err != nil || len(got) != 0 {
		t.Errorf("empty is %v, %v; want no values", got, err)
	}
	if want := []string{"brain", "double", "empty", "half", "ids", "scalar", "single"}; !slices.Equal(f.Names(), want) {
		t.Errorf("names are %v, want %v", f.Names(), want)
	}
}

func TestReadingTheWrongTensorSaysWhatWasFound(t *testing.T) {
	f, err := weights.Open("testdata/golden.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		shape []int
		want  []string
	}{
		{"absent", nil, []string{"golden.safetensors", `no tensor "absent"`}},
		{"half", []int{4, 2}, []string{"golden.safetensors", `"half"`, "F16[2 4]", "want shape [4 2]"}},
		{"ids", []int{3}, []string{"golden.safetensors", `"ids"`, "I64[3]", "float32"}},
	} {
		_, err := f.Floats(c.name, c.shape...)
		for _, part := range c.want {
			if err == nil || !strings.Contains(err.Error(), part) {
				t.Errorf("reading %s as %v: error %v does not say %q", c.name, c.shape, err, part)
			}
		}
	}
	if shape, ok := f.Shape("half"); !ok || !slices.Equal(shape, []int{2, 4}) {
		t.Errorf("shape of half is %v, %v", shape, ok)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Floats("half"); err == nil || f.Has("half") {
		t.Error("a closed file still has tensors")
	}
}

func TestWriteThenParseGivesTheValuesBack(t *testing.T) {
	exact := []float32{0, 1, -2, 0.5, 96, float32(math.Inf(-1))} // exact in every type
	f, err := weights.Parse(written(t,
		weights.Tensor{Name: "b", DType: weights.BF16, Shape: []int{6}, Data: exact},
		weights.Tensor{Name: "a", DType: weights.F32, Shape: []int{2, 3}, Data: exact},
		weights.Tensor{Name: "c", DType: weights.F16, Shape: []int{1, 6, 1}, Data: exact},
		weights.Tensor{Name: "odd", DType: weights.F16, Data: exact[:1]},
	), "memory")
	if err != nil {
		t.Fatal(err)
	}
	for name, shape := range map[string][]int{"a": {2, 3}, "b": {6}, "c": {1, 6, 1}} {
		if got, err := f.Floats(name, shape...); err != nil || !slices.Equal(got, exact) {
			t.Errorf("%s is %v, %v; want %v", name, got, err, exact)
		}
	}
}

func TestWriteRoundsToNearestEven(t *testing.T) {
	nan := math.Float32frombits(0x7f800001)
	f, err := weights.Parse(written(t, weights.Tensor{Name: "x", DType: weights.BF16, Shape: []int{4},
		Data: []float32{1 + 0x1p-8, 1 + 0x3p-8, 1 + 0x1.8p-8, nan}}), "memory")
	if err != nil {
		t.Fatal(err)
	}
	got, _ := f.Floats("x", 4)
	if !slices.Equal(got[:3], []float32{1, 1 + 0x1p-6, 1 + 0x1p-7}) || got[3] == got[3] {
		t.Errorf("got %v", got)
	}
}

func TestWriteRefusesTensorsThatNoFileCouldHold(t *testing.T) {
	one := []float32{1}
	for name, tensors := range map[string][]weights.Tensor{
		"a name twice":      {{Name: "x", DType: weights.F32, Data: one}, {Name: "x", DType: weights.F32, Data: one}},
		"the metadata key":  {{Name: "__metadata__", DType: weights.F32, Data: one}},
		"an integer type":   {{Name: "x", DType: "I8", Data: one}},
		"too few values":    {{Name: "x", DType: weights.F32, Shape: []int{2}, Data: one}},
		"a negative size":   {{Name: "x", DType: weights.F32, Shape: []int{-1, -1}, Data: one}},
		"a type not given":  {{Name: "x", Data: one}},
		"values, empty dim": {{Name: "x", DType: weights.F32, Shape: []int{0}, Data: one}},
	} {
		if err := weights.Write(&bytes.Buffer{}, tensors...); err == nil {
			t.Errorf("%s: written without an error", name)
		}
	}
}

func TestParseRefusesMaliciousHeaders(t *testing.T) {
	const fine = `{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`
	if _, err := weights.Parse(file(fine, 8), "x"); err != nil {
		t.Fatal(err)
	}
	entry := func(dtype, shape, offsets string) string {
		return `{"a":{"dtype":` + dtype + `,"shape":` + shape + `,"data_offsets":` + offsets + `}}`
	}
	long := binary.LittleEndian.AppendUint64(nil, math.MaxUint64)
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"empty file":              {nil, "too few"},
		"half a length":           {make([]byte, 7), "too few"},
		"length over the file":    {append(long, fine...), "claims 18446744073709551615"},
		"length of nothing":       {make([]byte, 8), "not a JSON object"},
		"leading space":           {file(" "+fine, 8), "not a JSON object"},
		"not JSON":                {file(`{"a"`, 8), "unexpected end"},
		"an array":                {file(`[]`, 8), "not a JSON object"},
		"text after the object":   {file(fine+"x", 8), "after top-level value"},
		"invalid UTF-8":           {file("{\"\xff\":{}}", 8), "UTF-8"},
		"deep nesting":            {file(`{"a":{"dtype":`+strings.Repeat("[", 1<<20), 8), "depth"},
		"a tensor twice":          {file(fine[:len(fine)-1]+","+fine[1:], 8), `"a" comes twice`},
		"a field twice":           {file(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"shape":[2]}}`, 8), "comes twice"},
		"a field missing":         {file(`{"a":{"dtype":"F32","shape":[2]}}`, 8), "2 fields"},
		"an unknown field":        {file(`{"a":{"dtype":"F32","shape":[2],"offsets":[0,8]}}`, 8), "data_offsets"},
		"metadata not an object":  {file(`{"__metadata__":3}`, 0), "number"},
		"negative size":           {file(entry(`"F32"`, `[-2]`, `[0,8]`), 8), "not a list of sizes"},
		"null shape":              {file(entry(`"F32"`, `null`, `[0,8]`), 8), "not a list of sizes"},
		"fractional size":         {file(entry(`"F32"`, `[2.5]`, `[0,8]`), 8), "read shape"},
		"overflowing size":        {file(entry(`"F32"`, `[9223372036854775807,9223372036854775807]`, `[0,8]`), 8), `tensor "a"`},
		"overflow back to 8":      {file(entry(`"F32"`, `[2,4611686018427387905]`, `[0,8]`), 8), `tensor "a"`},
		"size of a number":        {file(entry(`"F32"`, `[99999999999999999999]`, `[0,8]`), 8), "read shape"},
		"three offsets":           {file(entry(`"F32"`, `[2]`, `[0,8,9]`), 8), "a begin and an end"},
		"offsets backwards":       {file(entry(`"F32"`, `[2]`, `[8,0]`), 8), "a begin and an end"},
		"negative offset":         {file(entry(`"F32"`, `[2]`, `[-8,0]`), 8), "a begin and an end"},
		"offsets not of the size": {file(entry(`"F32"`, `[2]`, `[0,4]`), 8), "takes 8 bytes"},
		"offsets over the data":   {file(fine, 7), "truncated"},
		"data left over":          {file(fine, 9), "end at 8"},
		"a gap before the first":  {file(entry(`"F32"`, `[2]`, `[4,12]`), 12), "gap"},
		"an overlap": {file(`{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},`+
			`"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}`, 6), "inside"},
		"an unknown type out of range": {file(entry(`"F4"`, `[2]`, `[0,9]`), 8), "truncated"},
	} {
		_, err := weights.Parse(c.data, "evil.safetensors")
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "evil.safetensors") {
			t.Errorf("%s: error is %v, want one with the file's name and %q", name, err, c.want)
		}
	}
}

func TestAnUnknownTypeIsAnErrorOnlyWhenRead(t *testing.T) {
	f, err := weights.Parse(file(`{"a":{"dtype":"F4","shape":[4],"data_offsets":[0,2]},`+
		`"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}`, 6), "x")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Floats("b", 1); err != nil {
		t.Error(err)
	}
	if _, err := f.Floats("a", 4); err == nil || !strings.Contains(err.Error(), "F4[4]") {
		t.Errorf("reading the unknown type: %v", err)
	}
}

func TestAFolderIsOneFileOrAnIndexWithShards(t *testing.T) {
	tensor := func(name string, v float32) weights.Tensor {
		return weights.Tensor{Name: name, DType: weights.F32, Shape: []int{1}, Data: []float32{v}}
	}
	one, two := written(t, tensor("a", 1), tensor("spare", 9)), written(t, tensor("b", 2), tensor("a", 7))
	index := func(weightMap string) []byte {
		return []byte(`{"metadata":{"total_size":8},"weight_map":` + weightMap + `}`)
	}
	for name, c := range map[string]struct {
		files map[string][]byte
		names []string
		want  string // in the error
	}{
		"one file": {map[string][]byte{"model.safetensors": one}, []string{"a", "spare"}, ""},
		"two shards, of which the index picks": {map[string][]byte{"1.safetensors": one, "2.safetensors": two,
			"model.safetensors.index.json": index(`{"a":"1.safetensors","b":"2.safetensors"}`)}, []string{"a", "b"}, ""},
		"nothing": {nil, nil, "neither model.safetensors nor model.safetensors.index.json"},
		"a missing shard": {map[string][]byte{"1.safetensors": one,
			"model.safetensors.index.json": index(`{"a":"1.safetensors","b":"2.safetensors"}`)}, nil, "2.safetensors"},
		"a tensor its shard lacks": {map[string][]byte{"1.safetensors": one,
			"model.safetensors.index.json": index(`{"b":"1.safetensors"}`)}, nil, `tensor "b" is not in "1.safetensors"`},
		"a shard outside": {map[string][]byte{
			"model.safetensors.index.json": index(`{"a":"../1.safetensors"}`)}, nil, "not the name of a file"},
		"an absolute shard": {map[string][]byte{
			"model.safetensors.index.json": index(`{"a":"/etc/passwd"}`)}, nil, "not the name of a file"},
		"the folder as a shard": {map[string][]byte{
			"model.safetensors.index.json": index(`{"a":".."}`)}, nil, "not the name of a file"},
		"a tensor twice in the index": {map[string][]byte{"1.safetensors": one,
			"model.safetensors.index.json": index(`{"a":"1.safetensors","a":"1.safetensors"}`)}, nil, "comes twice"},
		"an empty index": {map[string][]byte{"model.safetensors.index.json": []byte(`{}`)}, nil, "weight_map"},
		"an empty file":  {map[string][]byte{"model.safetensors": nil}, nil, "too few"},
		"a file of nonsense": {map[string][]byte{
			"model.safetensors": []byte("<html>404 Not Found</html>")}, nil, "not a safetensors"},
	} {
		dir, fsys := t.TempDir(), fstest.MapFS{}
		for path, data := range c.files {
			fsys[path] = &fstest.MapFile{Data: data}
			if err := os.WriteFile(filepath.Join(dir, path), data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		open := map[string]func() (*weights.File, error){
			"Open":   func() (*weights.File, error) { return weights.Open(dir) },
			"OpenFS": func() (*weights.File, error) { return weights.OpenFS(fsys) },
		}
		for how, open := range open {
			f, err := open()
			if c.want != "" {
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("%s, %s: error is %v, want one with %q", how, name, err, c.want)
				}
				continue
			}
			if err != nil {
				t.Errorf("%s, %s: %v", how, name, err)
				continue
			}
			if !slices.Equal(f.Names(), c.names) {
				t.Errorf("%s, %s: tensors are %v, want %v", how, name, f.Names(), c.names)
			}
			if a, err := f.Floats("a", 1); err != nil || a[0] != 1 {
				t.Errorf("%s, %s: a is %v, %v; want 1", how, name, a, err)
			}
			if err := f.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	golden, err := os.ReadFile("testdata/golden.safetensors")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(golden)
	f.Add(file(`{"a":{"dtype":"F16","shape":[2,1],"data_offsets":[0,4]},`+
		`"b":{"dtype":"F4","shape":[],"data_offsets":[4,5]}}`, 5))
	f.Fuzz(func(t *testing.T, data []byte) {
		parsed, err := weights.Parse(data, "fuzz")
		if err != nil {
			return
		}
		var again []weights.Tensor
		for _, name := range parsed.Names() {
			shape, _ := parsed.Shape(name)
			values, err := parsed.Floats(name, shape...)
			if err != nil {
				continue
			}
			size := 1
			for _, n := range shape {
				size *= n
			}
			if len(values) != size {
				t.Fatalf("tensor %q of shape %v has %d values", name, shape, len(values))
			}
			again = append(again, weights.Tensor{Name: name, DType: weights.F32, Shape: shape, Data: values})
		}
		if _, err := weights.Parse(written(t, again...), "again"); err != nil {
			t.Fatalf("what was read cannot be written and read again: %v", err)
		}
	})
}
