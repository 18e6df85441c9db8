package answer_test

import (
	"slices"
	"testing"
	"time"

	"caucus/answer"
)

func BenchmarkEqual(b *testing.B) {
	for name, pair := range map[string][2]string{
		"integer": {"1234", "1,234"}, "fraction": {`\frac{3}{4}`, "0.75"}, "surd": {`\frac{2\sqrt{3}}{3}`, `\frac{2}{\sqrt3}`},
		"polynomial": {`x^2+2x+1`, `(x+1)^2`}, "function": {`\sec^2 y`, `\tan^2(y)+1`},
		"interval": {`(-\infty, 2] \cup (3, 5)`, `x \le 2 \text{ or } 3 < x < 5`}, "list": {`1, 2, 3, 4`, `\{4, 3, 2, 1\}`},
		"matrix": {`\begin{pmatrix}1&2\\3&4\end{pmatrix}`, `\begin{bmatrix}1&2\\3&4\end{bmatrix}`}, "unit": {`5 \text{ cm}`, "5"},
	} {
		b.Run(name, func(b *testing.B) {
			x, y := answer.Bare(pair[0]), answer.Bare(pair[1])
			for b.Loop() {
				if !answer.Equal(x, y) {
					b.Fatal("different")
				}
			}
		})
	}
}

// BenchmarkGolden compares every pair of the golden tables. Beside the mean it tells the median and the slowest pair, each
// from the quickest of its runs; the bound is what a pair may cost.
func BenchmarkGolden(b *testing.B) {
	var pairs []pair
	for _, table := range goldenTables(b) {
		pairs = append(pairs, table...)
	}
	quickest := make([]time.Duration, len(pairs))
	for b.Loop() {
		for i, p := range pairs {
			start := time.Now()
			if answer.Equal(answer.Bare(p.Gold), answer.Bare(p.Pred)) != p.Equal {
				b.Fatalf("%q and %q are judged wrong", p.Gold, p.Pred)
			}
			if took := time.Since(start); quickest[i] == 0 || took < quickest[i] {
				quickest[i] = took
			}
		}
	}
	slices.Sort(quickest)
	const bound = 50 * time.Microsecond // of the median
	micros := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e3 }
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/1e3/float64(b.N)/float64(len(pairs)), "µs/pair")
	b.ReportMetric(micros(quickest[len(quickest)/2]), "median-µs")
	b.ReportMetric(micros(bound), "bound-µs")
	b.ReportMetric(micros(quickest[len(quickest)-1]), "slowest-µs")
}
