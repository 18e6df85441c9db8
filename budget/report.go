package budget

import (
	"time"

	"caucus/answer"
	"caucus/voting"
)

// A Report is what became of a run.
type Report struct {
	Results     []Result      // in the problems' order
	Tokens      int           // drawn by the samples whose end was reported
	Seconds     float64       // from the window's start to the report
	Step        time.Duration // estimate of a step's time at the end
	Interrupted bool          // by its context
}

// A Result is what became of one problem.
type Result struct {
	ID          string
	Answer      string         // as the earliest sample that voted for it wrote it; empty without any vote
	Key         answer.Key     // its class
	Counts      []voting.Count // the answers, the leader first
	Votes       int
	Abstentions int       // counted samples without an answer
	Confidence  float64   // voting.LeadProbability of the two best answers; 0 without any vote
	Decided     bool      // by the policy, before the deadline
	Samples     []Outcome // every sample started, in launch order
	Tokens      int
	Seconds     float64 // from the window's start to its decision, or to the end
	Warnings    []Warning
}

// An Outcome is what became of one sample.
type Outcome struct {
	Status  Status
	Answer  string     // as the sample wrote it
	Key     answer.Key // what it is by itself; empty without an answer
	Tokens  int
	LogProb float64 // mean natural logarithm of the tokens' probabilities
	Entropy float64 // mean entropy, in nats, of their distributions
	Seconds float64 // that the sample ran

	value answer.Value
}

// A Warning says why a result deserves less trust.
type Warning string

// The warnings.
const (
	NoAnswer   Warning = "no sample gave an answer"
	Tie        Warning = "the leading answers are tied"
	FewVotes   Warning = "fewer than 3 votes"
	OnlyLanded Warning = "every vote was made at the deadline"
)

const fewVotes = 3

// Count is the number of samples with a status.
func (r Result) Count(s Status) int {
	n := 0
	for _, o := range r.Samples {
		if o.Status == s {
			n++
		}
	}
	return n
}

func (r *run) report() Report {
	report := Report{Step: r.pace.step, Interrupted: r.interrupted, Results: make([]Result, len(r.ballots))}
	for i, b := range r.ballots {
		report.Results[i] = b.result()
		report.Tokens += report.Results[i].Tokens
	}
	report.Seconds = time.Since(r.window.Start).Seconds()
	return report
}

func (b *ballot) result() Result {
	r := Result{
		ID: b.id, Counts: b.tally.Counts(), Votes: b.tally.Votes(), Abstentions: b.tally.Abstentions(),
		Decided: b.decided, Samples: b.samples, Seconds: b.seconds,
	}
	for _, s := range b.samples {
		r.Tokens += s.Tokens
	}
	if leader, ok := b.tally.Leader(); ok {
		r.Answer, r.Key = leader.Text, leader.Key
		r.Confidence = voting.LeadProbability(topTwo(r.Counts))
	}
	r.Warnings = b.warnings()
	return r
}

func (b *ballot) warnings() []Warning {
	if b.tally.Votes() == 0 {
		return []Warning{NoAnswer}
	}
	var w []Warning
	if b.tally.Tied() {
		w = append(w, Tie)
	}
	if b.tally.Votes() < fewVotes {
		w = append(w, FewVotes)
	}
	for _, s := range b.samples[:b.counted] {
		if s.Key != "" && s.Status != Landed {
			return w
		}
	}
	return append(w, OnlyLanded)
}
