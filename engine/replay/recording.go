package replay

import (
	"errors"
	"fmt"
	"iter"
	"slices"

	"caucus/answer"
	"caucus/budget"
	"caucus/budget/ledger"
)

// A Recording is a Source of real samples: those of a ledger that ended by themselves or at their token limit.
type Recording struct {
	problems []recorded
	landings landings // of all problems
	readings map[string]budget.Reading
	leftOut  int
}

// recorded is what a ledger has of a problem.
type recorded struct {
	ledger.Problem
	samples  []Sample // in launch order
	landings landings
	right    map[string]bool // the answers
}

// ErrNothing is the error of a ledger that has nothing to play.
var ErrNothing = errors.New("no problem of the ledger has both a reference answer and a sample that ended by itself")

// ReadLedger reads the recording of a ledger, of the problems whose id is wanted (nil: of all). Problems without a reference
// answer or without a sample that ended by itself are left out.
func ReadLedger(l *ledger.Ledger, wanted func(id string) bool) (*Recording, error) {
	problems, err := l.Problems()
	if err != nil {
		return nil, err
	}
	landings, err := l.Landings()
	if err != nil {
		return nil, err
	}
	return newRecording(problems, wanted, l.Samples(), landings)
}

func newRecording(problems []ledger.Problem, wanted func(id string) bool, samples iter.Seq2[ledger.Sample, error],
	landings []ledger.Landing) (*Recording, error) {
	r := &Recording{readings: make(map[string]budget.Reading)}
	for _, p := range problems {
		r.problems = append(r.problems, recorded{Problem: p, right: make(map[string]bool)})
	}
	var landed []ledger.Sample
	for s, err := range samples {
		if err != nil {
			return nil, err
		}
		if s.Problem < 0 || s.Problem >= len(problems) {
			return nil, fmt.Errorf("a sample is of problem %d, and there are %d: the ledger was changed by hand or meanwhile", s.Problem, len(problems))
		}
		switch {
		case s.Status.Final():
			r.add(s)
		case s.Status == budget.Landed:
			landed = append(landed, s)
		}
	}
	r.addLandings(landings, landed)
	r.problems = slices.DeleteFunc(r.problems, func(p recorded) bool { return wanted != nil && !wanted(p.ID) })
	asked := len(r.problems)
	r.problems = slices.DeleteFunc(r.problems, func(p recorded) bool { return p.Reference == "" || len(p.samples) == 0 })
	r.leftOut = asked - len(r.problems)
	if len(r.problems) == 0 {
		return nil, ErrNothing
	}
	return r, nil
}

// add adds a sample that ended by itself.
func (r *Recording) add(s ledger.Sample) {
	p := &r.problems[s.Problem]
	p.samples = append(p.samples, Sample{
		Status: s.Status, Tokens: s.Tokens, Answer: r.reading(s.Answer), LogProb: s.LogProb, TailLogProb: s.TailLogProb,
		Entropy: s.Entropy, launched: s.Index,
	})
	p.judge(s.Answer)
}

// reading reads an answer, each once.
func (r *Recording) reading(text string) budget.Reading {
	reading, known := r.readings[text]
	if !known {
		if text != "" {
			reading = budget.ReadBare(text)
		}
		r.readings[text] = reading
	}
	return reading
}

// judge finds out whether an answer is right.
func (p *recorded) judge(text string) {
	if _, judged := p.right[text]; !judged {
		p.right[text] = text != "" && p.Reference != "" && answer.Equal(answer.Bare(p.Reference), answer.Bare(text))
	}
}

// LeftOut is the number of the wanted problems that are not in the recording.
func (r *Recording) LeftOut() int { return r.leftOut }

// IDs implements Source, as do the methods that follow.
func (r *Recording) IDs() []string {
	ids := make([]string, len(r.problems))
	for i, p := range r.problems {
		ids[i] = p.ID
	}
	return ids
}

// Prompt is the length of the prompt as the model was asked.
func (r *Recording) Prompt(problem int) int { return r.problems[problem].PromptTokens }

// Samples is the number of samples of a problem.
func (r *Recording) Samples(problem int) int { return len(r.problems[problem].samples) }

// Draw is a recorded sample.
func (r *Recording) Draw(problem, index int, _ uint64) Sample {
	samples := r.problems[problem].samples
	return samples[index%len(samples)]
}

// Right tells whether the answer is equal to the reference.
func (r *Recording) Right(problem int, answer string) bool { return r.problems[problem].right[answer] }

// Problems are those of the recording, in the order of IDs.
func (r *Recording) Problems() []ledger.Problem {
	problems := make([]ledger.Problem, len(r.problems))
	for i, p := range r.problems {
		problems[i] = p.Problem
	}
	return problems
}
