package voting

import (
	"fmt"
	"math/rand/v2"

	"caucus/answer"
)

// A problem is the probabilities of a model's answers to it; the first is the right one.
type problem = shares

// newProblem draws a problem from a skewed mix: 30% easy, 30% medium, 15% hard with many wrong answers, 10% with one wrong
// answer that is given more often than the right one, and 15% that are not solved.
func newProblem(rng *rand.Rand) problem {
	between := func(low, high float64) float64 { return low + (high-low)*rng.Float64() }
	switch u := rng.Float64(); {
	case u < 0.30:
		return spread(rng, 4, between(0.7, 0.98))
	case u < 0.60:
		return spread(rng, 5, between(0.3, 0.65))
	case u < 0.75:
		return spread(rng, 20, between(0.08, 0.25))
	case u < 0.85:
		return spread(rng, 5, between(0.2, 0.35), between(0.4, 0.6))
	}
	return spread(rng, 10, between(0, 0.02))
}

// spread gives the first answers these probabilities, and n others the rest of it at random.
func spread(rng *rand.Rand, n int, first ...float64) problem {
	rest, sum := 1.0, 0.0
	for _, p := range first {
		rest -= p
	}
	others := make(problem, n)
	for i := range others {
		others[i] = rng.ExpFloat64()
		sum += others[i]
	}
	for i := range others {
		others[i] *= rest / sum
	}
	return append(append(problem{}, first...), others...)
}

// samples draws n answers to a problem.
func (s shares) samples(rng *rand.Rand, n int) []int {
	samples := make([]int, n)
	for i := range samples {
		samples[i] = s.draw(rng)
	}
	return samples
}

// majOf is the exact maj@k of samples of a problem with so many answers.
func majOf(samples []int, answers, k int) float64 {
	counts := make([]int, answers)
	for _, place := range samples {
		counts[place]++
	}
	maj, err := MajAtK(counts[0], counts[1:], 0, k)
	if err != nil {
		panic(err)
	}
	return maj
}

// votesOf are the votes of samples, each with a random weight of these.
func votesOf(rng *rand.Rand, samples []int, weights ...float64) []Vote {
	votes := make([]Vote, len(samples))
	for i, place := range samples {
		votes[i] = Vote{Sample: i, Weight: weights[rng.IntN(len(weights))]}
		if place >= 0 {
			votes[i].Key = answer.Key(fmt.Sprint(place))
		}
	}
	return votes
}
