package voting

import (
	"math"
	"sync"
)

// LeadProbability is the posterior probability that an answer with a votes is more probable than a rival with b votes,
// if nothing is known beforehand: Pr[p > 1/2] for p ~ Beta(a+1, b+1), which for whole counts is
// Pr[Bin(a+b+1, 1/2) <= a]. Adaptive-Consistency (arXiv 2305.11860, eq. for the Beta criterion) stops when it reaches
// 0.95. It is a rule for spending samples, not a guarantee: looking at it after every vote makes it reach any level
// sooner or later, on a true tie too (a Certificate is one). Negative counts are taken as 0.
func LeadProbability(a, b int) float64 {
	a, b = max(a, 0), max(b, 0)
	if a < leadTable && b < leadTable {
		return leads()[a][b]
	}
	return leadProbability(a, b)
}

// leadTable is the count below which the probabilities are kept: planners ask for thousands.
const leadTable = 96

var leads = sync.OnceValue(func() *[leadTable][leadTable]float64 {
	var p [leadTable][leadTable]float64
	for a := range p {
		for b := range p[a] {
			p[a][b] = leadProbability(a, b)
		}
	}
	return &p
})

func leadProbability(a, b int) float64 {
	if a < b {
		return 1 - leadProbability(b, a) // the sum below is the shorter and more exact from the other side
	}
	n := a + b + 1
	return -math.Expm1(logChoose(n, b) - float64(n)*math.Ln2 + logTail(b, a)) // 1 - Pr[Bin(n, 1/2) <= b]
}

// logTail is the logarithm of (C(n, 0) + ... + C(n, a)) / C(n, a) with n = a+b+1, which is
// 1 + a/(b+2) + a(a-1)/((b+2)(b+3)) + ... . All terms are positive, and each follows from the one before, so the sum is
// exact to some rounding errors and costs no logarithm but one. It takes some sqrt(a+b) terms beyond the largest.
func logTail(a, b int) float64 {
	const big = 0x1p512
	sum, term, scaled := 0.0, 1.0, 0
	for i := 0; i <= a; i++ {
		sum += term
		ratio := float64(a-i) / float64(b+2+i)
		term *= ratio
		if term < (1-ratio)*sum*0x1p-54 { // what follows is less than term/(1-ratio)
			break
		}
		if term > big {
			sum, term, scaled = sum/big, term/big, scaled+1
		}
	}
	return math.Log(sum) + float64(scaled)*512*math.Ln2
}

// logChoose is the natural logarithm of n choose k, for 0 <= k <= n.
func logChoose(n, k int) float64 {
	return logFactorial(n) - logFactorial(k) - logFactorial(n-k)
}

func logFactorial(n int) float64 {
	v, _ := math.Lgamma(float64(n) + 1)
	return v
}
