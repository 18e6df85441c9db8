package kernels

import (
	"math"
	"slices"
	"testing"
)

func TestWeightIsTheExponentialInFixedPoint(t *testing.T) {
	for x := float32(0); x > weightFloor-1; x -= 0.00137 {
		want := math.Exp(float64(x)) * weightOne
		// Half a unit of rounding, the polynomial's 1e-7, and one rounding of an exponent of up to 32.
		if allowed := 0.5 + want*(3e-7+32*math.Ln2/(1<<24)); math.Abs(float64(Weight(x))-want) > allowed {
			t.Fatalf("Weight(%v) = %d, want %.1f within %.1f", x, Weight(x), want, allowed)
		}
	}
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	for x, want := range map[float32]int32{0: weightOne, -1e30: 0, weightFloor: 0, -inf: 0, nan: 0} {
		if got := Weight(x); got != want {
			t.Errorf("Weight(%v) = %d, want %d", x, got, want)
		}
	}
}

func TestDrawCutsByRank(t *testing.T) {
	weights := []int32{10, 40, 0, 20, 20, 10}
	tests := []struct {
		name string
		how  Sampling
		want []int32 // weights that are left
	}{
		{"nothing cut", Sampling{}, []int32{10, 40, 0, 20, 20, 10}},
		{"top-k takes the lower id of equals", Sampling{TopK: 2}, []int32{0, 40, 0, 20, 0, 0}},
		{"top-k beyond the tokens", Sampling{TopK: 99}, []int32{10, 40, 0, 20, 20, 10}},
		{"top-p stops at its sum", Sampling{TopP: 0.5}, []int32{0, 40, 0, 20, 0, 0}},
		{"top-p takes the token that passes its sum", Sampling{TopP: 0.61}, []int32{0, 40, 0, 20, 20, 0}},
		{"top-p is of what top-k kept", Sampling{TopK: 3, TopP: 0.7}, []int32{0, 40, 0, 20, 0, 0}},
		{"top-p of 1 keeps all", Sampling{TopP: 1}, []int32{10, 40, 0, 20, 20, 10}},
		{"a tiny top-p keeps one", Sampling{TopP: 1e-30}, []int32{0, 40, 0, 0, 0, 0}},
		{"min-p compares with the most probable", Sampling{MinP: 15.0 / weightOne}, []int32{0, 40, 0, 20, 20, 0}},
	}
	for _, test := range tests {
		got := slices.Clone(weights)
		new(Drawer).Draw(got, test.how)
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: left %v, want %v", test.name, got, test.want)
		}
	}
}

func TestDrawInvertsTheDistributionInIDOrder(t *testing.T) {
	weights := []int32{0, 25, 0, 50, 25}
	for uniform, want := range map[float32]int32{0: 1, 0.2499: 1, 0.25: 3, 0.7499: 3, 0.75: 4, 1 - 1.0/(1<<24): 4} {
		if got := new(Drawer).Draw(slices.Clone(weights), Sampling{Uniform: uniform}); got != want {
			t.Errorf("uniform %v draws token %d, want %d", uniform, got, want)
		}
	}
	if got := new(Drawer).Draw([]int32{0, 0}, Sampling{Uniform: 0.5}); got != 0 {
		t.Errorf("no weight at all draws token %d, want 0", got)
	}
}

func FuzzDrawEqualsSorting(f *testing.F) {
	f.Add([]byte{1, 200, 3, 3, 0, 9}, 3, float32(0.7), float32(0.5))
	f.Add([]byte{0}, 1, float32(0.1), float32(0))
	f.Fuzz(func(t *testing.T, data []byte, topK int, topP, uniform float32) {
		if !(uniform >= 0 && uniform < 1) || !(topP >= 0 && topP <= 1) || topK < 0 {
			t.Skip()
		}
		weights := make([]int32, len(data))
		for i, b := range data {
			weights[i] = int32(b)
		}
		left := slices.Clone(weights)
		token := new(Drawer).Draw(left, Sampling{TopK: topK, TopP: topP, Uniform: uniform})
		var kept, lost []int32
		for i, w := range weights {
			if left[i] == w && w > 0 {
				kept = append(kept, w)
			} else if left[i] == 0 {
				lost = append(lost, w)
			} else {
				t.Fatalf("weight %d became %d", w, left[i])
			}
		}
		if len(kept) > 0 && len(lost) > 0 && slices.Min(kept) < slices.Max(lost) {
			t.Errorf("kept %v but not %v", kept, lost)
		}
		if topK > 0 && len(kept) > topK {
			t.Errorf("kept %d tokens of %d", len(kept), topK)
		}
		if len(kept) > 0 && left[token] == 0 {
			t.Errorf("drew token %d, which was cut off", token)
		}
	})
}
