package budget

import "caucus/voting"

// A ballot is one problem of a run: its samples and their votes.
type ballot struct {
	id      string
	samples []Outcome // in launch order
	live    int       // of them are running
	tally   voting.Tally
	counted int // samples in the tally, from the first on
	decided bool
	seconds float64 // from the window's start to the decision, or to the end
}

// count adds the votes of samples that have ended, in launch order, up to the first that has not or to a decision.
func (b *ballot) count(p Policy) {
	for !b.decided && b.counted < len(b.samples) && b.samples[b.counted].Status != Running {
		b.tally.Add(b.samples[b.counted].vote(b.counted))
		b.counted++
		b.decided = p.Decided(b.standing())
	}
}

// countAll adds the votes of all other samples.
func (b *ballot) countAll() {
	for ; b.counted < len(b.samples); b.counted++ {
		b.tally.Add(b.samples[b.counted].vote(b.counted))
	}
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
