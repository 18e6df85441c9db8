package answer

import (
	"testing"
	"time"
)

// FuzzAnswers holds every text to what is promised for any: no panic, bounded cost, a reflexive and symmetric Equal, keys
// that decide, and classes that do not depend on the order.
func FuzzAnswers(f *testing.F) {
	for _, raw := range hostile {
		f.Add(raw[:min(len(raw), 120)], raw[:min(len(raw), 60)])
	}
	for _, pair := range [][2]string{
		{`\boxed{\frac{1}{2}}`, "0.5"}, {"x = 1, y = 2", "(x, y) = (1, 2)"}, {`(-\infty, 2] \cup (3, 5)`, "x<=2 or 3<x<5"},
		{"25%", "25"}, {`5 \text{ cm}`, "0.05 m"}, {`\begin{pmatrix}1&2\\3&4\end{pmatrix}`, "[[1,2],[3,4]]"},
		{"The answer is 5.", "#### 5"}, {`\{x | x > 2\}`, `(2, \infty)`}, {"12_5", "(D) Alina"}, {`1 \pm \sqrt2`, "sin^2 x"},
	} {
		f.Add(pair[0], pair[1])
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		check := func() {
			if e, ok := Extract(a); ok && (e.Text == "" || e.Level == 0) {
				t.Fatalf("Extract(%q) is %+v", a, e)
			}
			x, okX := Read(Bare(a))
			y, okY := Read(Bare(b))
			equal := x.Equal(y)
			if back := y.Equal(x); back != equal {
				t.Fatalf("%q and %q: equal is %v, but %v the other way round", a, b, equal, back)
			}
			if x.Equal(x) != okX || okX != (x.Key() != "") {
				t.Fatalf("%q is not equal to itself", a)
			}
			if okX && x.Key() == y.Key() && !equal || equal && (!okX || !okY) {
				t.Fatalf("%q and %q: equal is %v, with the keys %q and %q", a, b, equal, x.Key(), y.Key())
			}
			if one, two := Classes([]Value{x, y}), Classes([]Value{y, x}); one[0] != two[1] || one[1] != two[0] ||
				equal && one[0] != one[1] {
				t.Fatalf("%q and %q: equal is %v, the classes %q and %q", a, b, equal, one, two)
			}
		}
		start := time.Now()
		check()
		if time.Since(start) < limit {
			return
		}
		// Other work on the machine only adds, and counting coverage makes the code three times slower.
		for _, text := range []string{a, b} {
			if d := best(func() { Read(Bare(text)) }); d > 3*limit {
				t.Fatalf("%.80q takes %v", text, d)
			}
			if d := best(func() { Extract(text) }); d > 3*limit {
				t.Fatalf("Extract(%.80q) takes %v", text, d)
			}
		}
	})
}
