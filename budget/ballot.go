package budget

import (
	"caucus/answer"
	"caucus/voting"
)

// A ballot is one problem of a run: its samples and their votes.
type ballot struct {
	id      string
	samples []Outcome // in launch order
	live    int       // of them are running
	tally   voting.Tally
	classes map[string]answer.Key // of the answers in the tally, by their text
	counted int                   // samples in the tally, from the first on
	decided bool
	seconds float64 // from the window's start to the decision, or to the end
}

// count adds the votes of samples that have ended, in launch order, up to the first that has not or to a decision.
func (b *ballot) count(p Policy) {
	for !b.decided && b.counted < len(b.samples) && b.samples[b.counted].Status != Running {
		b.countNext()
		b.decided = p.Decided(b.standing())
	}
}

// countAll adds the votes of all other samples.
func (b *ballot) countAll() {
	for b.counted < len(b.samples) {
		b.countNext()
	}
}

// countNext adds the vote of one more sample. An answer that was not given before may change what others are taken for:
// 25% is 25 until somebody says 0.25. So all are counted anew then.
func (b *ballot) countNext() {
	i := b.counted
	b.counted++
	if _, known := b.classes[b.samples[i].Answer]; known || b.samples[i].Answer == "" {
		b.add(i)
		return
	}
	values := make([]answer.Value, b.counted)
	for j := range values {
		values[j] = b.samples[j].value
	}
	b.tally, b.classes = voting.Tally{}, map[string]answer.Key{}
	for j, class := range answer.Classes(values) {
		b.classes[b.samples[j].Answer] = class
		b.add(j)
	}
}

// add counts a sample for its class. Every answer weighs the same.
func (b *ballot) add(i int) {
	s := b.samples[i]
	b.tally.Add(voting.Vote{Sample: i, Key: b.classes[s.Answer], Text: s.Answer, Weight: 1})
}

func (b *ballot) standing() Standing {
	s := Standing{Started: len(b.samples), Running: b.live, Counted: b.counted}
	s.Leader, s.RunnerUp = topTwo(b.tally.Counts())
	return s
}

// topTwo is the number of votes of the leader and of the best rival.
func topTwo(counts []voting.Count) (leader, runnerUp int) {
	if len(counts) > 0 {
		leader = counts[0].Votes
	}
	for _, c := range counts[min(1, len(counts)):] {
		runnerUp = max(runnerUp, c.Votes)
	}
	return leader, runnerUp
}

// runningIDs lists the running samples; the ballot does not know its own place, problem, among the others.
func (b *ballot) runningIDs(problem int) []ID {
	var ids []ID
	for i, s := range b.samples {
		if s.Status == Running {
			ids = append(ids, ID{problem, i})
		}
	}
	return ids
}
