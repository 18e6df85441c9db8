package answer

import (
	"testing"
)

func BenchmarkEqual(b *testing.B) {
	for name, pair := range map[string][2]string{
		"integer": {"1234", "1,234"}, "fraction": {`\frac{3}{4}`, "0.75"}, "surd": {`\frac{2\sqrt{3}}{3}`, `\frac{2}{\sqrt3}`},
		"polynomial": {`x^2+2x+1`, `(x+1)^2`}, "function": {`\sec^2 y`, `\tan^2(y)+1`},
		"interval": {`(-\infty, 2] \cup (3, 5)`, `x \le 2 \text{ or } 3 < x < 5`}, "list": {`1, 2, 3, 4`, `\{4, 3, 2, 1\}`},
		"matrix": {`\begin{pmatrix}1&2\\3&4\end{pmatrix}`, `\begin{bmatrix}1&2\\3&4\end{bmatrix}`}, "unit": {`5 \text{ cm}`, "5"},
	} {
		b.Run(name, func(b *testing.B) {
			x, y := Bare(pair[0]), Bare(pair[1])
			for b.Loop() {
				if !Equal(x, y) {
					b.Fatal("different")
				}
			}
		})
	}
}
