package voting

import (
	"fmt"
	"math"
)

// PassAtK estimates from n samples, c of them right, the probability that at least one of k samples is right:
// 1 - C(n-c, k) / C(n, k), the unbiased estimator of Chen et al. (arXiv 2107.03374, eq. 1). It needs 0 <= c <= n and
// 1 <= k <= n. With k = 1 it is the mean accuracy c/n.
func PassAtK(n, c, k int) (float64, error) {
	if c < 0 || c > n || k < 1 || k > n {
		return 0, fmt.Errorf("pass@%d of %d samples, %d right: want 0 <= right <= samples and 1 <= k <= samples", k, n, c)
	}
	if n-c < k {
		return 1, nil
	}
	return 1 - math.Exp(logChoose(n-c, k)-logChoose(n, k)), nil
}

// MajAtK estimates the probability that the majority of k samples is right, from the counts of all samples: right for
// the right answer, wrong for each wrong one, and the number of abstentions. It is the mean over all subsets of k samples
// (the U-statistic, so it is unbiased and has the least variance), where a tie of t answers is right with probability
// 1/t and a subset of abstentions is wrong. Counts must not be negative, and 1 <= k <= their sum.
//
// It draws the subset class by class: the number of a class's samples in it is hypergeometric given what the classes
// before it have left. The state is (samples still to draw, wrong answers tied with the right one).
func MajAtK(right int, wrong []int, abstentions, k int) (float64, error) {
	total := right + abstentions
	negative := right < 0 || abstentions < 0
	for _, c := range wrong {
		total += c
		negative = negative || c < 0
	}
	if negative || k < 1 || k > total {
		return 0, fmt.Errorf("maj@%d of %d samples: want counts of 0 or more and 1 <= k <= samples", k, total)
	}
	f, sum := newFactorials(total), 0.0
	for j := 1; j <= min(right, k); j++ {
		sum += f.hypergeometric(total, right, k, j) * f.leadWith(j, wrong, total-right, k-j)
	}
	return sum, nil
}

// factorials holds the logarithms of the factorials from 0 on. They are needed a hundred thousand times over.
type factorials []float64

func newFactorials(n int) factorials {
	f := make(factorials, n+1)
	for i := range f {
		f[i] = logFactorial(i)
	}
	return f
}

// leadWith is the probability that an answer with j votes wins when draw further samples come from left others: wrong
// answers with these counts, and abstentions.
func (f factorials) leadWith(j int, wrong []int, left, draw int) float64 {
	ties := draw / j               // most wrong answers that can tie
	p := make([][]float64, draw+1) // p[d][t]: d samples still to draw, t wrong answers tied
	for d := range p {
		p[d] = make([]float64, ties+1)
	}
	p[draw][0] = 1
	next := make([]float64, ties+1)
	for _, c := range wrong {
		if c < j { // it can neither win nor tie, like the abstentions, with which it is drawn
			continue
		}
		for d := range p { // upwards, since p[d] comes from p[d], p[d+1], ...
			clear(next)
			for i := 0; i <= min(j, draw-d); i++ { // a wrong answer with more than j votes would win
				tie := 0
				if i == j {
					tie = 1
				}
				h := f.hypergeometric(left, c, d+i, i)
				for t := 0; t+tie <= ties; t++ {
					next[t+tie] += h * p[d+i][t]
				}
			}
			copy(p[d], next)
		}
		left -= c
	}
	sum := 0.0
	for d := 0; d <= min(draw, left); d++ { // all d come from what is left
		for t, v := range p[d] {
			sum += v / float64(t+1)
		}
	}
	return sum
}

// hypergeometric is the probability that i of draw samples, taken from total without replacement, are among the marked.
func (f factorials) hypergeometric(total, marked, draw, i int) float64 {
	if draw > total || i > marked || draw-i > total-marked {
		return 0
	}
	return math.Exp(f.logChoose(marked, i) + f.logChoose(total-marked, draw-i) - f.logChoose(total, draw))
}

func (f factorials) logChoose(n, k int) float64 { return f[n] - f[k] - f[n-k] }
