package voting

import "math"

// LeadProbability is the posterior probability that an answer with a votes is more probable than a rival with b votes,
// if nothing is known beforehand: Pr[p > 1/2] for p ~ Beta(a+1, b+1), which for whole counts is
// Pr[Bin(a+b+1, 1/2) <= a]. Adaptive-Consistency (arXiv 2305.11860, eq. for the Beta criterion) stops when it reaches
// 0.95. It is a rule for spending samples, not a guarantee: looking at it after every vote makes it reach any level
// sooner or later, on a true tie too. Negative counts are taken as 0.
func LeadProbability(a, b int) float64 {
	a, b = max(a, 0), max(b, 0)
	if a < b {
		return 1 - LeadProbability(b, a) // the sum below is the shorter and more exact from the other side
	}
	n := a + b + 1
	tail := 0.0 // Pr[Bin(n, 1/2) > a]
	for k := a + 1; k <= n; k++ {
		tail += math.Exp(logChoose(n, k) - float64(n)*math.Ln2)
	}
	return 1 - tail
}

// logChoose is the natural logarithm of n choose k, for 0 <= k <= n.
func logChoose(n, k int) float64 {
	return logFactorial(n) - logFactorial(k) - logFactorial(n-k)
}

func logFactorial(n int) float64 {
	v, _ := math.Lgamma(float64(n) + 1)
	return v
}
