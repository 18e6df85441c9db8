package voting

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Evidence is what a model's probabilities tell about one sample, in nats.
type Evidence struct {
	Tokens      int     // that the means are over; with 0 nothing is known
	MeanLogProb float64 // of the tokens drawn, 0 or less
	TailLogProb float64 // the same over the sample's end, where the answer is
	MeanEntropy float64 // of the distributions that they were drawn from, 0 or more
}

// A Weighting is a way to weigh a sample's vote by its evidence. The zero value is plain.
type Weighting struct{ of int }

// leastWeight is the weight of a sample without sound evidence: next to nothing where others have some, and as much as
// any where nobody has, which makes that a plain majority. Sound evidence weighs no less.
const leastWeight = 1e-3

// rounding is how far evidence may be on the wrong side of 0.
const rounding = 1e-4

var weightings = []struct {
	name   string
	weight func(Evidence) float64 // NaN for evidence that is none
}{
	{"plain", func(Evidence) float64 { return 1 }},
	{"logprob", func(e Evidence) float64 { return geometricMean(e.MeanLogProb) }},
	{"tail", func(e Evidence) float64 { return geometricMean(e.TailLogProb) }},
	{"entropy", inverseEntropy},
}

// Weightings lists the names of all weightings: plain (1), logprob (the geometric mean of the tokens' probabilities), tail
// (the same over the sample's end, as in DeepConf, arXiv 2508.15260, section 3) and entropy (one over the mean entropy).
// No weight but plain is a safe gain: measure it on recorded samples first.
func Weightings() []string {
	names := make([]string, len(weightings))
	for i, w := range weightings {
		names[i] = w.name
	}
	return names
}

// ParseWeighting finds a weighting by its name.
func ParseWeighting(name string) (Weighting, error) {
	i := slices.Index(Weightings(), name)
	if i < 0 {
		return Weighting{}, fmt.Errorf("weighting %q: want one of %s", name, strings.Join(Weightings(), ", "))
	}
	return Weighting{i}, nil
}

// String is its name.
func (w Weighting) String() string { return weightings[w.of].name }

// Weight is the weight of a vote with this evidence, from 0.001 to 1 or, for entropy, to 100. It is 0.001 if the evidence
// is missing, not finite, or impossible: a log-probability above 0, an entropy below.
func (w Weighting) Weight(e Evidence) float64 {
	if w == (Weighting{}) {
		return 1
	}
	weight := weightings[w.of].weight(e)
	if e.Tokens <= 0 || !(weight > leastWeight) { // NaN is not greater either
		return leastWeight
	}
	return weight
}

func geometricMean(logProb float64) float64 {
	if logProb > rounding {
		return math.NaN()
	}
	return min(math.Exp(logProb), 1)
}

// inverseEntropy does not tell entropies below 0.01 apart, so that one sure sample does not outvote any number of others.
func inverseEntropy(e Evidence) float64 {
	if e.MeanEntropy < -rounding {
		return math.NaN()
	}
	return 1 / max(e.MeanEntropy, 0.01)
}
