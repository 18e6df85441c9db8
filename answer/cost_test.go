package answer

import (
	"strings"
	"testing"
	"time"
)

// hostile inputs try to make the reader recurse, grow numbers, backtrack, or evaluate for long.
var hostile = []string{
	"9^9^9^9", "2^{2^{100}}", "10^100000", "((2^64)^64)^64", "1e999", "1..5", "1000000!", "3000!!!", "1/0", "0^0", "0^{-1}",
	`\binom{1000000}{500000}`, `\sum_{k=1}^{1000000} k^2`, `\sum_{i=1}^{99}\sum_{j=1}^{99}\sum_{k=1}^{99} ijk`,
	`\prod_{k=1}^{4000} \sin(k^k)`, `(x+y+z+w+1)^{64}`, `(x+1)^{64}(y+1)^{64}`, "((a+b+c+d+e+f+g+h)^8)^8",
	"0^i", "0^{2i}", "0^(-1)", "0^(0*i)", `0^{\ln 0}`, "x^(1/0)", "(1/0)^i", "0^(i-i)", `\ln(0)^{\ln(0)}`, "tan(pi/2)^i", "0^x",
	"map(1..3, #)", "let x = 1; x", "$env", "__import__('os').system('x')", "if true {1} else {2}",
	full("2^2000*"), full("5^"), full("("), strings.Repeat("(", 1000) + "1" + strings.Repeat(")", 1000),
	strings.Repeat("(", 45) + "1" + strings.Repeat(")", 45), full(`\frac{1}{`), full(`\frac1`), full(`\sqrt`), full("{"),
	strings.Repeat("{", 100000), strings.Repeat("{", 2000) + strings.Repeat("}", 2000), full(`\sqrt{1+`), full(`\left(`),
	full("1,"), full("1 and "), full("x+1 or "), full("x="), full("1<"), full("[1,2],"), full("(1,"), full("±1,"), full("1±"),
	strings.Repeat("{x+1,y^2},", 20), strings.Repeat("1+", 127) + "1", strings.Repeat("-", 250) + "1", full("-"),
	strings.Repeat("a*", 120) + "a", strings.Repeat("2^2000*", 30) + "1", full("9"), "1/" + full("9")[2:], full("9")[:1000] + "!",
	full("cm "), "5 " + full("cm ")[2:], full("|"), full("|x"), full("!"), "5" + full("!")[1:], full("∪"), full("(0,1)∪"),
	full("\x9c"), "±" + full("\xe5")[:1900] + "±±", "±1+" + full("1+")[:3000] + "±±1", strings.Repeat("{", 8) + "_" + full("\x9c")[20:], strings.Repeat("(", 20) + full("é")[60:] + strings.Repeat(")", 20),
	strings.Repeat("(x+y+1)^30,", 63) + "1", strings.Repeat("sum_(k=1)^(4000) sin(k),", 63) + "1", strings.Repeat("(1.1+x)^30*", 27) + "1",
	strings.Repeat("sin(cos(x+y)^2)*(x+1),", 63) + "1", "[" + strings.Repeat("(x+y+1)^20,", 60) + "1]", "{" + strings.Repeat("9999!^{2},", 60) + "1}",
	strings.Repeat("(x+1)^20 < y,", 60) + "1", strings.Repeat("(x+1)^20 a b c d;", 60) + "1", strings.Repeat("(x+1)^20 ± y,", 60) + "1",
	`\begin{pmatrix}` + strings.Repeat(`(x+y+1)^9&`, 15) + `1\end{pmatrix}\begin{pmatrix}` + strings.Repeat(`(x+y+1)^9\\`, 15) + `1\end{pmatrix}`,
	full("sin "), full("sin x "), full("log_2 "), full(`\log_{`), full("x_"), full("x^{"), full("_{"), full("^"), full("'"),
	full(`\begin{pmatrix}`), full(`\begin{pmatrix}1&2\\3&4\end{pmatrix}+`), `\begin{pmatrix}` + full(`1&2\\`)[20:],
	full("\\\\"), full(`\text{a}`), full("“"), full("⟨"), full("≈"), full("≈1"), full("⇒1"), full(":"), full("1:"), full("%"),
	strings.Repeat(`\sqrt{789789787}+`, 60) + "1", strings.Repeat("1789789787^(1/3)*", 50) + "1",
	strings.Repeat("3000!+", 40) + "1", strings.Repeat("binom(6000,3000)+", 50) + "1", strings.Repeat("(x+y+1)^9*", 50) + "1",
	strings.Repeat("(1.1+x)^30*", 60) + "1", "|x|<" + full("9")[:100], full("x<1 or ")[:400], full("1<x<2,")[:600],
	strings.Repeat("(1+sqrt(2)+sqrt(3)+sqrt(5)+sqrt(7))^9*", 20) + "1", full("a "), full("the "), full("$"), full("1 "),
	strings.Repeat("sum_(k=1)^(200) ", 10) + "k", full("max("), full("f("), full("e^"), "2" + full("^2")[1:800],
}

// full repeats a unit up to the longest answer there is.
func full(unit string) string { return strings.Repeat(unit, MaxLen/len(unit)) }

// limit is what an answer may cost, however hostile.
const limit = 10 * time.Millisecond

func TestHostileAnswersCostLittle(t *testing.T) {
	for _, raw := range hostile {
		if d := best(func() { KeyOf(Bare(raw)) }); d > limit {
			t.Errorf("KeyOf(%.40q) took %v", raw, d)
		}
		if d := best(func() { Equal(Bare(raw), Bare(raw+" ")); Equal(Bare(raw), Bare("1")) }); d > 4*limit {
			t.Errorf("Equal(%.40q) took %v", raw, d)
		}
	}
}

// best is the time of the quickest of a few runs: other work on the machine only adds.
func best(f func()) time.Duration {
	quickest := time.Hour
	for range 4 {
		start := time.Now()
		f()
		quickest = min(quickest, time.Since(start))
	}
	return quickest
}
