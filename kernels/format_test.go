package kernels_test

import (
	"math"
	"slices"
	"testing"

	"caucus/kernels"
)

func TestFormatsRoundToNearestEven(t *testing.T) {
	inf := float32(math.Inf(1))
	for _, c := range []struct {
		format  kernels.Format
		v, want float32
	}{
		{kernels.F32, 1.0000001, 1.0000001},
		{kernels.F16, 1 + 1.0/2048, 1}, {kernels.F16, 1 + 3.0/2048, 1 + 4.0/2048}, {kernels.F16, 1e6, inf},
		{kernels.BF16, 1 + 1.0/256, 1}, {kernels.BF16, 1 + 3.0/256, 1 + 4.0/256}, {kernels.BF16, 1e38, 9.9692e37},
		{kernels.BF16, inf, inf}, {kernels.BF16, -3.4e38, -inf},
	} {
		got := c.format.Round(c.v)
		if off := math.Abs(float64(got - c.want)); got != c.want && !(off < 1e-3*math.Abs(float64(c.want))) {
			t.Errorf("%v as %v is %v, want %v", c.v, c.format, got, c.want)
		}
	}
	if nan := kernels.BF16.Round(float32(math.NaN())); nan == nan {
		t.Errorf("NaN as bf16 is %v", nan)
	}
}

func TestFormatsAreNamed(t *testing.T) {
	for _, f := range []kernels.Format{kernels.Stored, kernels.F32, kernels.F16, kernels.BF16, kernels.Int8} {
		if got, err := kernels.ParseFormat(f.String()); err != nil || got != f {
			t.Errorf("%v is read as %v, %v", f, got, err)
		}
	}
	if _, err := kernels.ParseFormat("int4"); err == nil {
		t.Error("int4 is a format")
	}
}

func TestQuantizeByHand(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(-1))
	for _, c := range []struct {
		x     []float32
		q     []int8
		scale float32
	}{
		{x: []float32{254, -127, 1, 3, 0}, q: []int8{127, -64, 0, 2, 0}, scale: 2}, // 0.5 and 1.5 go to even
		{x: []float32{-1, 0.5}, q: []int8{-127, 64}, scale: 1.0 / 127},
		{x: []float32{0, 0}, q: []int8{0, 0}, scale: 0},
		{x: []float32{1e-38, -1e-40}, q: []int8{0, 0}, scale: 0}, // 127/1e-38 is no number
		{x: []float32{1, nan}, q: []int8{0, 0}, scale: nan},
		{x: []float32{inf, 2}, q: []int8{0, 0}, scale: nan},
	} {
		q := make([]int8, len(c.x))
		scale := kernels.Quantize(q, c.x)
		if !slices.Equal(q, c.q) || scale != c.scale && (scale == scale || c.scale == c.scale) {
			t.Errorf("%v is %v times %v, want %v times %v", c.x, q, scale, c.q, c.scale)
		}
	}
}

func TestSmallMatricesKeepTheirBytes(t *testing.T) {
	p := kernels.Precision{Weights: kernels.Int8}
	for in, want := range map[int]kernels.Format{16: kernels.BF16, 63: kernels.BF16, 64: kernels.Int8, 500: kernels.Int8} {
		if got := p.Of(kernels.Source{Out: 3, In: in, Stored: kernels.BF16}); got != want {
			t.Errorf("a matrix of %d inputs is kept as %v, want %v", in, got, want)
		}
	}
	if err := (kernels.Precision{KV: kernels.Int8}).Check(); err == nil {
		t.Error("keys and values may be int8")
	}
}

func TestStackedSourcesReadTheirRows(t *testing.T) {
	a, b := kernels.Dense([]float32{1, 2, 3, 4}, 2, 2), kernels.Dense([]float32{5, 6}, 1, 2)
	b.Stored = kernels.F16
	all := kernels.Stack(a, b)
	row := make([]float32, 2)
	for o, want := range [][]float32{{1, 2}, {3, 4}, {5, 6}} {
		if all.Row(row, o); !slices.Equal(row, want) {
			t.Errorf("row %d is %v, want %v", o, row, want)
		}
	}
	if all.Out != 3 || all.In != 2 || all.Stored != kernels.F32 {
		t.Errorf("a stack of %+v", all)
	}
}
