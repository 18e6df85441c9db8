package gen

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
)

// randomFrac returns a fraction in lowest terms of about the given number of bits a part.
func randomFrac(r *rand.Rand, bits int) Frac {
	n, d := r.Int64N(1<<bits)-1<<(bits-1), 1+r.Int64N(1<<bits)
	f, _ := Reduce(n, d)
	return f
}

func rat(f Frac) *big.Rat { return big.NewRat(f.N, f.D) }

// scratch is the scratch area of a long sum or product, behind which the digits of the result stand.
var scratch = regexp.MustCompile(`\[[^]]*\]`)

// checkFrac fails unless got is want in lowest terms and the working, if any, ends with it.
func checkFrac(t *testing.T, what string, got Frac, want *big.Rat, lines []string) {
	t.Helper()
	if got.D <= 0 || got.String() != want.RatString() {
		t.Fatalf("%s = %v, want %s", what, got, want.RatString())
	}
	if len(lines) == 0 {
		return
	}
	last := scratch.ReplaceAllString(lines[len(lines)-1], "")
	if !strings.HasSuffix(last, got.String()) && !strings.HasSuffix(last, got.String()+":1") {
		t.Fatalf("%s = %v, but the working ends with %q", what, got, last)
	}
}

func TestReduceAgreesWithBigRat(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for i := range 5000 {
		common := 1 + r.Int64N(1<<(i%8))
		n, d := (r.Int64N(2000)-1000)*common, (1+r.Int64N(3000))*common
		if r.IntN(2) == 0 {
			d = -d
		}
		f, lines := Reduce(n, d)
		what := fmt.Sprintf("%d/%d", n, d)
		checkFrac(t, what, f, big.NewRat(n, d), lines)
		if len(lines) == 0 && what != f.String() && d != 1 {
			t.Fatalf("Reduce(%s) = %v has no working", what, f)
		}
	}
}

func TestFractionCalculationsAgreeWithBigRat(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for i := range 5000 {
		a, b := randomFrac(r, 1+i%10), randomFrac(r, 1+i/10%10)
		sum, lines := AddFrac(a, b)
		checkFrac(t, fmt.Sprintf("%v + %v", a, b), sum, new(big.Rat).Add(rat(a), rat(b)), lines)
		product, lines := MulFrac(a, b)
		checkFrac(t, fmt.Sprintf("%v * %v", a, b), product, new(big.Rat).Mul(rat(a), rat(b)), lines)
		if b.N == 0 {
			continue
		}
		quotient, lines := DivFrac(a, b)
		checkFrac(t, fmt.Sprintf("%v / %v", a, b), quotient, new(big.Rat).Quo(rat(a), rat(b)), lines)
	}
}

func TestReduceWritesTheDocumentedWorking(t *testing.T) {
	for _, c := range []struct {
		n, d int64
		want string
	}{
		{3, 7, ""},
		{1, 219630, ""},
		{12, 4, "12/4=3"},
		{5, -3, "5/(-3)=-5/3"},
		{-55, 44, "-55/44:11=-5/4"},
		{684, 544, "684/544:2=342/272\n342/272:2=171/136\n171-136=35\n35*3=105\n136-105=31\n35/31:1\n171/136:1"},
		{413, 1180, "413*2=[314*2=628]826\n1180-826=[0811-6280=4530]354\n413-354=59\n59*6=354\n354-354=0\n" +
			"1*6+1=7\n2*7+6=20\n413/1180:59=7/20"},
	} {
		if _, lines := Reduce(c.n, c.d); strings.Join(lines, "\n") != c.want {
			t.Errorf("Reduce(%d, %d) writes\n%s\nwant\n%s", c.n, c.d, strings.Join(lines, "\n"), c.want)
		}
	}
}
