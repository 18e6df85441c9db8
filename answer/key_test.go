package answer

import (
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// classes holds answers that share a key, line by line; different lines have different keys.
var classes = [][]string{
	{"5", "+5", "005", "5.0", "5.", "$5$", `\boxed{5}`, "**5**", "(5)", "[5]", "{5}", `\$5`, "x = 5", "f(2) = 5",
		"10/2", "2+3", `\frac{10}{2}`, "5%", "5 cm", `5\text{ cm}^2`, "5 square feet", `5^\circ`, "5°", "5 dollars", `\sqrt{25}`, "5.", " 5 "},
	{"-5", "−5", "- 5", `-\frac{10}{2}`, "5 - 10"},
	{"0", "-0", "0.0", "3-3", "0/7"},
	{"1234567", "1,234,567", `1{,}234{,}567`, `1\,234\,567`, `1,\!234,\! 567`, "1 234 567"},
	{"1, 234, 567", "1,  234, 567", "1; 234; 567"},
	{"0, 111", "0,111"},
	{"100000000000000000000000000000001", "100,000,000,000,000,000,000,000,000,000,001"},
	{"1/2", "0.5", ".5", "0.50", `\frac12`, `\frac 1 2`, `\dfrac{1}{2}`, `\tfrac{1}{2}`, `\frac{\frac{1}{4}}{\frac{1}{2}}`,
		"½", "2/4", "50/100"},
	{"1/3", `\frac{1}{3}`, "k = 1/3"},
	{"0.333"},
	{"7/3", "2 1/3", `2\frac{1}{3}`, `2 \frac13`},
	{"-7/2", `-3 \frac{1}{2}`, "-3.5"},
	{"13", "3*4+1", `3\cdot4+1`, `3 \times 4 + 1`, "-(2-15)"},
	{"1024", "2^10", "2**10", "2^{10}", "1,024", "1.024*10^3", "1.024e3"},
	{"-9", "-3^2"},
	{"512", "2^3^2"},
	{"-34/364511", `-\frac{34}{364511}`},
	{"2, 3, 479", "2,3,479", "2; 3; 479", "2, 3, and 479", "x=2, y=3, z=479", "2 and 3 and 479"},
	{"3, 2, 479"},
	{"{1, 2}", `\{1,2\}`, `\{2, 1\}`, "{2,1,1}", `\left\{1, 2\right\}`},
	{"(1, 2)", "(1,2)", `\left( 1, 2 \right)`, "(p, q) = (1, 2)"},
	{"(1, 2]", "(1,2]"},
	{"[1, 2]", "[1,2]", "[1, 4/2]"},
	{"(1, 2), (3, 4)", "(1,2),(3,4)"},
	{"True", "true", "Yes", "yes", `\text{True}`},
	{"False", "no"},
	{"d", "D", "(d)", "(D)", "D.", "(D) Alina", `\textbf{(D)}`, `\text{D}`},
	{"5:14 AM", "05:14 am", "5:14 a.m.", "5:14AM", `5:14 \text{ a.m.}`},
	{"5:14 PM"},
	{"-2*b**2 + 2*b - 1", "-2b^2+2b-1", `-2b^{2}+2b-1`, `2\cdot b-1 - 2\cdot b^2`, "2*b - 2*b**2 - 1"},
	{"-4*(b - 1)**2/3", `-\frac{4}{3}(b-1)^2`, `\frac{-4(b-1)^2}{3}`, "-4/3*(-1+b)^2"},
	{"x^2-1", "x**2 - 1", "y = x^2 - 1"},
	{"(x-1)(x+1)", "(x+1)*(x-1)"},
	{"x**(-3/2)", "x^{-3/2}", `x^{-\frac{3}{2}}`, "x^(-1.5)"},
	{"2160*sqrt(5) + 7380", `7380 + 2160\sqrt{5}`, `2160\sqrt5+7380`},
	{"385*sqrt(5)/2", `\frac{385\sqrt{5}}{2}`, `\frac{385}{2}\sqrt{5}`, "192.5*sqrt(5)"},
	{`\pi/2`, `\frac{\pi}{2}`, "pi/2", `\frac12\pi`, "π/2"},
	{"-2a060"},
	{"15a31"},
	{"31a15"},
	{"12_5"},
	{"12"},
	{"x < 3", "3 > x", `x \lt 3`},
	{`x \le 3`, "x <= 3", `3 \ge x`},
	{"2x+4y=3", "4*y + 2*x = 3"},
	{"R+r", "r+R"},
	{"2r", "2*r"},
	{"2R"},
	{"99999999999"},
	{"100000000000"},
	{"blue whale", "Blue  Whale", `\text{blue whale}`, "blue whale."},
	{`\emptyset`, `\{\}`, "{}", `\varnothing`},
	{"none", "None"},
	{"2024^{4046}", "2024^4046"},
	{"1/2^99"}, {"1/2^98"},
	{"5!"},
}

func TestAnswersOfAClassShareAKeyAndClassesDoNot(t *testing.T) {
	owner := map[Key]string{}
	for _, class := range classes {
		first, ok := KeyOf(class[0])
		if !ok {
			t.Errorf("KeyOf(%q): no key", class[0])
			continue
		}
		if other, taken := owner[first]; taken {
			t.Errorf("%q and %q share the key %q", class[0], other, first)
		}
		owner[first] = class[0]
		for _, a := range class[1:] {
			if k, ok := KeyOf(a); !ok || k != first {
				t.Errorf("KeyOf(%q) = %q, %v; want %q as for %q", a, k, ok, first, class[0])
			}
		}
	}
}

func TestKeysAreReadable(t *testing.T) {
	for raw, want := range map[string]Key{
		"0.5":                        "1/2",
		"1,000":                      "1000",
		`\{3,1,2\}`:                  "{1, 2, 3}",
		"-2*b**2 + 2*b - 1":          "-2*b^2+2*b-1",
		"-4*(b - 1)**2/3":            "-4*(b-1)^2/3",
		"05:14 am":                   "5:14 AM",
		"Yes":                        "true",
		"(C)":                        "c",
		`\frac{2\sqrt{3}}{x\cdot y}`: "2*sqrt(3)/x/y",
	} {
		if k, _ := KeyOf(raw); k != want {
			t.Errorf("KeyOf(%q) = %q, want %q", raw, k, want)
		}
	}
}

func TestWhatIsNoAnswerHasNoKey(t *testing.T) {
	tooLong := strings.Repeat("1", MaxLen+1)
	for _, raw := range []string{"", " ", "$", "$$", "!!!", "[]", "()", `\boxed{}`, `\text{}`, "...", tooLong} {
		if k, ok := KeyOf(raw); ok {
			t.Errorf("KeyOf(%.20q) = %q, want none", raw, k)
		}
	}
	if Equal("", "") {
		t.Error("two missing answers are equal")
	}
}

func TestEveryWayToWriteARationalHasOneKey(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		num, den := rng.Int64N(1e6)-5e5, rng.Int64N(1e3)+1
		r, factor := big.NewRat(num, den), rng.Int64N(50)+1
		want := Key(r.RatString())
		a, b := big.NewInt(num*factor).String(), big.NewInt(den*factor).String()
		forms := []string{a + "/" + b, `\frac{` + a + "}{" + b + "}", "$" + a + " / " + b + "$", a + "*" + b + "^(-1)"}
		if decimal, exact := r.FloatPrec(); exact {
			forms = append(forms, r.FloatString(decimal), r.FloatString(decimal+3))
		}
		for _, f := range forms {
			if k, _ := KeyOf(f); k != want {
				t.Fatalf("KeyOf(%q) = %q, want %q", f, k, want)
			}
		}
	}
}

