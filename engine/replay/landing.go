package replay

import (
	"cmp"
	"math/rand/v2"
	"slices"

	"caucus/budget"
	"caucus/budget/ledger"
)

// landing is what a recorded sample answered when it was made to.
type landing struct {
	place  float64 // the part of the sample that had been drawn, 0 to 1
	answer budget.Reading
	same   bool // as the sample answered at its end
	tokens int  // that it took
}

// landings are in the order of their place.
type landings []landing

// near are the landings that are taken for one at a place.
const near = 4

// draw draws one of those near a place.
func (l landings) draw(place float64, rng *rand.Rand) landing {
	at, _ := slices.BinarySearchFunc(l, place, func(l landing, p float64) int { return cmp.Compare(l.place, p) })
	from := min(max(at-near/2, 0), max(len(l)-near, 0))
	return l[from+rng.IntN(min(near, len(l)))]
}

// addLandings takes what a ledger has of landings: those that were tried on samples that ended by themselves later, and,
// where there are none of a problem, the samples that were landed in earnest. How long these would have become is unknown:
// as long as their problem's mean.
func (r *Recording) addLandings(tried []ledger.Landing, landed []ledger.Sample) {
	for _, l := range tried {
		if l.Problem < 0 || l.Problem >= len(r.problems) {
			continue // its problem has no samples either
		}
		p := &r.problems[l.Problem]
		s, ended := p.sample(l.Index)
		if !ended || s.Tokens == 0 || l.Drawn < 0 {
			continue
		}
		reading, tokens := r.reading(l.Answer), l.Tokens-l.Drawn
		if tokens <= 0 { // it was landed in earnest, and how many of its tokens that took is unknown
			tokens = landingTokens
		}
		p.judge(l.Answer)
		p.landings = append(p.landings, landing{
			place: min(float64(l.Drawn)/float64(s.Tokens), 1), answer: reading, tokens: tokens,
			same: l.Answer != "" && reading.Value().Key() == s.Answer.Value().Key(),
		})
		r.landings = append(r.landings, p.landings[len(p.landings)-1])
	}
	known := make([]bool, len(r.problems))
	for i := range r.problems {
		known[i] = len(r.problems[i].landings) > 0
	}
	for _, s := range landed {
		p := &r.problems[s.Problem]
		if known[s.Problem] || len(p.samples) == 0 {
			continue
		}
		p.judge(s.Answer)
		place := min(float64(s.Tokens)/p.meanTokens(), 1)
		p.landings = append(p.landings, landing{place: place, answer: r.reading(s.Answer), tokens: landingTokens})
	}
	byPlace := func(a, b landing) int { return cmp.Compare(a.place, b.place) }
	slices.SortStableFunc(r.landings, byPlace)
	for i := range r.problems {
		slices.SortStableFunc(r.problems[i].landings, byPlace)
	}
}

// sample finds a sample by its index in the ledger.
func (p *recorded) sample(launched int) (Sample, bool) {
	at, ok := slices.BinarySearchFunc(p.samples, launched, func(s Sample, index int) int { return s.launched - index })
	if !ok {
		return Sample{}, false
	}
	return p.samples[at], true
}

func (p *recorded) meanTokens() float64 {
	sum := 1.0
	for _, s := range p.samples {
		sum += float64(s.Tokens)
	}
	return sum / float64(len(p.samples))
}

// Lands reports whether the recording knows what landed samples answer.
func (r *Recording) Lands() bool {
	return len(r.landings) > 0 || slices.ContainsFunc(r.problems, func(p recorded) bool { return len(p.landings) > 0 })
}

// Land answers as a sample of the problem did that was landed at about the same part of its length: if that answered what
// it would have in the end, so does this one. Without such a sample those of other problems decide whether it does. Without
// any, it has no answer.
func (r *Recording) Land(problem int, s Sample, drawn float64, seed uint64) Sample {
	p := &r.problems[problem]
	rng := rand.New(rand.NewPCG(seed, 2))
	own := s.Answer
	place := min(drawn/float64(max(s.Tokens, 1)), 1)
	s.Status, s.Answer, s.Tokens = budget.Landed, budget.Reading{}, int(drawn)+landingTokens
	from := p.landings
	if len(from) == 0 {
		from = r.landings
	}
	if len(from) == 0 {
		return s
	}
	l := from.draw(place, rng)
	s.Tokens = int(drawn) + l.tokens
	switch {
	case l.same:
		s.Answer = own
	case len(p.landings) > 0:
		s.Answer = l.answer
	case l.answer.Text() != "":
		s.Answer = p.samples[rng.IntN(len(p.samples))].Answer
	}
	return s
}
