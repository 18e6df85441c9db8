package kernels_test

import (
	"testing"

	"caucus/kernels"
)

func TestPartsOfMadeMatricesAreMade(t *testing.T) {
	made := func(deviation float32, seed uint64) kernels.Source {
		return kernels.Source{Out: 4, In: 2, Made: kernels.Made{Deviation: deviation, Seed: seed}}
	}
	read := kernels.Dense([]float32{1, 2}, 1, 2)
	for _, test := range []struct {
		what string
		got  kernels.Source
		want float32
	}{
		{"a stack", kernels.Stack(made(3, 1), made(3, 2)), 3}, {"rows", made(3, 1).Rows(1, 2), 3},
		{"a stack of two kinds", kernels.Stack(made(3, 1), made(2, 1)), 0}, {"one above numbers", kernels.Stack(made(3, 1), read), 0},
		{"one below numbers", kernels.Stack(read, made(3, 1)), 0}, {"numbers", read, 0},
	} {
		if test.got.Made.Deviation != test.want {
			t.Errorf("%s has the deviation %v, want %v", test.what, test.got.Made.Deviation, test.want)
		}
	}
	if first, second := made(3, 1).Rows(0, 2), made(3, 1).Rows(2, 2); first.Made == second.Made {
		t.Error("different rows of a matrix are made alike")
	}
}
