package replay

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"sync"

	"caucus/budget"
)

// A Population is a synthetic Source: problems with a distribution of answers and one of lengths.
type Population []Problem

// A Problem is one of a Population. Its answers are 0, which is the right one, 1, 2 and so on.
type Problem struct {
	ID     string
	Kind   string
	Shares []float64 // of the answers; what is missing to 1 are samples without an answer
	Length float64   // median tokens of a sample
	Spread float64   // standard deviation of the logarithm of its length
	Wrong  float64   // a wrong sample's length in proportion to a right one's; 0 means 1
}

// The kinds of problems in a Mix: easy and medium ones, hard ones whose wrong answers are diffuse, ones with a wrong answer
// that attracts more samples than the right one, and ones that are beyond the model.
var kinds = []struct {
	name   string
	share  float64
	right  [2]float64 // the range of the right answer's share
	rival  [2]float64 // of the most attractive wrong answer's, as a part of what is left
	others int        // further wrong answers, of equal shares
	length float64
}{
	{"easy", 0.30, [2]float64{0.75, 0.98}, [2]float64{0.3, 0.6}, 4, 60},
	{"medium", 0.30, [2]float64{0.40, 0.65}, [2]float64{0.3, 0.7}, 5, 100},
	{"diffuse", 0.15, [2]float64{0.15, 0.30}, [2]float64{0.1, 0.2}, 10, 150},
	{"attractor", 0.10, [2]float64{0.20, 0.35}, [2]float64{0.6, 0.8}, 5, 100},
	{"unsolvable", 0.15, [2]float64{0, 0.03}, [2]float64{0.1, 0.3}, 12, 200},
}

// Mix makes a population of n problems, in an order that the seed decides as it does the rest. wrong is the length of wrong
// samples in proportion to right ones'.
func Mix(n int, seed uint64, wrong float64) Population {
	rng := rand.New(rand.NewPCG(seed, 0))
	population := make(Population, 0, n)
	for i := range n {
		population = append(population, newProblem(rng, kindAt((float64(i)+0.5)/float64(n)), wrong))
	}
	rng.Shuffle(n, func(i, j int) { population[i], population[j] = population[j], population[i] })
	for i := range population {
		population[i].ID = fmt.Sprintf("%d", i+1)
	}
	return population
}

// kindAt is the kind at a place between 0 and 1, the kinds lying side by side with their shares.
func kindAt(place float64) int {
	for k := range kinds {
		if place -= kinds[k].share; place < 0 {
			return k
		}
	}
	return len(kinds) - 1
}

func newProblem(rng *rand.Rand, kind int, wrong float64) Problem {
	k := kinds[kind]
	within := func(r [2]float64) float64 { return r[0] + rng.Float64()*(r[1]-r[0]) }
	right := within(k.right)
	rival := within(k.rival) * (1 - right)
	p := Problem{Kind: k.name, Shares: []float64{right, rival}, Spread: 0.4, Wrong: wrong}
	for range k.others {
		p.Shares = append(p.Shares, (1-right-rival)/float64(k.others))
	}
	p.Length = k.length * math.Exp(0.3*rng.NormFloat64())
	return p
}

// IDs implements Source, as do the methods that follow.
func (p Population) IDs() []string {
	ids := make([]string, len(p))
	for i := range p {
		ids[i] = p[i].ID
	}
	return ids
}

// Prompt is 0: nothing has to be read.
func (Population) Prompt(int) int { return 0 }

// Samples is 0: there are always more.
func (Population) Samples(int) int { return 0 }

// Draw draws an answer and a length.
func (p Population) Draw(problem, _ int, seed uint64) Sample {
	var source rand.PCG
	source.Seed(seed, 1)
	rng := rand.New(&source)
	return p[problem].draw(rng)
}

func (p *Problem) draw(rng *rand.Rand) Sample {
	s := Sample{Status: budget.Finished}
	length := p.Length * math.Exp(p.Spread*rng.NormFloat64())
	answer := p.pick(rng.Float64())
	if answer >= 0 {
		s.Answer = reading(answer)
	}
	if answer != 0 && p.Wrong > 0 {
		length *= p.Wrong
	}
	s.Tokens = max(int(length), 1)
	return s
}

// firstReadings are those of the answers that most problems have: they need not be read for every sample.
var firstReadings = sync.OnceValue(func() []budget.Reading {
	r := make([]budget.Reading, 32)
	for a := range r {
		r[a] = budget.ReadBare(strconv.Itoa(a))
	}
	return r
})

func reading(answer int) budget.Reading {
	if first := firstReadings(); answer < len(first) {
		return first[answer]
	}
	return budget.ReadBare(strconv.Itoa(answer))
}

// pick is the answer at a place between 0 and 1; -1 is none.
func (p *Problem) pick(place float64) int {
	for a, share := range p.Shares {
		if place -= share; place < 0 {
			return a
		}
	}
	return -1
}

// What a landed sample of a synthetic problem does.
const (
	landingTokens = 12
	landedAstray  = 0.5 // of those that do not answer what they would have: they answer anything
)

// Land answers as the sample would have in as many cases as it was through with its reasoning, and else anything.
func (p Population) Land(problem int, s Sample, drawn float64, seed uint64) Sample {
	rng := rand.New(rand.NewPCG(seed, 2))
	whole := float64(s.Tokens)
	s.Status, s.Tokens = budget.Landed, int(drawn)+landingTokens
	switch known := rng.Float64() < drawn/whole; {
	case known:
	case rng.Float64() < landedAstray:
		s.Answer = reading(rng.IntN(len(p[problem].Shares)))
	default:
		s.Answer = p[problem].draw(rng).Answer
	}
	return s
}

// Right compares with the right answer.
func (p Population) Right(_ int, answer string) bool { return answer == "0" }
