package voting

import (
	"math"
	"slices"
	"testing"
)

func parse(t *testing.T, name string) Weighting {
	t.Helper()
	w, err := ParseWeighting(name)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestAWeightIsReadOffItsEvidence(t *testing.T) {
	e := Evidence{Tokens: 10, MeanLogProb: -0.5, TailLogProb: -0.25, MeanEntropy: 0.4}
	for name, want := range map[string]float64{
		"plain": 1, "logprob": math.Exp(-0.5), "tail": math.Exp(-0.25), "entropy": 2.5,
	} {
		if got := parse(t, name).Weight(e); math.Abs(got-want) > 1e-12 {
			t.Errorf("the weight %s is %v, want %v", name, got, want)
		}
	}
	if got := parse(t, "entropy").Weight(Evidence{Tokens: 1}); got != 100 {
		t.Errorf("the weight of no entropy is %v", got)
	}
}

func TestEveryWeightIsAVoteAndNoneDominates(t *testing.T) {
	numbers := []float64{0, 1e-6, -1e-6, 0.3, -0.3, 50, -50, 1e308, -1e308, math.Inf(1), math.Inf(-1), math.NaN()}
	for _, name := range Weightings() {
		w := parse(t, name)
		for _, x := range numbers {
			for _, tokens := range []int{0, 1} {
				e := Evidence{Tokens: tokens, MeanLogProb: x, TailLogProb: x, MeanEntropy: x}
				got := w.Weight(e)
				if !(got >= leastWeight && got <= 100) {
					t.Errorf("the weight %s of %+v is %v", name, e, got)
				}
				impossible := x > 1e-3 && name != "entropy" || x < -1e-3 && name == "entropy"
				missing := tokens == 0 || math.IsNaN(x) || math.IsInf(x, 0)
				if name != "plain" && (missing || impossible) && got != leastWeight {
					t.Errorf("the weight %s of %+v is %v", name, e, got)
				}
				if name == "plain" && got != 1 {
					t.Errorf("the plain weight of %+v is %v", e, got)
				}
			}
		}
	}
}

func TestWeightingsAreFoundByName(t *testing.T) {
	if names := Weightings(); !slices.Equal(names, []string{"plain", "logprob", "tail", "entropy"}) {
		t.Errorf("weightings are %v", names)
	}
	for _, name := range Weightings() {
		if w := parse(t, name); w.String() != name {
			t.Errorf("%s is called %s", name, w)
		}
	}
	if (Weighting{}).String() != "plain" {
		t.Error("the zero weighting is not plain")
	}
	for _, name := range []string{"", "Plain", "deepconf"} {
		if _, err := ParseWeighting(name); err == nil {
			t.Errorf("%q is a weighting", name)
		}
	}
}
