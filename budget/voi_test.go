package budget

import (
	"math"
	"math/big"
	"testing"

	"caucus/voting"
)

// betaBinomial is the probability that j of k votes go to the first of two answers, drawn one by one as from Pólya's urn:
// after a and b votes, the next is for the first with probability (a+1)/(a+b+2).
func betaBinomial(a, b, j, k int) float64 {
	if k == 0 {
		return 1
	}
	n := float64(a + b + 2)
	p := 0.0
	if j > 0 {
		p += float64(a+1) / n * betaBinomial(a+1, b, j-1, k-1)
	}
	if j < k {
		p += float64(b+1) / n * betaBinomial(a, b+1, j, k-1)
	}
	return p
}

// leads is the probability that the first of two answers is the commoner one after a and b votes, in exact arithmetic:
// Pr[Bin(a+b+1, 1/2) <= a].
func leads(a, b int) float64 {
	n := int64(a + b + 1)
	sum := new(big.Int)
	for i := range int64(a) + 1 {
		sum.Add(sum, new(big.Int).Binomial(n, i))
	}
	v, _ := new(big.Rat).SetFrac(sum, new(big.Int).Lsh(big.NewInt(1), uint(n))).Float64()
	return v
}

func TestTheChanceAfterFurtherVotesIsTheMeanOverAllOutcomes(t *testing.T) {
	for a := range 7 {
		for b := range 7 {
			for k := range 8 {
				want := 0.0
				for j := range k + 1 {
					lead := leads(a+j, b+k-j)
					want += betaBinomial(a, b, j, k) * math.Max(lead, 1-lead)
				}
				if a+b+k == 0 {
					want = 0 // no answer
				}
				if got := chanceAfter(a, b, k); math.Abs(got-want) > 1e-9 {
					t.Errorf("%d to %d and %d more: %v, want %v", a, b, k, got, want)
				}
			}
		}
	}
}

func TestFurtherVotesDoNotLowerTheChance(t *testing.T) {
	for a := range 12 {
		for b := range 12 {
			before := 0.0
			for more := 0.0; more <= 32; more += 0.25 {
				c := chance(a, b, more)
				if !(c >= before-1e-9 && c <= 1) {
					t.Fatalf("%d to %d and %v more: %v, %v before", a, b, more, c, before)
				}
				before = c
			}
		}
	}
}

func TestAGainIsAPartOfWhatIsUnsure(t *testing.T) {
	for leader := range 10 {
		for runnerUp := range leader + 1 {
			for other := range 5 {
				for running := range 4 {
					s := Standing{
						Leader: leader, RunnerUp: runnerUp, Counted: leader + runnerUp + other, Running: running,
						Started: leader + runnerUp + other + running,
					}
					g := gain(s, 64)
					unsure := 1.0
					if leader+running > 0 {
						unsure = 1 - voting.LeadProbability(leader+running, runnerUp)
					}
					if !(g >= 0 && g <= unsure+1e-9) {
						t.Fatalf("%+v gains %v, with %v unsure", s, g, unsure)
					}
					if got := gain(s, 0); got != 0 {
						t.Fatalf("%+v gains %v by no sample", s, got)
					}
				}
			}
		}
	}
}

func TestDiffuseProblemsGainLittle(t *testing.T) {
	close2 := gain(Standing{Started: 6, Counted: 6, Votes: 6, Leader: 3, RunnerUp: 3}, 64)
	diffuse := gain(Standing{Started: 20, Counted: 20, Votes: 20, Leader: 3, RunnerUp: 3}, 64)
	if diffuse > close2/2 {
		t.Errorf("3 to 3 votes gain %v; with 14 others %v", close2, diffuse)
	}
}
