package kerneltest

import (
	"fmt"
	"math"
	"testing"

	"caucus/kernels"
)

// samplings are every combination worth telling apart; their Uniform is set for each row.
var samplings = []kernels.Sampling{
	{},
	{Temperature: 1},
	{Temperature: 0.7},
	{Temperature: 1e-30},
	{Temperature: 5, TopK: 1},
	{Temperature: 1, TopK: 5},
	{Temperature: 1, TopK: 1000},
	{Temperature: 1.3, TopP: 0.9},
	{Temperature: 1, TopP: 1e-9},
	{Temperature: 1, MinP: 0.1},
	{Temperature: 1, MinP: 1},
	{Temperature: 0.8, TopK: 20, TopP: 0.8, MinP: 0.05},
}

func samplingScenarios() []scenario {
	var all []scenario
	for _, n := range []int{1, 2, 7, 8, 9, 16, 17, 272, 3000, 9001} {
		all = append(all, scenario{fmt.Sprintf("sample %d", n), func(t *testing.T, ops kernels.Ops, rec *record) {
			for _, deviation := range []float64{0, 0.5, 3, 40} {
				sample(t, ops, rec, n, deviation)
			}
		}})
	}
	return all
}

// sample records tokens, which must be the same, and their figures. Up to 1024 exponentials, 8 sums side by side, have
// 128 roundings and a few each; the largest exponent that counts, 15, brings as many again.
func sample(t *testing.T, ops kernels.Ops, rec *record, n int, deviation float64) {
	const draws = 8
	rng := source(uint64(n))
	var how []kernels.Sampling
	for _, s := range samplings {
		for range draws {
			s.Uniform = rng.Float32()
			how = append(how, s)
		}
	}
	how[len(how)-1].Uniform = 1 - 1.0/(1<<24)
	values := normals(rng, len(how)*n, deviation)
	for i := range values {
		// Ties must go to the lower id, and masked tokens must never come.
		if i%3 == 0 {
			values[i] = float32(math.Round(float64(values[i])))
		}
		if i%n > 0 && i%11 == 0 {
			values[i] = float32(math.Inf(-1))
		}
	}
	out := make([]kernels.Sampled, len(how))
	ops.Sample(out, newGrid(ops, len(how), n, values).view, n, how)
	for _, s := range out {
		const allowed = 170 * roundoff
		rec.add([]float32{float32(s.Token)}, func(int) float64 { return 0 })
		rec.add([]float32{s.LogProb, s.Entropy}, func(int) float64 {
			return allowed * (1 + math.Abs(float64(s.LogProb)) + math.Abs(float64(s.Entropy)))
		})
	}
}

// testDistribution counts the tokens of evenly spread Uniforms, whose shares must be the probabilities; the chance that
// chi-square with 15 degrees of freedom passes 44.26 by accident is 1e-4, for a seed that is always the same.
func testDistribution(t *testing.T, ops kernels.Ops) {
	const n, draws, limit = 16, 20000, 44.26
	rng := source(9)
	logits := normals(rng, n, 1)
	how := make([]kernels.Sampling, draws)
	rows := make([]float32, 0, draws*n)
	for i := range how {
		how[i] = kernels.Sampling{Temperature: 0.8, Uniform: rng.Float32()}
		rows = append(rows, logits...)
	}
	out := make([]kernels.Sampled, draws)
	ops.Sample(out, newGrid(ops, draws, n, rows).view, n, how)
	counts, total := make([]float64, n), 0.0
	for _, s := range out {
		counts[s.Token]++
	}
	for _, l := range logits {
		total += math.Exp(float64(l) / 0.8)
	}
	chi2 := 0.0
	for i, l := range logits {
		expected := draws * math.Exp(float64(l)/0.8) / total
		chi2 += (counts[i] - expected) * (counts[i] - expected) / expected
	}
	if chi2 > limit {
		t.Errorf("chi-square of %d draws is %.1f, above %v: %v", draws, chi2, limit, counts)
	}
}

// testNoDistribution puts rows that cannot be drawn from among good ones.
func testNoDistribution(t *testing.T, ops kernels.Ops) {
	const n = 20
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	broken := map[string]func(row []float32){
		"NaN in front":   func(row []float32) { row[0] = nan },
		"NaN at the end": func(row []float32) { row[n-1] = nan },
		"+Inf":           func(row []float32) { row[9] = inf },
		"nothing but NaN": func(row []float32) {
			for i := range row {
				row[i] = nan
			}
		},
		"nothing above -Inf": func(row []float32) {
			for i := range row {
				row[i] = -inf
			}
		},
	}
	for name, breakRow := range broken {
		for _, how := range samplings {
			how.Uniform = 0.6
			values := normals(source(3), 3*n, 1)
			out := make([]kernels.Sampled, 3)
			row := values[n : 2*n]
			breakRow(row)
			ops.Sample(out, newGrid(ops, 3, n, values).view, n, []kernels.Sampling{how, how, how})
			if s := out[1]; s.Token != 0 || !math.IsNaN(float64(s.LogProb)) || !math.IsNaN(float64(s.Entropy)) {
				t.Errorf("%s with %+v gives %+v", name, how, s)
			}
			for _, r := range []int{0, 2} {
				if s := out[r]; math.IsNaN(float64(s.LogProb)) || math.IsNaN(float64(s.Entropy)) {
					t.Errorf("%s with %+v spoils row %d: %+v", name, how, r, s)
				}
			}
		}
	}
}
