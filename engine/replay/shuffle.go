package replay

import "math/rand/v2"

// shuffled is a source with its problems, and the samples of each, in another order.
type shuffled struct {
	Source
	problems []int
	samples  [][]int // of each problem in the source's order; none where there are any number
}

// Shuffle puts the problems of a source in an order that one seed decides, and the samples of each in one that another
// does. order tells which of the source's problems stands at each place.
func Shuffle(s Source, problems, samples uint64) (_ Source, order []int) {
	out := shuffled{Source: s, problems: rand.New(rand.NewPCG(problems, 3)).Perm(len(s.IDs()))}
	rng := rand.New(rand.NewPCG(samples, 4))
	for p := range out.problems {
		out.samples = append(out.samples, rng.Perm(s.Samples(p)))
	}
	return out, out.problems
}

func (s shuffled) IDs() []string {
	ids := s.Source.IDs()
	out := make([]string, len(ids))
	for i, p := range s.problems {
		out[i] = ids[p]
	}
	return out
}

func (s shuffled) Draw(problem, index int, seed uint64) Sample {
	p := s.problems[problem]
	if n := len(s.samples[p]); n > 0 {
		index = s.samples[p][index%n]
	}
	return s.Source.Draw(p, index, seed)
}

func (s shuffled) Prompt(problem int) int { return s.Source.Prompt(s.problems[problem]) }

func (s shuffled) Samples(problem int) int { return s.Source.Samples(s.problems[problem]) }

func (s shuffled) Land(problem int, sample Sample, drawn float64, seed uint64) Sample {
	return s.Source.Land(s.problems[problem], sample, drawn, seed)
}

func (s shuffled) Right(problem int, answer string) bool {
	return s.Source.Right(s.problems[problem], answer)
}
