package budget

import "math"

// An effort is the tokens of some samples, those of running ones too.
type effort struct {
	tokens, ended float64 // of samples that do not run, and how many of them ended by themselves
	running       int
	starts        float64 // summed over the running: the step at which each began
}

// total is all tokens so far, at a step.
func (e *effort) total(step float64) float64 {
	return e.tokens + math.Max(float64(e.running)*step-e.starts, 0)
}

// expected is the tokens that a further sample of a problem is expected to take, mean being that of all problems.
func (e *effort) expected(step, mean float64) float64 {
	return (e.total(step) + priorSamples*mean) / (e.ended + priorSamples)
}
