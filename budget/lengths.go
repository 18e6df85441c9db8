package budget

import "math"

// lengthBins is the number of classes of lengths: four to a doubling, up to a million tokens.
const (
	lengthBins   = 80
	binsDoubling = 4
)

// Lengths is what is known about how many tokens samples draw until they end by themselves. A sample that was stopped
// before, or that still runs, is longer than what it has: it is censored, and counts as at risk up to there. The zero value
// knows nothing.
type Lengths struct {
	Finished [lengthBins]float64 `json:"finished"` // samples by length
	Censored [lengthBins]float64 `json:"censored"` // samples by the length at which they were last seen
	Tokens   float64             `json:"tokens"`   // of all of them
	Ended    float64             `json:"ended"`    // those that finished
}

// add counts a sample.
func (l *Lengths) add(tokens float64, finished bool) {
	l.Tokens += tokens
	if finished {
		l.Finished[lengthBin(tokens)]++
		l.Ended++
	} else {
		l.Censored[lengthBin(tokens)]++
	}
}

// fade makes what is known weigh no more than so many finished samples, so that it is a beginning for others.
func (l *Lengths) fade(most float64) {
	if l.Ended <= most {
		return
	}
	f := most / l.Ended
	for i := range l.Finished {
		l.Finished[i] *= f
		l.Censored[i] *= f
	}
	l.Tokens *= f
	l.Ended *= f
}

// lengthBin is the class of a length: bin i ends before 2^((i+1)/4).
func lengthBin(tokens float64) int {
	if !(tokens > 1) {
		return 0
	}
	return int(math.Min(binsDoubling*math.Log2(tokens), lengthBins-1))
}

// A survival is the share of samples that are longer than each class's end, by the estimator of Kaplan and Meier (1958)
// on classes.
type survival [lengthBins]float64

// survival estimates it, with the samples that run now at these lengths. Beyond the longest that was seen nothing is known;
// the rest is taken to end before twice that length.
func (l *Lengths) survival(running []float64) survival {
	censored := l.Censored
	for _, tokens := range running {
		censored[lengthBin(tokens)]++
	}
	var s survival
	reached, longest := 0.0, 0 // samples that reached the class; the last class with any
	for i := range s {
		if n := l.Finished[i] + censored[i]; n > 0 {
			reached += n
			longest = i
		}
	}
	share := 1.0
	for i := range s {
		if i > longest+binsDoubling {
			share = 0
		}
		if atRisk := reached - censored[i]/2; atRisk > 0 { // on average the censored leave in the middle of their class
			share *= 1 - math.Min(l.Finished[i]/atRisk, 1)
		}
		s[i] = share
		reached -= l.Finished[i] + censored[i]
	}
	return s
}

// finished is the share of samples that have at most so many tokens.
func (s *survival) finished(tokens float64) float64 {
	if !(tokens >= 1) {
		return 0
	}
	at := math.Min(binsDoubling*math.Log2(tokens), lengthBins)
	i := min(int(at), lengthBins-1)
	before := 1.0
	if i > 0 {
		before = s[i-1]
	}
	return 1 - (before + (at-float64(i))*(s[i]-before))
}

// votes is how many samples one slot is expected to finish while it draws so many tokens, one sample after the other:
// the sum over j of the chance that j of them fit, each taken to need a j-th part.
func (s *survival) votes(tokens float64) float64 {
	sum := 0.0
	for j := 1.0; j <= 64; j++ {
		p := s.finished(tokens / j)
		if p < 1e-3 {
			break
		}
		sum += p
	}
	return sum
}

// quantile is the length that a share q of samples, below 1, does not exceed.
func (s *survival) quantile(q float64) float64 {
	for i, longer := range s {
		if 1-longer >= q {
			return math.Exp2(float64(i) / binsDoubling) // the class's beginning: rather too short than too long
		}
	}
	return math.Exp2(lengthBins / binsDoubling)
}
