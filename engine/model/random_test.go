package model_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"caucus/engine/model"
	"caucus/kernels"
)

func TestRandomModelsHaveTheirPeersSize(t *testing.T) {
	for _, test := range []struct {
		name      string
		peer      int
		tolerance float64
	}{
		{"jamba-1m", 1_067_592, 0.02}, {"jamba-10m", 9_365_216, 0.02}, {"jamba-100m", 95_728_160, 0.02},
		{"llama-1m", 1_099_392, 0}, {"llama-10m", 9_574_656, 0}, {"llama-100m", 101_075_712, 0},
		{"llama-3b", 3_212_749_824, 0},
	} {
		got := planned(t, test.name).Params()
		if off := math.Abs(float64(got)/float64(test.peer) - 1); off > test.tolerance {
			t.Errorf("%s has %d weights, its peer has %d", test.name, got, test.peer)
		}
	}
}

func TestRandomModelsRun(t *testing.T) {
	for _, name := range []string{"jamba-1m", "llama-1m"} {
		cfg, weights, err := model.Random(name)
		if err != nil {
			t.Fatal(err)
		}
		m, err := model.Load(weights, cfg, kernels.NewReference())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		logits := newRunner(t, m).read(piece{&model.Sequence{}, prompt(5)})[0]
		sum := 0.0
		for _, v := range logits {
			sum += float64(v) * float64(v)
		}
		if size := math.Sqrt(sum / float64(len(logits))); !(size > 0.5 && size < 2) {
			t.Errorf("the logits of %s are about %v, want about 1", name, size)
		}
	}
}

// row is one row of a matrix of a random model.
func row(t *testing.T, model model.Weights, name string, in, o int) []float32 {
	t.Helper()
	source, err := model.Matrix(name, o+1, in)
	if err != nil {
		t.Fatal(err)
	}
	v := make([]float32, in)
	source.Row(v, o)
	return v
}

func TestARandomRowIsAFunctionOfNameAndRow(t *testing.T) {
	const in = 1021 // no multiple of what a random number serves for
	_, weights, err := model.Random("jamba-1m")
	if err != nil {
		t.Fatal(err)
	}
	first := row(t, weights, "a", in, 3)
	if !slices.Equal(first, row(t, weights, "a", in, 3)) {
		t.Error("the same row of the same matrix differs")
	}
	if slices.Equal(first, row(t, weights, "a", in, 4)) || slices.Equal(first, row(t, weights, "b", in, 3)) {
		t.Error("rows of different number or name are equal")
	}
	sum, squares := 0.0, 0.0
	for _, v := range first {
		sum += float64(v)
		squares += float64(v) * float64(v)
	}
	if math.Abs(sum) > 4 || math.Abs(squares-1) > 0.15 { // deviations of the sums: 1 and 0.03
		t.Errorf("the values of a row add up to %v and their squares to %v, want about 0 and 1", sum, squares)
	}
}

func TestRandomM1IsStoredAsBF16(t *testing.T) {
	_, weights, err := model.Random("m1-3b")
	if err != nil {
		t.Fatal(err)
	}
	source, err := weights.Matrix("model.embed_tokens.weight", 2, 3072)
	if err != nil || source.Stored != kernels.BF16 {
		t.Fatalf("the embedding is stored as %v, error %v", source.Stored, err)
	}
	v := make([]float32, 3072)
	source.Row(v, 1)
	for _, v := range v {
		if kernels.BF16.Round(v) != v {
			t.Fatalf("%v is not a bf16", v)
		}
	}
}

func TestAnUnknownRandomModelIsToldTheNames(t *testing.T) {
	_, _, err := model.Random("jamba")
	if err == nil || !strings.Contains(err.Error(), "jamba-100m, jamba-10m, jamba-1m, llama-100m") {
		t.Errorf("got error %v", err)
	}
}

func BenchmarkRandomRow(b *testing.B) {
	_, weights, err := model.Random("m1-3b")
	if err != nil {
		b.Fatal(err)
	}
	source, err := weights.Matrix("model.embed_tokens.weight", 128256, 3072)
	if err != nil {
		b.Fatal(err)
	}
	v := make([]float32, 3072)
	for i := range b.N {
		source.Row(v, i%source.Out)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(v)), "ns/value")
}
