//go:build cuda

package cuda

import (
	"testing"

	"caucus/kernels"
)

func TestLaunchTimesCoverAStep(t *testing.T) {
	gpu := newOps(t)(kernels.Precision{})
	defer gpu.Close()
	f, o := newForks(t, gpu, 2), gpu.(*ops)
	o.Mark("all of it")
	for range 2 {
		f.step(t, 2, greedy)
	}
	o.Mark("")
	times, step := o.LaunchTimes()
	launches, sum := 0, 0.0
	seen := map[string]bool{}
	for _, l := range times {
		if seen[l.Kernel] || l.Operation != "all of it" || l.Seconds < 0 {
			t.Errorf("%+v, after %v", l, seen)
		}
		seen[l.Kernel] = true
		launches, sum = launches+l.Launches, sum+l.Seconds
	}
	if want := len(o.list.graphs[0].launches); launches != want || !seen["sample_rows"] {
		t.Errorf("%d launches of %v were measured, want %d", launches, seen, want)
	}
	if !(sum > 0 && sum < 3*step) { // of small kernels, most is gaps
		t.Errorf("the launches take %v s by themselves, the step %v s", sum, step)
	}
	f.step(t, 2, greedy) // nothing is left behind but states
}
