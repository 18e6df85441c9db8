package kernels

import "math"

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

// Drawer draws from weights; it holds the space that this takes. The zero value is ready.
type Drawer struct{ heap rankHeap }

// Draw draws a token from the weights of a row's tokens, made at its temperature. It overwrites them: those that TopK,
// TopP and MinP cut off become 0. The token is the first whose weight, added to those of all lower ids, exceeds Uniform
// times the total. Tokens rank by weight, equal ones the lower id first; TopK and TopP cut by rank, and the total that
// TopP compares with is of what TopK kept.
func (d *Drawer) Draw(weights []int32, how Sampling) int32 {
	if how.TopK > 0 && how.TopK < len(weights) {
		d.keep(weights, how.TopK, math.Inf(1))
	}
	if how.TopP > 0 && how.TopP < 1 {
		d.keep(weights, len(weights), float64(how.TopP)*float64(total(weights)))
	}
	if how.MinP > 0 {
		least := float64(how.MinP) * weightOne
		for i, w := range weights {
			if float64(w) < least {
				weights[i] = 0
			}
		}
	}
	target := int64(float64(how.Uniform) * float64(total(weights)))
	for i, w := range weights {
		if target -= int64(w); target < 0 {
			return int32(i)
		}
	}
	return 0
}

func total(weights []int32) int64 {
	sum := int64(0)
	for _, w := range weights {
		sum += int64(w)
	}
	return sum
}

// keep keeps the highest ranks until they are most tokens or weigh enough. A heap finds them: a language model's
// distribution needs few of its many tokens, and sorting all would take longer than everything else in a draw.
func (d *Drawer) keep(weights []int32, most int, enough float64) {
	d.heap.fill(weights)
	clear(weights)
	sum := int64(0)
	for n := 0; n < most && float64(sum) < enough && len(d.heap) > 0; n++ {
		id, w := d.heap.pop()
		weights[id] = w
		sum += int64(w)
	}
}

// rankHeap is a binary heap of tokens with the highest rank first. A key is a token's weight above its inverted id.
type rankHeap []uint64

// fill makes a heap of the tokens that have a weight.
func (h *rankHeap) fill(weights []int32) {
	*h = (*h)[:0]
	for id, w := range weights {
		if w > 0 {
			*h = append(*h, uint64(w)<<32|uint64(^uint32(id)))
		}
	}
	for i := len(*h)/2 - 1; i >= 0; i-- {
		h.sink(i)
	}
}

// pop takes the highest rank out.
func (h *rankHeap) pop() (id uint32, weight int32) {
	s := *h
	top := s[0]
	s[0] = s[len(s)-1]
	*h = s[:len(s)-1]
	h.sink(0)
	return ^uint32(top), int32(top >> 32)
}

// sink moves the key at i down to its place.
func (h rankHeap) sink(i int) {
	for {
		child := 2*i + 1
		if child >= len(h) {
			return
		}
		if child+1 < len(h) && h[child+1] > h[child] {
			child++
		}
		if h[i] >= h[child] {
			return
		}
		h[i], h[child] = h[child], h[i]
		i = child
	}
}
