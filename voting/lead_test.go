package voting

import (
	"math"
	"testing"
)

func TestLeadProbabilityIsTheBinomialSum(t *testing.T) {
	for a := range 30 {
		for b := range 30 {
			want, n := 0.0, a+b+1
			for k := 0; k <= a; k++ {
				want += math.Exp(logChoose(n, k)) / math.Pow(2, float64(n))
			}
			if got := LeadProbability(a, b); math.Abs(got-want) > 1e-12 {
				t.Errorf("LeadProbability(%d, %d) = %v, want %v", a, b, got, want)
			}
		}
	}
}

// The states where Adaptive-Consistency stops at .95.
func TestLeadProbabilityStopsWhereItShould(t *testing.T) {
	for b, a := range []int{4, 6, 8, 9, 11, 12, 14, 15, 17} {
		if LeadProbability(a, b) < 0.95 || LeadProbability(a-1, b) >= 0.95 {
			t.Errorf("%d to %d is not the first to reach .95: %v after %v", a, b, LeadProbability(a, b), LeadProbability(a-1, b))
		}
	}
	for _, n := range []int{0, 1, 1000, 1_000_000} {
		if p := LeadProbability(n, n); math.Abs(p-0.5) > 1e-8 {
			t.Errorf("LeadProbability(%d, %d) = %v", n, n, p)
		}
	}
	if p := LeadProbability(100000, 100); !(p > 0.999 && p <= 1) {
		t.Errorf("LeadProbability(100000, 100) = %v", p)
	}
}
