package kernels

import (
	"cmp"
	"math"
	"slices"
)

// weightOne is the weight of the most probable token.
const weightOne = 1 << 30

// Weight is exp(x) for x <= 0 as a whole number of 2^-30ths; sums of weights are exact and the same in any order, so
// that every implementation draws the same token. What is below 2^-31 of the most probable token is never drawn, which
// is less than a Uniform of 24 bits can tell apart.
//
// All implementations compute it by these float32 steps, each rounded by itself (no fused multiply-add): with t =
// x*log2(e), n the integer nearest t and f = t-n in [-1/2,1/2], exp(x) = 2^n * 2^f, and 2^f is a minimax polynomial of
// degree 5 with a relative error of 1e-7 and value 1 at 0. The result is rounded to the nearest integer, half to even.
func Weight(x float32) int32 {
	if !(x > weightFloor) {
		return 0
	}
	t := float32(x * math.Log2E)
	n := float32(t+roundMagic) - roundMagic
	f := t - n
	p := float32(exp2Poly[5])
	for i := 4; i >= 0; i-- {
		p = float32(p*f) + exp2Poly[i]
	}
	scaled := math.Float32frombits(math.Float32bits(p) + uint32(int32(n)+30)<<23)
	return int32(math.RoundToEven(float64(scaled)))
}

// weightFloor is a bound below which every [Weight] is 0.
const weightFloor = -22

// exp2Poly are the coefficients of [Weight]'s polynomial, constant first.
var exp2Poly = [6]float32{1, 0.693147004, 0.240222424, 0.0555073358, 0.00967151299, 0.00132647261}

// roundMagic added to and taken from a float32 below 2^22 rounds it to the nearest integer, half to even.
const roundMagic = 3 << 22

// Drawer holds the working space of [Drawer.Draw]; its zero value is ready.
type Drawer struct{ rank []int32 }

// Draw draws a token from the weights of a row's tokens at its temperature, which it overwrites: those that TopK, TopP
// and MinP cut off become 0. The token is the first whose weight, added to those of all lower ids, exceeds Uniform
// times the total. Tokens rank by weight, then by logit, the lower id first; TopK and TopP cut by rank. The total that
// TopP compares with is of what TopK kept.
func (d *Drawer) Draw(weights []int32, logits []float32, how Sampling) int32 {
	if how.TopK > 0 && how.TopK < len(weights) || how.TopP > 0 && how.TopP < 1 {
		d.cutByRank(weights, logits, how)
	}
	total := int64(0)
	floor := float64(how.MinP) * weightOne
	for i, w := range weights {
		if float64(w) < floor {
			weights[i] = 0
		} else {
			total += int64(w)
		}
	}
	target := int64(float64(how.Uniform) * float64(total))
	for i, w := range weights {
		if target -= int64(w); target < 0 {
			return int32(i)
		}
	}
	return 0
}

func (d *Drawer) cutByRank(weights []int32, logits []float32, how Sampling) {
	d.rank = d.rank[:0]
	for i, w := range weights {
		if w > 0 {
			d.rank = append(d.rank, int32(i))
		}
	}
	slices.SortFunc(d.rank, func(a, b int32) int {
		return cmp.Or(cmp.Compare(weights[b], weights[a]), cmp.Compare(logits[b], logits[a]), cmp.Compare(a, b))
	})
	keep := len(d.rank)
	if how.TopK > 0 {
		keep = min(keep, how.TopK)
	}
	if how.TopP > 0 && how.TopP < 1 {
		total, sum := int64(0), int64(0)
		for _, i := range d.rank[:keep] {
			total += int64(weights[i])
		}
		need := float64(how.TopP) * float64(total)
		for k, i := range d.rank[:keep] {
			if sum += int64(weights[i]); float64(sum) >= need {
				keep = k + 1
				break
			}
		}
	}
	for _, i := range d.rank[keep:] {
		weights[i] = 0
	}
}
