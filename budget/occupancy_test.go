package budget

import (
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

// That a cancelled sample's slot is used again before any time passes is what watched.wait looks at, in every random run.
func TestSlotsAreBusyUntilTheLastTenthOfTheWindow(t *testing.T) {
	all := policies(t, 64)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		least := 1.0
		for _, d := range []time.Duration{5 * time.Second, 20 * time.Second} {
			for seed := range uint64(3) {
				s := newSim(48, affine(0.002, 0.0002, 1e-7), window(d), lognormal(100, 0.5))
				report := simulate(t, s, 400, all[name](), Options{Seed: seed})
				least = min(least, report.Occupancy)
				checkOccupancy(t, name, s, report)
			}
		}
		t.Logf("%s: %.3f", name, least)
		// A stream's problem may have fewer samples than there are slots.
		if !strings.HasSuffix(name, "stream") && least < 0.95 {
			t.Errorf("%s: slots were busy for %.3f of the time", name, least)
		}
	}
}

// checkOccupancy compares what a run reports with what its sampler has seen, if it used the same number of slots throughout.
func checkOccupancy(t *testing.T, name string, s *sim, report Report) {
	t.Helper()
	if report.Slots != s.slots || report.Seconds < s.w.End.Sub(s.w.Start).Seconds()*0.9 {
		return
	}
	busy := 0.0
	for _, tenth := range s.busy[:9] {
		busy += tenth
	}
	want := busy / (float64(s.slots) * 0.9 * s.w.End.Sub(s.w.Start).Seconds())
	if math.Abs(report.Occupancy-want) > 1e-3 {
		t.Errorf("%s: occupancy %.4f is reported, and %.4f was seen", name, report.Occupancy, want)
	}
}
