package voting

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat"
)

// bruteForce is pass@k and maj@k for every k as means over all subsets of k of the samples. Class 0 is right, class -1
// abstains.
func bruteForce(classes []int) (pass, maj []float64) {
	n := len(classes)
	pass, maj = make([]float64, n+1), make([]float64, n+1)
	subsets := make([]float64, n+1)
	for set := range uint(1) << n {
		k := bits.OnesCount(set)
		subsets[k]++
		var counts [13]int // the last takes abstentions
		for rest := set; rest > 0; rest &= rest - 1 {
			counts[(classes[bits.TrailingZeros(rest)]+13)%13]++
		}
		if counts[0] == 0 {
			continue
		}
		pass[k]++
		best, tied := 0, 0
		for _, c := range counts[:12] {
			if c > best {
				best, tied = c, 0
			}
			if c == best {
				tied++
			}
		}
		if counts[0] == best {
			maj[k] += 1 / float64(tied)
		}
	}
	for k := range subsets {
		pass[k] /= subsets[k]
		maj[k] /= subsets[k]
	}
	return pass, maj
}

// partitions calls use with every way to write n as a sum of parts from most downwards.
func partitions(n, most int, parts []int, use func([]int)) {
	if n == 0 {
		use(parts)
	}
	for c := min(n, most); c > 0; c-- {
		partitions(n-c, c, append(parts, c), use)
	}
}

func TestPassAtKAndMajAtKAreMeansOverAllSubsetsOfUpToTwelveSamples(t *testing.T) {
	multisets := 0
	for n := 1; n <= 12; n++ {
		for right := range n + 1 {
			for abstentions := range n - right + 1 {
				partitions(n-right-abstentions, n, nil, func(wrong []int) {
					multisets++
					checkEstimators(t, right, wrong, abstentions)
				})
			}
		}
	}
	if multisets != 2692 {
		t.Errorf("%d multisets of samples", multisets)
	}
}

func checkEstimators(t *testing.T, right int, wrong []int, abstentions int) {
	t.Helper()
	classes := make([]int, right, 12)
	for i, c := range wrong {
		for range c {
			classes = append(classes, i+1)
		}
	}
	for range abstentions {
		classes = append(classes, -1)
	}
	pass, maj := bruteForce(classes)
	for k := 1; k <= len(classes); k++ {
		if got, err := PassAtK(len(classes), right, k); err != nil || math.Abs(got-pass[k]) > 1e-10 {
			t.Fatalf("PassAtK of %d right of %d at %d = %v, %v; want %v", right, len(classes), k, got, err, pass[k])
		}
		if got, err := MajAtK(right, wrong, abstentions, k); err != nil || math.Abs(got-maj[k]) > 1e-10 {
			t.Fatalf("MajAtK(%d, %v, %d, %d) = %v, %v; want %v", right, wrong, abstentions, k, got, err, maj[k])
		}
	}
}

func TestEstimatorsRefuseImpossibleCounts(t *testing.T) {
	for _, c := range [][3]int{{5, 6, 1}, {5, -1, 1}, {5, 2, 0}, {5, 2, 6}, {0, 0, 1}} {
		if _, err := PassAtK(c[0], c[1], c[2]); err == nil {
			t.Errorf("PassAtK%v gives no error", c)
		}
	}
	if _, err := MajAtK(1, []int{2, -1}, 0, 1); err == nil {
		t.Error("MajAtK takes a negative count")
	}
	if _, err := MajAtK(1, []int{2}, 0, 4); err == nil {
		t.Error("MajAtK takes more samples than there are")
	}
}

// Without abstentions some answer wins: the chances of all of them sum to 1, which tests large counts.
func TestTheChancesOfAllAnswersSumToOne(t *testing.T) {
	counts := []int{70, 70, 41, 20, 20, 12, 9, 7, 3, 1, 1, 1, 1}
	for _, k := range []int{1, 2, 7, 64, 128, 255, 256} {
		sum := 0.0
		for i, right := range counts {
			wrong := append(slices.Clone(counts[:i]), counts[i+1:]...)
			maj, err := MajAtK(right, wrong, 0, k)
			if err != nil {
				t.Fatal(err)
			}
			sum += maj
		}
		if math.Abs(sum-1) > 1e-10 {
			t.Errorf("at k = %d the chances sum to %v", k, sum)
		}
	}
}

// The standard deviation of a data set's maj@8 over repeated runs: from all subsets of 64 samples, and from the first 8.
func TestMajAtKFromAllSubsetsVariesThreeTimesLess(t *testing.T) {
	rng := rand.New(rand.NewPCG(18, 19))
	problems := make([]problem, 30)
	for i := range problems {
		problems[i] = newProblem(rng)
	}
	var all, first []float64
	for range 1000 {
		sumAll, sumFirst := 0.0, 0.0
		for _, p := range problems {
			samples := p.samples(rng, 64)
			sumAll += majOf(samples, len(p), 8)
			sumFirst += majOf(samples[:8], len(p), 8)
		}
		all, first = append(all, sumAll/float64(len(problems))), append(first, sumFirst/float64(len(problems)))
	}
	ratio := stat.StdDev(first, nil) / stat.StdDev(all, nil)
	t.Logf("standard deviation %.4f from all, %.4f from the first 8: %.2f times less",
		stat.StdDev(all, nil), stat.StdDev(first, nil), ratio)
	if !(ratio >= 3) {
		t.Errorf("the standard deviation is %.2f times less", ratio)
	}
	if off := math.Abs(stat.Mean(all, nil) - stat.Mean(first, nil)); off > 4*stat.StdDev(first, nil)/20 {
		t.Errorf("the means differ by %v", off)
	}
}

// BenchmarkMajAtK has 256 samples with 30 wrong answers.
func BenchmarkMajAtK(b *testing.B) {
	even, skewed := slices.Repeat([]int{7}, 30), slices.Repeat([]int{1}, 30)
	copy(skewed, []int{60, 40, 25, 20, 14, 10, 8, 6, 4, 3, 2})
	for name, wrong := range map[string][]int{"even": even, "skewed": skewed} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if maj, err := MajAtK(45, wrong, 1, 64); err != nil || !(maj > 0.01 && maj < 1) {
					b.Fatal(maj, err)
				}
			}
		})
	}
}
