package weights_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"caucus/engine/weights"
)

// eight is a file with a matrix of 8-bit floats, all 2, [rows, columns], and the tensors of a header beside it.
func eight(t *testing.T, dtype string, rows, columns int, beside ...string) *weights.File {
	t.Helper()
	two := map[string]byte{"F8_E4M3": 0x40, "F8_E5M2": 0x40}[dtype]
	size := rows * columns
	header := fmt.Sprintf(`{"x.weight":{"dtype":%q,"shape":[%d,%d],"data_offsets":[0,%d]}`, dtype, rows, columns, size)
	data := slices.Repeat([]byte{two}, size)
	for _, b := range beside { // name, shape and values, in float32
		name, rest, _ := strings.Cut(b, " ")
		shape, values, _ := strings.Cut(rest, " ")
		begin := len(data)
		for v := range strings.FieldsSeq(values) {
			var f float32
			if _, err := fmt.Sscan(v, &f); err != nil {
				t.Fatal(err)
			}
			bits := math.Float32bits(f)
			data = append(data, byte(bits), byte(bits>>8), byte(bits>>16), byte(bits>>24))
		}
		header += fmt.Sprintf(`,%q:{"dtype":"F32","shape":%s,"data_offsets":[%d,%d]}`, name, shape, begin, len(data))
	}
	f, err := weights.Parse(append(file(header+"}", 0), data...), "f8")
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestEightBitFloatsAreTheirFormats(t *testing.T) {
	data := make([]byte, 256)
	for i := range data {
		data[i] = byte(i)
	}
	for dtype, want := range map[string]map[int]float64{
		"F8_E4M3": {0: 0, 1: 0x1p-9, 7: 7 * 0x1p-9, 8: 0x1p-6, 0x38: 1, 0x3c: 1.5, 0x7e: 448, 0x7f: math.NaN(), 0x80: math.Copysign(0, -1),
			0xb8: -1, 0xfe: -448},
		"F8_E5M2": {0: 0, 1: 0x1p-16, 4: 0x1p-14, 0x3c: 1, 0x7b: 57344, 0x7c: math.Inf(1), 0xfc: math.Inf(-1), 0xbe: -1.5},
	} {
		header := fmt.Sprintf(`{"x":{"dtype":%q,"shape":[256],"data_offsets":[0,256]}}`, dtype)
		f, err := weights.Parse(append(file(header, 0), data...), "f8")
		if err != nil {
			t.Fatal(err)
		}
		got, err := f.Floats("x", 256)
		if err != nil {
			t.Fatal(err)
		}
		for b, v := range want {
			if g := float64(got[b]); g != v && g == g || math.Signbit(g) != math.Signbit(v) && v == v {
				t.Errorf("%s: byte %#x is %v, want %v", dtype, b, g, v)
			}
		}
	}
}

func TestMatricesOfEightBitsAreTakenTimesTheirFactors(t *testing.T) {
	blocks := eight(t, "F8_E4M3", 130, 129, "x.weight_scale_inv [2,2] 1 10 100 1000")
	for _, c := range []struct {
		what    string
		file    *weights.File
		rows, n int
		at      map[[2]int]float32
	}{
		{"none", eight(t, "F8_E5M2", 2, 3), 2, 3, map[[2]int]float32{{1, 2}: 2}},
		{"one", eight(t, "F8_E4M3", 2, 3, "x.weight_scale [] 0.5"), 2, 3, map[[2]int]float32{{0, 0}: 1, {1, 2}: 1}},
		{"one a row", eight(t, "F8_E4M3", 2, 3, "x.weight_scale [2,1] 3 5", "x.input_scale [] 9"), 2, 3,
			map[[2]int]float32{{0, 2}: 6, {1, 0}: 10}},
		{"one a block", blocks, 130, 129, map[[2]int]float32{{0, 0}: 2, {127, 128}: 20, {128, 127}: 200, {129, 128}: 2000}},
	} {
		if names := c.file.Names(); !slices.Equal(names, []string{"x.weight"}) {
			t.Errorf("%s: the tensors are %v", c.what, names)
		}
		m, err := c.file.Matrix("x.weight", c.rows, c.n)
		if err != nil {
			t.Fatal(err)
		}
		row := make([]float32, c.n)
		for at, want := range c.at {
			if m.Row(row, at[0]); row[at[1]] != want {
				t.Errorf("%s: element %v is %v, want %v", c.what, at, row[at[1]], want)
			}
		}
	}
	wrong := eight(t, "F8_E4M3", 2, 3, "x.weight_scale [3] 1 2 3")
	if _, err := wrong.Matrix("x.weight", 2, 3); err == nil || !strings.Contains(err.Error(), "x.weight_scale") {
		t.Errorf("with factors that do not fit: got error %v", err)
	}
}
