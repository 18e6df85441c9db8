package voting

import (
	"cmp"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"caucus/answer"
)

var (
	certificateRuns  = flag.Int("certificate.runs", 1000, "problems of each kind on which certificates are tested")
	certificateVotes = flag.Int("certificate.votes", 1000, "votes on each of them")
)

// shares are the probabilities of a model's answers.
type shares []float64

// draw is the place of a random answer.
func (s shares) draw(rng *rand.Rand) int {
	u := rng.Float64()
	for i, p := range s {
		if u -= p; u < 0 {
			return i
		}
	}
	return len(s) - 1
}

// keysOf names answers by their places.
func keysOf(n int) []answer.Key {
	keys := make([]answer.Key, n)
	for i := range keys {
		keys[i] = answer.Key(fmt.Sprint(i))
	}
	return keys
}

// atMost is delta and three standard errors of a share of runs.
func atMost(delta float64, runs int) float64 {
	return delta + 3*math.Sqrt(delta*(1-delta)/float64(runs))
}

// A certificate says that its answer is more probable than any other. So on a tie for the first place every certificate
// is false, elsewhere one for another answer than the first. That is the statement that the proof is about.
//
//	go test ./voting -run TestFalseCertificates -v -certificate.runs 100000
func TestFalseCertificatesAreAsRareAsPromised(t *testing.T) {
	deltas := []float64{0.2, 0.05, 0.01}
	for i, c := range []struct {
		name string
		of   shares
		tied bool
	}{
		{"tie of two", shares{.5, .5}, true},
		{"tie of two of three", shares{.4, .4, .2}, true},
		{"tie of two before", shares{.35, .35, .3}, true},
		{"tie of ten", shares{.1, .1, .1, .1, .1, .1, .1, .1, .1, .1}, true},
		{"near tie", shares{.45, .44, .11}, false},
		{"near tie and a tail", shares{.3, .29, .041, .041, .041, .041, .041, .041, .041, .041, .041, .041}, false},
	} {
		rng := rand.New(rand.NewPCG(13, uint64(i)))
		keys := keysOf(len(c.of))
		wrong, right := make([]int, len(deltas)), make([]int, len(deltas))
		for range *certificateRuns {
			certificates := make([]*Certificate, len(deltas))
			for i, delta := range deltas {
				certificates[i] = newCertificate(t, delta)
			}
			for range *certificateVotes {
				key := keys[c.of.draw(rng)]
				for _, certificate := range certificates {
					certificate.Add(key)
				}
			}
			for i, certificate := range certificates {
				if mode, ok := certificate.Mode(); ok && (c.tied || mode != keys[0]) {
					wrong[i]++
				} else if ok {
					right[i]++
				}
			}
		}
		for i, delta := range deltas {
			share := float64(wrong[i]) / float64(*certificateRuns)
			t.Logf("%-20s delta %-4v false %.5f, true %.5f", c.name, delta, share, float64(right[i])/float64(*certificateRuns))
			if share > atMost(delta, *certificateRuns) {
				t.Errorf("%s at delta %v: %v of all certificates are false", c.name, delta, share)
			}
		}
	}
}

// The mean number of votes that a certificate needs, where one of 64 counts as 64 if there is none.
func TestClearModesAreCertifiedSoon(t *testing.T) {
	for _, c := range []struct {
		of    shares
		delta float64
		want  float64
	}{
		{shares{.9, .1}, .05, 14.2}, {shares{.9, .1}, .2, 9.5},
		{shares{.7, .2, .1}, .05, 34.5}, {shares{.7, .2, .1}, .2, 24.7},
		{shares{.5, .3, .2}, .05, 62.0}, {shares{.5, .3, .2}, .2, 57.5},
	} {
		rng := rand.New(rand.NewPCG(14, 15))
		keys := keysOf(len(c.of))
		const runs = 4000
		votes := 0
		for range runs {
			certificate := newCertificate(t, c.delta)
			for n := 0; n < 64; n++ {
				if _, ok := certificate.Mode(); ok {
					break
				}
				certificate.Add(keys[c.of.draw(rng)])
				votes++
			}
		}
		if mean := float64(votes) / runs; math.Abs(mean-c.want) > 1 {
			t.Errorf("%v at delta %v: certified after %.1f votes, want %.1f", c.of, c.delta, mean, c.want)
		}
	}
}

// sampled is a sample as an engine returns it.
type sampled struct {
	key     answer.Key
	arrives float64
}

// launch gives samples in launch order: 16 run at a time, and each that ends makes place for the next. The right answer is
// the mode, and takes ten times as long as the others.
func launch(rng *rand.Rand, n int) []sampled {
	of, keys := shares{.5, .4, .1}, []answer.Key{"right", "wrong", "other"}
	slots := make([]float64, 16) // when they are free
	samples := make([]sampled, n)
	for i := range samples {
		free := 0
		for s := range slots {
			if slots[s] < slots[free] {
				free = s
			}
		}
		key := keys[of.draw(rng)]
		length := 10 + 5*rng.Float64()
		if key == "right" {
			length *= 10
		}
		slots[free] += length
		samples[i] = sampled{key, slots[free]}
	}
	return samples
}

// Short samples arrive first. A rule that looks at what has arrived, as all do that stop at the first few equal answers,
// sees the short answers for as long as a long one takes. In launch order the same rule keeps what it promises.
func TestACertificateInArrivalOrderIsBiased(t *testing.T) {
	rng := rand.New(rand.NewPCG(16, 17))
	const runs, delta = 2000, 0.05
	wrong := func(samples []sampled) int {
		c := newCertificate(t, delta)
		for _, s := range samples {
			c.Add(s.key)
		}
		if mode, ok := c.Mode(); ok && mode != "right" {
			return 1
		}
		return 0
	}
	inLaunchOrder, inArrivalOrder := 0, 0
	for range runs {
		samples := launch(rng, 300)
		inLaunchOrder += wrong(samples)
		slices.SortFunc(samples, func(a, b sampled) int { return cmp.Compare(a.arrives, b.arrives) })
		inArrivalOrder += wrong(samples)
	}
	t.Logf("false in launch order: %d of %d, in arrival order: %d", inLaunchOrder, runs, inArrivalOrder)
	if share := float64(inLaunchOrder) / runs; share > atMost(delta, runs) {
		t.Errorf("in launch order %v of all certificates are false", share)
	}
	if share := float64(inArrivalOrder) / runs; share < 4*delta {
		t.Errorf("in arrival order %v of all certificates are false, which shows no bias", share)
	}
}
