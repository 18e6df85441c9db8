package budget

import (
	"math"
	"math/rand/v2"
	"testing"
)

// slotted fills slots with samples, one after the other, until each slot has drawn so many tokens.
func slotted(slots int, tokens float64, length func() float64) (l Lengths, running, finished []float64) {
	for range slots {
		for drawn := 0.0; ; {
			n := length()
			if drawn+n > tokens {
				running = append(running, tokens-drawn)
				break
			}
			drawn += n
			l.add(n, true)
			finished = append(finished, n)
		}
	}
	return l, running, finished
}

func TestLengthsOfAShortWindowAreAsThoseOfALongOne(t *testing.T) {
	for _, c := range []struct{ median, spread, window float64 }{
		{100, 0.5, 150}, {100, 1, 200}, {300, 0.3, 400}, {40, 0.7, 60},
	} {
		rng := rand.New(rand.NewPCG(1, 6))
		length := func() float64 { return math.Ceil(c.median * math.Exp(c.spread*rng.NormFloat64())) }
		l, running, finished := slotted(2000, c.window, length)
		s := l.survival(running)
		truth := make([]float64, 100000)
		for i := range truth {
			truth[i] = length()
		}
		most, naive := 0.0, 0.0
		for tokens := c.median / 4; tokens < c.window; tokens *= 1.1 {
			want := share01(truth, tokens)
			most = max(most, math.Abs(s.finished(tokens)-want))
			naive = max(naive, math.Abs(share01(finished, tokens)-want))
		}
		t.Logf("%+v: off by %.3f at most; the finished samples alone by %.3f", c, most, naive)
		if most > 0.04 || naive < 5*most {
			t.Errorf("%+v: off by %.3f at most; the finished samples alone by %.3f", c, most, naive)
		}
		if q := s.quantile(0.5); c.window > c.median && (q > c.median || q < c.median/1.3) {
			t.Errorf("%+v: the median is %v", c, q)
		}
	}
}

// share01 is the share of values that are at most so large.
func share01(values []float64, most float64) float64 {
	n := 0
	for _, v := range values {
		if v <= most {
			n++
		}
	}
	return float64(n) / float64(len(values))
}

// It is up to a quarter too much, more so in longer windows, but those are not what it decides about.
func TestVotesOfASlotAreAsManyAsFit(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 6))
	length := func() float64 { return math.Ceil(100 * math.Exp(0.5*rng.NormFloat64())) }
	var l Lengths
	for range 20000 {
		l.add(length(), true)
	}
	s := l.survival(nil)
	for _, tokens := range []float64{30, 50, 80, 100, 125, 150} {
		_, _, finished := slotted(20000, tokens, length)
		want := float64(len(finished)) / 20000
		if got := s.votes(tokens); math.Abs(got-want) > 0.25*want+0.02 {
			t.Errorf("%v votes in %v tokens, want %v", got, tokens, want)
		}
	}
}

func TestRunningSamplesMakeLengthsLonger(t *testing.T) {
	var l Lengths
	for range 10 {
		l.add(50, true)
	}
	alone := l.survival(nil)
	with := l.survival([]float64{100, 200, 200, 400, 400, 400, 400, 400, 400, 400})
	if a, b := alone.finished(60), with.finished(60); a != 1 || math.Abs(b-0.5) > 1e-9 {
		t.Errorf("%v have at most 60 tokens, and with as many longer ones that run %v", a, b)
	}
	if a, b := alone.quantile(0.8), with.quantile(0.8); !(a < 60 && b > 400) {
		t.Errorf("8 of 10 have at most %v tokens, and with as many longer ones that run %v", a, b)
	}
	l = Lengths{}
	l.add(100, true)
	l.add(400, true)
	half := l.survival([]float64{100, 100}) // on average they leave halfway: 3 are at risk
	if got := half.finished(110); math.Abs(got-1./3) > 1e-9 {
		t.Errorf("%v have at most 110 tokens, want a third", got)
	}
}

func TestLengthsOfAnyNumberAndSizeAreFine(t *testing.T) {
	sizes := []float64{-1, 0, 0.5, 1, 1.5, 2, 3, 1e3, 1 << 20, 1e9, 1e300, math.Inf(1), math.NaN()}
	for n := range 1 << 6 {
		rng := rand.New(rand.NewPCG(uint64(n), 7))
		var l Lengths
		for range min(n, 9) {
			l.add(sizes[rng.IntN(len(sizes))], rng.IntN(2) == 0)
		}
		var running []float64
		for range rng.IntN(3) {
			running = append(running, sizes[rng.IntN(len(sizes))])
		}
		s := l.survival(running)
		before := 0.0
		for tokens := 0.01; tokens < 1e8; tokens *= 1.05 {
			f := s.finished(tokens)
			if !(f >= before-1e-12 && f <= 1+1e-12) {
				t.Fatalf("%v have at most %v tokens, %v less: %+v", f, tokens, before, l)
			}
			before = f
			if v := s.votes(tokens); !(v >= 0 && v <= 64+1e-9) {
				t.Fatalf("%v votes in %v tokens", v, tokens)
			}
		}
		for _, tokens := range sizes {
			if f := s.finished(tokens); !(f >= 0 && f <= 1+1e-12) {
				t.Fatalf("%v have at most %v tokens", f, tokens)
			}
		}
		before = 0
		for q := 0.0; q < 1; q += 0.01 {
			length := s.quantile(q)
			if !(length >= before) {
				t.Fatalf("quantile %v is %v, less than %v: %+v", q, length, before, l)
			}
			before = length
		}
	}
}

func TestEarlierLengthsWeighNoMoreThanAFewSamples(t *testing.T) {
	var l Lengths
	for range 1000 {
		l.add(100, true)
		l.add(200, false)
	}
	s := l.survival(nil)
	l.fade(50)
	if l.Ended != 50 || math.Abs(l.Tokens-15000) > 1e-6 {
		t.Errorf("%v samples of %v tokens are left", l.Ended, l.Tokens)
	}
	if faded := l.survival(nil); math.Abs(faded.finished(150)-s.finished(150)) > 1e-9 {
		t.Errorf("%v have at most 150 tokens, %v before", faded.finished(150), s.finished(150))
	}
}
