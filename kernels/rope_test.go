package kernels_test

import (
	"math"
	"testing"

	"caucus/kernels"
)

// rotated is the head x at a position.
func rotated(rope kernels.Rope, x kernels.Vector, pos int) kernels.View {
	var table kernels.RopeTable
	table.Grow(rope, pos+1)
	y := make(kernels.Vector, len(x))
	table.Rotate(y, x, pos)
	return kernels.View{Buf: y}
}

func TestRopeByHand(t *testing.T) {
	near(t, "no rotation", rotated(kernels.Rope{}, kernels.Vector{1, 2, 3}, 7), 1, 2, 3)
	near(t, "a part", rotated(kernels.Rope{Dim: 2, Theta: 1e4}, kernels.Vector{1, 0, 5, 6}, 2), math.Cos(2), math.Sin(2), 5, 6)
	// The first pair is elements 0 and 2, the second 1 and 3, which turns by 100^(-1/2) a position.
	near(t, "two pairs", rotated(kernels.Rope{Dim: 4, Theta: 100}, kernels.Vector{1, 0, 0, 2, 9}, 3),
		math.Cos(3), -2*math.Sin(0.3), math.Sin(3), 2*math.Cos(0.3), 9)
}

// TestRopeScalingIsLlama3s computes frequencies as its authors do, with the numbers of Llama 3.1: by cases of wavelengths.
func TestRopeScalingIsLlama3s(t *testing.T) {
	const (
		dim, theta, pos             = 128, 500000.0, 5000
		factor, low, high, original = 8.0, 1.0, 4.0, 8192.0
	)
	rope := kernels.Rope{Dim: dim, Theta: theta,
		Scaling: kernels.RopeScaling{Factor: factor, Low: low, High: high, Original: original}}
	cases := map[string]int{}
	for k := range dim / 2 {
		frequency := math.Pow(theta, -2*float64(k)/dim)
		switch wavelength := 2 * math.Pi / frequency; {
		case wavelength > original/low:
			frequency /= factor
			cases["divided"]++
		case wavelength >= original/high:
			smooth := (original/wavelength - low) / (high - low)
			frequency = (1-smooth)*frequency/factor + smooth*frequency
			cases["mixed"]++
		default:
			cases["kept"]++
		}
		x := make(kernels.Vector, dim)
		x[k] = 1
		y := rotated(rope, x, pos)
		cos, sin := y.Buf.(kernels.Vector)[k], y.Buf.(kernels.Vector)[k+dim/2]
		near(t, "pair", kernels.View{Buf: kernels.Vector{cos, sin}}, math.Cos(pos*frequency), math.Sin(pos*frequency))
	}
	if len(cases) != 3 {
		t.Errorf("the numbers try only %v", cases)
	}
}
