package mini_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"caucus/engine/model"
	"caucus/kernels"
	"caucus/kernels/cpu"
)

// TestPrecisionsStayNearPyTorch measures how far a precision moves the model's distributions, over every position of the
// golden prompts: their mean divergence from PyTorch's, in nats, and how often the most probable token is another.
func TestPrecisionsStayNearPyTorch(t *testing.T) {
	g := readGolden(t)
	for _, c := range []struct {
		precision  kernels.Precision
		divergence float64 // at most
		other      float64 // at most, as a share
	}{
		{kernels.Precision{Weights: kernels.F32}, 1e-9, 0},
		{kernels.Precision{Weights: kernels.F16}, 1e-9, 0}, // as stored
		{kernels.Precision{KV: kernels.BF16}, 5e-5, 0.01},
		{kernels.Precision{Weights: kernels.BF16, KV: kernels.BF16}, 1e-3, 0.02},
		{kernels.Precision{Weights: kernels.Int8}, 2e-2, 0.05},
		{kernels.Precision{Weights: kernels.Int8, KV: kernels.BF16}, 2e-2, 0.05},
	} {
		t.Run(fmt.Sprintf("weights %v, kv %v", c.precision.Weights, c.precision.KV), func(t *testing.T) {
			divergence, other := distance(t, g, c.precision)
			t.Logf("divergence %.1e nats, another token in %.2f %%", divergence, 100*other)
			if !(divergence <= c.divergence && other <= c.other) {
				t.Errorf("divergence %.1e nats and another token in %.2f %%, want at most %.1e and %.2f %%",
					divergence, 100*other, c.divergence, 100*c.other)
			}
		})
	}
}

func distance(t *testing.T, g golden, p kernels.Precision) (divergence, other float64) {
	t.Helper()
	c := load(t, cpu.Options{Threads: 1, Precision: p})
	state, positions := c.Model.NewState(model.Capacity{Slots: 1, Pages: 64, Rows: 256, Logits: 256}), 0.0
	for i, prompt := range g.Prompts {
		var q model.Sequence
		got := forward(c.Model, state, &q, prompt)
		state.Release(&q)
		for j := range prompt {
			ours, theirs := got[j*g.Vocab:][:g.Vocab], g.logits[i][j*g.Vocab:][:g.Vocab]
			divergence += relativeEntropy(theirs, ours)
			if slices.Index(ours, slices.Max(ours)) != slices.Index(theirs, slices.Max(theirs)) {
				other++
			}
			positions++
		}
	}
	return divergence / positions, other / positions
}

// relativeEntropy is sum p log(p/q) of the distributions that logits give.
func relativeEntropy(p, q []float32) float64 {
	logTotal := func(logits []float32) float64 {
		sum := 0.0
		for _, l := range logits {
			sum += math.Exp(float64(l))
		}
		return math.Log(sum)
	}
	totalP, totalQ, sum := logTotal(p), logTotal(q), 0.0
	for i := range p {
		logP, logQ := float64(p[i])-totalP, float64(q[i])-totalQ
		sum += math.Exp(logP) * (logP - logQ)
	}
	return sum
}
