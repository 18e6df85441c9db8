package replay

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"testing"

	"caucus/budget"
)

// answerOf is which of its problem's answers a sample gives; -1 is none.
func answerOf(t *testing.T, p *Problem, s Sample) int {
	t.Helper()
	if reflect.DeepEqual(s.Answer, budget.Reading{}) {
		return -1
	}
	for a := range p.Shares {
		if reflect.DeepEqual(s.Answer, reading(a)) {
			return a
		}
	}
	t.Fatalf("%+v is none of the answers", s.Answer)
	return 0
}

func TestAMixHasItsKindsInTheirShares(t *testing.T) {
	for _, n := range []int{1, 2, 20, 200} {
		population, count := Mix(n, 1, 1), map[string]int{}
		if len(population) != n {
			t.Fatalf("%d problems, want %d", len(population), n)
		}
		for i, p := range population {
			count[p.Kind]++
			sum := 0.0
			for _, share := range p.Shares {
				sum += share
			}
			if math.Abs(sum-1) > 1e-9 || slices.Min(p.Shares) < 0 || !(p.Length > 0) || p.ID != fmt.Sprint(i+1) {
				t.Errorf("problem %d of %d: %+v", i, n, p)
			}
			if attractor := p.Shares[1] > p.Shares[0]; p.Kind == "attractor" && !attractor || p.Kind == "easy" && attractor {
				t.Errorf("the right answer to an %s problem has the share %v, the best wrong one %v", p.Kind, p.Shares[0], p.Shares[1])
			}
		}
		for _, k := range kinds {
			if got := float64(count[k.name]); n >= 20 && math.Abs(got-k.share*float64(n)) > 1 {
				t.Errorf("%v of %d problems are %s, want a share of %v", got, n, k.name, k.share)
			}
		}
	}
}

func TestASeedDecidesAMix(t *testing.T) {
	a := Mix(50, 1, 1)
	if b := Mix(50, 1, 1); !reflect.DeepEqual(a, b) {
		t.Error("the same seed gives other problems")
	}
	if b := Mix(50, 2, 1); reflect.DeepEqual(a, b) {
		t.Error("another seed gives the same problems")
	}
	if got, again := a.Draw(7, 0, 5), a.Draw(7, 3, 5); !reflect.DeepEqual(got, again) {
		t.Errorf("%+v and %+v by one seed", got, again)
	}
}

// TestSamplesHaveTheSharesAndLengthsOfTheirProblem draws many. A share of n draws is off by more than four times its
// standard deviation once in 16000; the seeds are fixed.
func TestSamplesHaveTheSharesAndLengthsOfTheirProblem(t *testing.T) {
	const n = 4000
	population := append(Mix(5, 3, 1.5), Problem{ID: "silent", Shares: []float64{0.5, 0.25}, Length: 80, Spread: 0.3},
		Problem{ID: "many", Shares: slices.Repeat([]float64{1.0 / 40}, 40), Length: 30})
	for i := range population {
		p := &population[i]
		count := map[int]int{}
		logs, squares, of := map[bool]float64{}, map[bool]float64{}, map[bool]float64{}
		for seed := range uint64(n) {
			s := population.Draw(i, 0, seed)
			if s.Status != budget.Finished || s.Tokens < 1 {
				t.Fatalf("%+v", s)
			}
			a := answerOf(t, p, s)
			count[a]++
			l := math.Log(float64(s.Tokens) + 0.5) // they are rounded down
			logs[a == 0] += l
			squares[a == 0] += l * l
			of[a == 0]++
		}
		left := 1.0
		check := func(answer int, share float64) {
			if sd := math.Sqrt(n*share*(1-share)) + 1; math.Abs(float64(count[answer])-n*share) > 4*sd {
				t.Errorf("problem %s: answer %d in %d of %d, want a share of %v", p.ID, answer, count[answer], n, share)
			}
		}
		for a, share := range p.Shares {
			check(a, share)
			left -= share
		}
		check(-1, max(left, 0))
		for _, right := range []bool{true, false} {
			if of[right] < 100 {
				continue
			}
			want := math.Log(p.Length)
			if !right && p.Wrong > 0 {
				want += math.Log(p.Wrong)
			}
			mean := logs[right] / of[right]
			sd := math.Sqrt(max(squares[right]/of[right]-mean*mean, 0))
			if math.Abs(mean-want) > 4*p.Spread/math.Sqrt(of[right])+0.02 || math.Abs(sd-p.Spread) > 0.03 {
				t.Errorf("problem %s, right %v: logarithm of the length %v ± %v, want %v ± %v", p.ID, right, mean, sd, want, p.Spread)
			}
		}
	}
}

// TestALandedSampleAnswersTheMoreRightlyTheLaterItIs: at the end it says what it would have said.
func TestALandedSampleAnswersTheMoreRightlyTheLaterItIs(t *testing.T) {
	const n = 2000
	population := Population{{ID: "1", Shares: []float64{0.9, 0.05, 0.05}, Length: 100, Spread: 0.2}}
	agree := func(part float64) int {
		same := 0
		for seed := range uint64(n) {
			s := population.Draw(0, 0, seed)
			drawn := part * float64(s.Tokens)
			landed := population.Land(0, s, drawn, seed)
			if landed.Status != budget.Landed || landed.Tokens != int(drawn)+landingTokens {
				t.Fatalf("%+v landed after %v tokens", landed, drawn)
			}
			if !reflect.DeepEqual(landed, population.Land(0, s, drawn, seed)) {
				t.Fatal("a seed lands in two ways")
			}
			if reflect.DeepEqual(landed.Answer, s.Answer) {
				same++
			}
		}
		return same
	}
	early, half, late := agree(0), agree(0.5), agree(1)
	if late != n || half-early < 100 || late-half < 100 {
		t.Errorf("of %d samples %d, %d and %d say what they would have, landed at once, half-way and at the end", n, early, half, late)
	}
}

func TestOnlyZeroIsRight(t *testing.T) {
	population := Mix(3, 1, 1)
	if !population.Right(2, "0") || population.Right(2, "1") || population.Right(2, "") || population.Samples(1) != 0 {
		t.Error("another answer than 0 is right")
	}
}
