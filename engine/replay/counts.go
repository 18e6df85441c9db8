package replay

import (
	"caucus/answer"
	"caucus/voting"
)

// Counts are the samples of a problem as estimators want them (package voting).
type Counts struct {
	Right int   // samples with a right answer
	Wrong []int // samples with each wrong one
	None  int   // samples without an answer
}

// Samples is their number.
func (c Counts) Samples() int {
	n := c.Right + c.None
	for _, w := range c.Wrong {
		n += w
	}
	return n
}

// PassAtK is voting.PassAtK of them.
func (c Counts) PassAtK(k int) (float64, error) { return voting.PassAtK(c.Samples(), c.Right, k) }

// MajAtK is voting.MajAtK of them.
func (c Counts) MajAtK(k int) (float64, error) { return voting.MajAtK(c.Right, c.Wrong, c.None, k) }

// Counts counts all samples of a problem, each for the class of its answer in a vote of all. A class is right if the answer
// that came first in it is.
func (r *Recording) Counts(problem int) Counts {
	p := &r.problems[problem]
	var c Counts
	var values []answer.Value // of different keys, as they came
	var texts []string
	votes := make(map[answer.Key]int)
	for _, s := range p.samples {
		key := s.Answer.Value().Key()
		if key == "" {
			c.None++
			continue
		}
		if votes[key]++; votes[key] == 1 {
			values = append(values, s.Answer.Value())
			texts = append(texts, s.Answer.Text())
		}
	}
	of := make(map[answer.Key]int) // samples by class
	var classes []answer.Key       // as they came
	right := make(map[answer.Key]bool)
	for i, class := range answer.Classes(values) {
		if of[class] == 0 {
			classes = append(classes, class)
			right[class] = p.right[texts[i]]
		}
		of[class] += votes[values[i].Key()]
	}
	for _, class := range classes {
		if right[class] {
			c.Right += of[class]
		} else {
			c.Wrong = append(c.Wrong, of[class])
		}
	}
	return c
}
