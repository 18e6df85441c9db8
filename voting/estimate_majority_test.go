package voting

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestMajAtKOfManySamplesIsWhatClassByClassGives(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	worst := 0.0
	for range 100 {
		c := newCounts(rng, 3+rng.IntN(250))
		for _, k := range []int{1, 2, 3, 1 + rng.IntN(c.samples()), c.samples() - 1, c.samples()} {
			got, err := MajAtK(c.right, c.wrong, c.abstentions, k)
			if err != nil {
				t.Fatal(err)
			}
			off := math.Abs(got - majByClasses(c.right, c.wrong, c.abstentions, k))
			worst = max(worst, off)
			if !(off <= 1e-10) {
				t.Errorf("maj@%d of %+v is off by %v", k, c, off)
			}
		}
	}
	t.Logf("off by %.1e at most", worst)
}

func TestTheChancesOfAllAnswersSumToOneWithAMillionSamples(t *testing.T) {
	counts := []int{300_000, 299_900, 200_000, 100_000, 100_000, 90, 9, 1}
	for _, k := range []int{1, 64, 1000} {
		sum := 0.0
		for i, right := range counts {
			wrong := append(slices.Clone(counts[:i]), counts[i+1:]...)
			maj, err := MajAtK(right, wrong, 0, k)
			if err != nil {
				t.Fatal(err)
			}
			sum += maj
		}
		if math.Abs(sum-1) > 1e-12 {
			t.Errorf("at k = %d the chances sum to 1 + %.1e", k, sum-1)
		}
	}
}

// counts are those of the samples of one problem.
type counts struct {
	right       int
	wrong       []int
	abstentions int
}

func (c counts) samples() int {
	n := c.right + c.abstentions
	for _, w := range c.wrong {
		n += w
	}
	return n
}

// newCounts draws samples of a problem of the skewed mix, and now and then some more answers that are rare.
func newCounts(rng *rand.Rand, n int) counts {
	p := newProblem(rng)
	c := counts{wrong: make([]int, len(p)-1+rng.IntN(20))}
	for range n {
		switch place := p.draw(rng); {
		case rng.IntN(20) == 0:
			c.abstentions++
		case rng.IntN(10) == 0 && len(c.wrong) > len(p)-1:
			c.wrong[len(p)-1+rng.IntN(len(c.wrong)-len(p)+1)]++
		case place == 0:
			c.right++
		default:
			c.wrong[place-1]++
		}
	}
	return c
}

// majByClasses is maj@k computed in another way. It draws the subset class by class: the number of a class's samples in it
// is hypergeometric given what the classes before it have left. The state is (samples still to draw, wrong answers tied
// with the right one).
func majByClasses(right int, wrong []int, abstentions, k int) float64 {
	total := right + abstentions
	for _, c := range wrong {
		total += c
	}
	f, sum := newFactorials(total), 0.0
	for j := 1; j <= min(right, k); j++ {
		sum += f.hypergeometric(total, right, k, j) * f.leadWith(j, wrong, total-right, k-j)
	}
	return sum
}

// factorials holds the logarithms of the factorials from 0 on. They are needed a hundred thousand times over.
type factorials []float64

func newFactorials(n int) factorials {
	f := make(factorials, n+1)
	for i := range f {
		f[i] = logFactorial(i)
	}
	return f
}

// leadWith is the probability that an answer with j votes wins when draw further samples come from left others: wrong
// answers with these counts, and abstentions.
func (f factorials) leadWith(j int, wrong []int, left, draw int) float64 {
	ties := draw / j               // most wrong answers that can tie
	p := make([][]float64, draw+1) // p[d][t]: d samples still to draw, t wrong answers tied
	for d := range p {
		p[d] = make([]float64, ties+1)
	}
	p[draw][0] = 1
	next := make([]float64, ties+1)
	for _, c := range wrong {
		if c < j { // it can neither win nor tie, like the abstentions, with which it is drawn
			continue
		}
		for d := range p { // upwards, since p[d] comes from p[d], p[d+1], ...
			clear(next)
			for i := 0; i <= min(j, draw-d); i++ { // a wrong answer with more than j votes would win
				tie := 0
				if i == j {
					tie = 1
				}
				h := f.hypergeometric(left, c, d+i, i)
				for t := 0; t+tie <= ties; t++ {
					next[t+tie] += h * p[d+i][t]
				}
			}
			copy(p[d], next)
		}
		left -= c
	}
	sum := 0.0
	for d := 0; d <= min(draw, left); d++ { // all d come from what is left
		for t, v := range p[d] {
			sum += v / float64(t+1)
		}
	}
	return sum
}

// hypergeometric is the probability that i of draw samples, taken from total without replacement, are among the marked.
func (f factorials) hypergeometric(total, marked, draw, i int) float64 {
	if draw > total || i > marked || draw-i > total-marked {
		return 0
	}
	return math.Exp(f.logChoose(marked, i) + f.logChoose(total-marked, draw-i) - f.logChoose(total, draw))
}

func (f factorials) logChoose(n, k int) float64 { return f[n] - f[k] - f[n-k] }

// BenchmarkSweepOfMajAtK has 1,000 samples of one problem after the other.
func BenchmarkSweepOfMajAtK(b *testing.B) {
	for name, ks := range map[string][]int{"to 64": {1, 2, 4, 8, 16, 32, 64}, "128 to 500": {128, 256, 500}} {
		b.Run(name, func(b *testing.B) {
			rng := rand.New(rand.NewPCG(5, 6))
			problems := make([]counts, 64)
			for i := range problems {
				problems[i] = newCounts(rng, 1000)
			}
			for i := 0; b.Loop(); i++ {
				c := problems[i%len(problems)]
				for _, k := range ks {
					if maj, err := MajAtK(c.right, c.wrong, c.abstentions, k); err != nil || !(maj >= 0 && maj < 1+1e-12) {
						b.Fatal(maj, err)
					}
				}
			}
		})
	}
}
