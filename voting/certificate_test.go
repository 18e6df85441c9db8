package voting

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"caucus/answer"
)

// integrated is LogEValue by Simpson's rule, over the part of [1/2, 1] where the integrand is not 0 beside its largest
// value.
func integrated(a, b int) float64 {
	log := func(x float64) float64 { // of (2x)^a (2-2x)^b
		l := float64(a) * math.Log(2*x)
		if b > 0 {
			l += float64(b) * math.Log(2-2*x)
		}
		return l
	}
	mode := 0.5
	if a > b {
		mode = float64(a) / float64(a+b)
	}
	edge := func(x float64) float64 { // between the mode and x, where the integrand has fallen by e^-45
		if log(x) > log(mode)-45 {
			return x
		}
		near := mode
		for range 60 {
			if middle := (near + x) / 2; log(middle) > log(mode)-45 {
				near = middle
			} else {
				x = middle
			}
		}
		return x
	}
	low, high := edge(0.5), edge(1)
	const steps = 20_000
	sum := 0.0
	for i := range steps + 1 {
		weight := 2 + 2*float64(i%2)
		if i == 0 || i == steps {
			weight = 1
		}
		sum += weight * math.Exp(log(low+(high-low)*float64(i)/steps)-log(mode))
	}
	return math.Log(2*sum*(high-low)/(3*steps)) + log(mode)
}

func TestLogEValueIsTheIntegral(t *testing.T) {
	counts := []int{0, 1, 2, 3, 7, 30, 64, 65, 200, 1000, 1001, 30_000, 999_000, 1_000_000}
	worst := 0.0
	for _, a := range counts {
		for _, b := range counts {
			got, want := LogEValue(a, b), integrated(a, b)
			off := math.Abs(math.Expm1(got - want)) // of E(a, b) itself
			if worst = max(worst, off); !(off < 1e-9) {
				t.Errorf("LogEValue(%d, %d) = %v, want %v", a, b, got, want)
			}
		}
	}
	t.Logf("off by a part in %.1g at worst", 1/worst)
}

func TestLogEValueIsKnownForUnanimousVotes(t *testing.T) {
	for n := range 60 {
		if got, want := LogEValue(n, 0), math.Log((math.Exp2(float64(n+1))-1)/float64(n+1)); math.Abs(got-want) > 1e-13 {
			t.Errorf("LogEValue(%d, 0) = %v, want %v", n, got, want)
		}
		if got, want := LogEValue(0, n), -math.Log(float64(n+1)); math.Abs(got-want) > 1e-13 {
			t.Errorf("LogEValue(0, %d) = %v, want %v", n, got, want)
		}
	}
	if LogEValue(-3, -1) != 0 {
		t.Error("counts below 0 are not 0")
	}
}

// A bet is fair on a tie: half of E(a+1, b) and half of E(a, b+1) are E(a, b).
func TestTheBetOfACertificateIsFair(t *testing.T) {
	for a := range 40 {
		for b := range 40 {
			after := (math.Exp(LogEValue(a+1, b)) + math.Exp(LogEValue(a, b+1))) / 2
			if now := math.Exp(LogEValue(a, b)); math.Abs(after/now-1) > 1e-12 {
				t.Errorf("E(%d, %d) = %v becomes %v", a, b, now, after)
			}
		}
	}
}

