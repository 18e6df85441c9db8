package voting

import (
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mathext"
)

// What intervals are made of. gonum's stat and distuv have the same, to the bit, but whoever imports them links linear
// algebra and a simplex solver, too: two megabytes. Their incomplete beta function stands alone.

// mean is the mean of one value or more.
func mean(values []float64) float64 { return floats.Sum(values) / float64(len(values)) }

// MeanDeviation is the mean of two values or more, and their standard deviation in the population that they are drawn from.
// The second sum makes up for what rounding did to the mean.
func MeanDeviation(values []float64) (m, deviation float64) {
	m = mean(values)
	var squares, rest float64
	for _, v := range values {
		d := v - m
		squares += d * d
		rest += d
	}
	n := float64(len(values))
	return m, math.Sqrt((squares - rest*rest/n) / (n - 1))
}

// quantile is where a part p of the sorted values is below, between two of them by a straight line.
func quantile(p float64, sorted []float64) float64 {
	at := p * float64(len(sorted))
	i := max(int(math.Ceil(at)), 1)
	if i == 1 {
		return sorted[0]
	}
	t := float64(i) - at
	return t*sorted[i-2] + (1-t)*sorted[i-1]
}

// studentQuantile is where Student's distribution with so many degrees of freedom has a part p below.
func studentQuantile(freedom, p float64) float64 {
	if p == 0.5 {
		return 0
	}
	t := mathext.InvRegIncBeta(freedom/2, 0.5, 2*min(p, 1-p))
	return math.Copysign(math.Sqrt(freedom*(1-t)/t), p-0.5)
}

// normalCDF is the part of the standard normal distribution below x.
func normalCDF(x float64) float64 { return 0.5 * math.Erfc(-x/math.Sqrt2) }

// coinsCDF is the probability of at most k heads among n fair coins.
func coinsCDF(k, n int) float64 {
	if k >= n {
		return 1
	}
	return mathext.RegIncBeta(float64(n-k), float64(k+1), 0.5)
}
