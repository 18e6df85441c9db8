package budget

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

func TestSharesOfProblemsThatRunTogetherAddUpToTheTimeThatPasses(t *testing.T) {
	for seed := range uint64(500) {
		rng := rand.New(rand.NewPCG(seed, 4))
		now := time.Unix(0, 0)
		clock := fairClock{at: now}
		const own = 1e6
		shares := make([]share, 1+rng.IntN(8))
		for i := range shares {
			shares[i].own = own
		}
		live, passed := 0, 0.0
		for range 200 {
			s := &shares[rng.IntN(len(shares))]
			n := rng.IntN(5)
			live += n - s.running
			s.run(&clock, n)
			d := time.Duration(rng.IntN(1e9))
			now = now.Add(d)
			clock.advance(now, live)
			if live > 0 {
				passed += d.Seconds()
			}
			spent := 0.0
			for i := range shares {
				spent += own - shares[i].left(&clock)
			}
			if math.Abs(spent-passed) > 1e-6 {
				t.Fatalf("seed %d: the shares add up to %v s, and %v s have passed", seed, spent, passed)
			}
		}
	}
}

func TestAShareIsUsedUpByItsPartOfTheBatch(t *testing.T) {
	at := func(seconds float64) time.Time {
		return time.Unix(0, 0).Add(time.Duration(seconds * float64(time.Second)))
	}
	clock := fairClock{at: at(0)}
	s := share{own: 3}
	if got := s.passes(3, 8); got != 3 {
		t.Errorf("a problem without samples takes 3 s of itself in %v s", got)
	}
	s.run(&clock, 2)
	if got := s.passes(3, 8); got != 12 { // 2 of 8 samples
		t.Errorf("takes %v s, want 12", got)
	}
	for _, c := range []struct{ now, left float64 }{{0, 3}, {4, 2}, {12, 0}, {20, 0}} {
		clock.advance(at(c.now), 8)
		if got := s.left(&clock); math.Abs(got-c.left) > 1e-9 {
			t.Errorf("%v s are left at %v s, want %v", got, c.now, c.left)
		}
	}
	s.run(&clock, 0)
	clock.advance(at(30), 8)
	if s.spent != 5 {
		t.Errorf("%v s are spent, want 5: a problem without samples takes nothing", s.spent)
	}
}