func newCertificate(t testing.TB, delta float64) *Certificate {
	t.Helper()
	c, err := NewCertificate(delta)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func addAll(c *Certificate, key answer.Key, n int) {
	for range n {
		c.Add(key)
	}
}

// The states at delta .05 with the first vote, which does not count: 9 votes are a bet of E(8, 0) = 56.8 where 40 will do.
func TestTheAnswerGivenFirstIsCertifiedAtTheKnownVotes(t *testing.T) {
	for b, a := range []int{9, 12, 15, 17, 19, 21} {
		c := newCertificate(t, 0.05)
		addAll(c, "first", 1)
		addAll(c, "rival", b)
		addAll(c, "first", a-2)
		if mode, ok := c.Mode(); ok {
			t.Errorf("%q is certified before %d to %d", mode, a, b)
		}
		c.Add("first")
		if mode, ok := c.Mode(); !ok || mode != "first" {
			t.Errorf("%q, %v is certified at %d to %d", mode, ok, a, b)
		}
	}
}

// The second answer counts from its own first vote on, against what the first has got since, and needs 6/delta.
func TestALaterAnswerCountsFromItsFirstVote(t *testing.T) {
	c := newCertificate(t, 0.05)
	addAll(c, "first", 8)
	addAll(c, "second", 11) // E(10, 0) = 186 where 120 is needed; E(9, 0) = 102
	if mode, _ := c.Mode(); mode != "second" {
		t.Errorf("%q is certified", mode)
	}
	c = newCertificate(t, 0.05)
	addAll(c, "first", 8)
	addAll(c, "second", 10)
	if mode, ok := c.Mode(); ok {
		t.Errorf("%q is certified too early", mode)
	}
}

func TestWhatIsCertifiedStaysCertified(t *testing.T) {
	c := newCertificate(t, 0.05)
	addAll(c, "a", 9)
	addAll(c, "b", 1000)
	if mode, ok := c.Mode(); !ok || mode != "a" || c.Delta() != 0.05 {
		t.Errorf("certified %q, %v at delta %v", mode, ok, c.Delta())
	}
}

func TestACertificateRefusesADeltaThatIsNoProbability(t *testing.T) {
	for _, delta := range []float64{0, 1, -0.1, 2, math.NaN()} {
		if _, err := NewCertificate(delta); err == nil {
			t.Errorf("NewCertificate(%v) gives no error", delta)
		}
	}
}

// certified is the rule word for word: after every vote, every answer and every rival are counted anew.
func certified(votes []answer.Key, delta float64) answer.Key {
	for n := range len(votes) + 1 {
		var appeared []answer.Key
		first := map[answer.Key]int{}
		for i, key := range votes[:n] {
			if _, seen := first[key]; !seen {
				first[key] = i
				appeared = append(appeared, key)
			}
		}
		for r, key := range appeared {
			counts := map[answer.Key]int{}
			for _, vote := range votes[first[key]+1 : n] {
				counts[vote]++
			}
			worst := LogEValue(counts[key], 0)
			for _, rival := range appeared {
				if rival != key {
					worst = min(worst, LogEValue(counts[key], counts[rival]))
				}
			}
			if math.Exp(worst) >= float64((r+1)*(r+2))/delta {
				return key
			}
		}
	}
	return ""
}

func TestACertificateFollowsItsRuleWhateverAbstains(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	found := map[answer.Key]int{}
	for range 500 {
		probable := []float64{0.1, 0.5, 0.7, 0.9}[rng.IntN(4)]
		delta := []float64{0.05, 0.2, 0.9}[rng.IntN(3)]
		c := newCertificate(t, delta)
		var votes []answer.Key
		for range rng.IntN(80) {
			key := answer.Key("a")
			if rng.Float64() > probable {
				key = []answer.Key{"b", "b", "c", "d"}[rng.IntN(4)]
			}
			votes = append(votes, key)
			addAll(c, "", rng.IntN(3))
			c.Add(key)
		}
		mode, ok := c.Mode()
		if want := certified(votes, delta); mode != want || ok != (want != "") {
			t.Fatalf("%v at delta %v: certified %q, want %q", votes, delta, mode, want)
		}
		found[mode]++
	}
	if found["a"] < 50 || found["b"] < 5 || found[""] < 50 {
		t.Errorf("certified answers are %v, which tests too little", found)
	}
}

// BenchmarkCertificate adds 1000 votes an answer on exact ties.
func BenchmarkCertificate(b *testing.B) {
	for _, answers := range []int{2, 10, 100} {
		b.Run(fmt.Sprintf("answers=%d", answers), func(b *testing.B) {
			keys := make([]answer.Key, answers)
			for i := range keys {
				keys[i] = answer.Key(fmt.Sprintf("answer %d", i))
			}
			rng := rand.New(rand.NewPCG(1, 2))
			votes := make([]answer.Key, 1000*answers)
			for i := range votes {
				votes[i] = keys[rng.IntN(answers)]
			}
			c := newCertificate(b, 1e-9)
			for b.Loop() {
				c = newCertificate(b, 1e-9)
				for _, key := range votes {
					c.Add(key)
				}
			}
			if mode, ok := c.Mode(); ok {
				b.Fatalf("%q is certified on a tie", mode)
			}
			vote := float64(b.Elapsed().Nanoseconds()) / float64(b.N) / float64(len(votes))
			b.ReportMetric(vote, "ns/vote")
			b.ReportMetric(vote/float64(answers-1), "ns/rival")
		})
	}
}

// BenchmarkCertificateWorst is the cost of a vote after which all rivals are counted, at 1000 votes an answer.
func BenchmarkCertificateWorst(b *testing.B) {
	for _, answers := range []int{2, 10, 100} {
		b.Run(fmt.Sprintf("answers=%d", answers), func(b *testing.B) {
			c := newCertificate(b, 1e-9)
			for i := range 1000 * answers {
				c.Add(answer.Key(fmt.Sprintf("answer %d", i%answers)))
			}
			place := 0
			for b.Loop() {
				if c.missing(place) <= 0 {
					b.Fatal("certified on a tie")
				}
				place = (place + 1) % answers
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(answers-1), "ns/rival")
		})
	}
}