// hostile inputs try to make the reader recurse, grow numbers or backtrack.
var hostile = []string{
	"9^9^9^9", "2^{2^{100}}", "10^100000", "((2^64)^64)^64", "1e999", "1..5", "1000000!",
	"map(1..3, #)", "let x = 1; x", "$env",
	full("2^2000*"), full("5^"), full("("), strings.Repeat("(", 1000) + "1" + strings.Repeat(")", 1000),
	strings.Repeat("(", 120) + "1" + strings.Repeat(")", 120), full(`\frac{1}{`), full(`\frac1`), full(`\sqrt`), full("{"),
	full("1,"), full("1 and "), full("x+1 or "), full("x="), full("1<"), full("[1,2],"), full("(1,"),
	strings.Repeat("{x+1,y^2},", 20), strings.Repeat("1+", 127) + "1", strings.Repeat("-", 250) + "1",
	strings.Repeat("a*", 120) + "a", strings.Repeat("2^2000*", 30) + "1", full("9"), "1/" + full("9")[2:],
	full("cm "), "5 " + full("cm ")[2:],
}

// full repeats a unit up to the longest answer there is.
func full(unit string) string { return strings.Repeat(unit, MaxLen/len(unit)) }

func TestHostileAnswersCostLittle(t *testing.T) {
	for _, raw := range hostile {
		if d := best(func() { KeyOf(raw) }); d > 10*time.Millisecond {
			t.Errorf("KeyOf(%.30q) took %v", raw, d)
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

func FuzzKeyOf(f *testing.F) {
	for _, class := range classes {
		f.Add(class[len(class)-1])
	}
	for _, raw := range hostile {
		f.Add(raw[:min(len(raw), 300)])
	}
	f.Fuzz(func(t *testing.T, raw string) {
		key, ok := KeyOf(raw)
		if ok != (key != "") {
			t.Fatalf("KeyOf(%q) = %q, %v", raw, key, ok)
		}
		if !ok {
			return
		}
		if again, _ := KeyOf(string(key)); again != key {
			t.Fatalf("KeyOf(%q) = %q, but KeyOf(%q) = %q", raw, key, key, again)
		}
		if !Equal(raw, raw) || !Equal(raw, string(key)) {
			t.Fatalf("%q is not equal to itself or its key", raw)
		}
	})
}
