package kernels

import "math"

// Sample draws a token from each row. A row that holds NaN or +Inf, or nothing above -Inf, has no distribution: its
// token is 0, its LogProb and Entropy NaN.
func (*Reference) Sample(out []Sampled, logits View, n int, how []Sampling) {
	logits.Check("sample", "logits", len(how), n)
	for r := range how {
		out[r] = refSample(logits.row(r, n), how[r])
	}
}

func refSample(logits []float32, how Sampling) Sampled {
	best := 0
	for i, l := range logits {
		if l > logits[best] {
			best = i
		}
	}
	largest := logits[best]
	total, sum := 0.0, 0.0 // of exp(x) and x exp(x), x = logit - largest
	for _, l := range logits {
		x := float64(l) - float64(largest)
		w := math.Exp(x)
		total += w
		if w > 0 {
			sum += x * w
		}
	}
	if math.IsNaN(total) {
		return Sampled{Token: 0, LogProb: float32(math.NaN()), Entropy: float32(math.NaN())}
	}
	token := int32(best)
	if how.Temperature > 0 {
		weights := make([]int32, len(logits))
		for i, l := range logits {
			weights[i] = Weight((l - largest) / how.Temperature)
		}
		token = new(Drawer).Draw(weights, how)
	}
	logTotal := math.Log(total)
	return Sampled{
		Token:   token,
		LogProb: float32(float64(logits[token]) - float64(largest) - logTotal),
		Entropy: float32(logTotal - sum/total),
	}
}
