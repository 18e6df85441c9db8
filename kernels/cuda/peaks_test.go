//go:build cuda

package cuda

import (
	"slices"
	"testing"

	"caucus/kernels"
)

func TestPeaksAreMeasured(t *testing.T) {
	for _, inputs := range []kernels.Format{kernels.F32, kernels.BF16} {
		o := newOps(t)(kernels.Precision{Inputs: inputs}).(*ops)
		if peak := o.PeakFLOPS(); !(peak > 0 && peak < 1e7) {
			t.Errorf("%v GFLOP/s with inputs in %v", peak, inputs)
		}
		o.Close()
	}
	o := newOps(t)(kernels.Precision{}).(*ops)
	defer o.Close()
	for _, bytes := range []int{0, 33, 1 << 20} {
		if peak := o.PeakBandwidth(bytes); !(peak > 0 && peak < 1e6) {
			t.Errorf("%v GB/s through %d bytes", peak, bytes)
		}
	}
}

// What is timed must do its work.
func TestThePeaksOfACopyCopyAllOfIt(t *testing.T) {
	d, s := testDevice(t)
	k, err := d.kernel("peak_copy", 0)
	must(t, err)
	for _, words := range []int{1, 127, 128, 1021} {
		want, got := make([]int32, 4*words), make([]int32, 4*words)
		for i := range want {
			want[i] = int32(i)
		}
		from, to := testAlloc(t, d, bytesOf(want)), testAlloc(t, d, bytesOf(want))
		must(t, write(s, from, want))
		must(t, s.launch(k, dim{x: 2}, dim{x: 32}, 0, pointerArg(to), pointerArg(from), intArg(words), intArg(2)))
		must(t, read(s, got, to))
		if !slices.Equal(got, want) {
			t.Errorf("not all of %d words are copied", words)
		}
	}
}
