package replay

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"caucus/answer"
	"caucus/budget"
)

// A Record is a sample as a line of a recording.
type Record struct {
	Problem     string        `json:"problem"` // its id
	Reference   string        `json:"reference,omitempty"`
	Index       int           `json:"index"` // in launch order; the lines are in that of the ends
	Seed        uint64        `json:"seed"`
	Status      budget.Status `json:"status"`
	Answer      string        `json:"answer"`
	Tokens      int           `json:"tokens"`
	LogProb     float64       `json:"mean_log_prob"`
	TailLogProb float64       `json:"tail_log_prob"`
	Entropy     float64       `json:"mean_entropy"`
	Seconds     float64       `json:"seconds"`
}

// A Recording is a Source of real samples: those that ended by themselves or at their token limit. A landed one has no
// answer, since nobody asked it for one where it is landed now.
type Recording struct {
	ids     []string
	samples [][]Sample        // of each problem, in launch order
	right   []map[string]bool // the answers to each problem
}

// maxLine is the longest line of a recording.
const maxLine = 1 << 20

// ReadRecording reads the lines of a recording. It needs the reference answer and a sample that ended by itself of every
// problem.
func ReadRecording(r io.Reader) (*Recording, error) {
	rec, index := new(Recording), make(map[string]int)
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	n := 1
	for ; lines.Scan(); n++ {
		var line Record
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			return nil, fmt.Errorf("read the recording: line %d: %w", n, err)
		}
		p, known := index[line.Problem]
		if !known {
			p = len(rec.ids)
			index[line.Problem] = p
			rec.ids = append(rec.ids, line.Problem)
			rec.samples = append(rec.samples, nil)
			rec.right = append(rec.right, map[string]bool{})
		}
		if line.Reference == "" {
			return nil, fmt.Errorf("read the recording: line %d: problem %s has no reference answer to judge by", n, line.Problem)
		}
		rec.add(p, line)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read the recording: line %d: %w", n, err)
	}
	if len(rec.ids) == 0 {
		return nil, errors.New("read the recording: it is empty")
	}
	for p, samples := range rec.samples {
		if len(samples) == 0 {
			return nil, fmt.Errorf("read the recording: no sample of problem %s ended by itself", rec.ids[p])
		}
		slices.SortStableFunc(samples, func(a, b Sample) int { return a.launched - b.launched })
	}
	return rec, nil
}

func (r *Recording) add(problem int, line Record) {
	if line.Status != budget.Finished && line.Status != budget.Truncated {
		return
	}
	s := Sample{
		Status: line.Status, Tokens: line.Tokens, LogProb: line.LogProb, TailLogProb: line.TailLogProb, Entropy: line.Entropy,
		launched: line.Index,
	}
	if line.Answer != "" {
		s.Answer = budget.ReadBare(line.Answer)
		if _, judged := r.right[problem][line.Answer]; !judged {
			r.right[problem][line.Answer] = answer.Equal(answer.Bare(line.Reference), answer.Bare(line.Answer))
		}
	}
	r.samples[problem] = append(r.samples[problem], s)
}

// IDs implements Source, as do the methods that follow.
func (r *Recording) IDs() []string { return slices.Clone(r.ids) }

// Samples is the number of samples that every problem has.
func (r *Recording) Samples() int {
	least := len(r.samples[0])
	for _, s := range r.samples {
		least = min(least, len(s))
	}
	return least
}

// Draw is a recorded sample.
func (r *Recording) Draw(problem, index int, _ uint64) Sample { return r.samples[problem][index] }

// Land has no answer.
func (r *Recording) Land(_ int, s Sample, drawn float64, _ uint64) Sample {
	s.Status, s.Tokens, s.Answer = budget.Landed, int(drawn)+landingTokens, budget.Reading{}
	return s
}

// Right tells whether the answer is equal to the reference.
func (r *Recording) Right(problem int, answer string) bool { return r.right[problem][answer] }
