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
	Step        time.Duration // estimate at the end of the time of a step with all slots in use
	Slots       int           // that were used for more than first samples at the end, of those that there were
	Occupancy   float64       // the mean share of them that was busy, until the last tenth of the window
	Profile     Profile       // what is known of the sampler now
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
	Counted     int       // samples that voted or abstained: the first ones in launch order
	Confidence  float64   // voting.LeadProbability of the two best answers; 0 without any vote
	Decided     bool      // by the policy, before the deadline
	Samples     []Outcome // every sample started, in launch order
	Tokens      int
	Seconds     float64 // from the window's start to its decision, or to the end
	Warnings    []Warning
}

// An Outcome is what became of one sample.
type Outcome struct {
	Status      Status
	Answer      string     // as the sample wrote it
	Key         answer.Key // what it is by itself; empty without an answer
	Class       answer.Key // in which it was counted
	Tokens      int
	LogProb     float64 // mean natural logarithm of the tokens' probabilities
	TailLogProb float64 // the same of its last part
	Entropy     float64 // mean entropy, in nats, of their distributions
	Seconds     float64 // that the sample ran

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

// Verdict is what the votes are worth, by a certificate that errs with a probability of at most delta. That is made of the
// counted samples in launch order, up to the first that did not end by itself: those that were cut off are the long ones, and
// no draw like the others. The error is for a delta that is not between 0 and 1.
func (r Result) Verdict(delta float64) (voting.Verdict, error) {
	c, err := voting.NewCertificate(delta)
	if err != nil || len(r.Counts) == 0 {
		return voting.NoVerdict, err
	}
	for _, s := range r.Samples[:r.Counted] {
		if s.Status == Landed || s.Status == Cancelled {
			break
		}
		c.Add(s.Class)
	}
	runnerUp := 0
	for _, count := range r.Counts[1:] {
		runnerUp = max(runnerUp, count.Votes)
	}
	return c.Verdict(r.Counts[0], runnerUp), nil
}

func (r *run) report() Report {
	report := Report{
		Step: r.pace.at(r.width), Slots: r.width, Occupancy: r.use.occupancy(), Profile: r.pace.profile(),
		Interrupted: r.interrupted, Results: make([]Result, len(r.ballots)),
	}
	for i, b := range r.ballots {
		report.Results[i] = b.result()
		report.Tokens += report.Results[i].Tokens
	}
	report.Seconds = r.driver.now().Sub(r.window.Start).Seconds()
	return report
}

func (b *ballot) result() Result {
	r := Result{
		ID: b.id, Counts: b.tally.Counts(), Votes: b.tally.Votes(), Abstentions: b.tally.Abstentions(), Counted: b.counted,
		Decided: b.decided, Samples: b.samples, Seconds: b.seconds,
	}
	for _, s := range b.samples {
		r.Tokens += s.Tokens
	}
	if leader, ok := b.tally.Leader(); ok {
		r.Answer, r.Key = leader.Text, leader.Key
		r.Confidence = voting.LeadProbability(b.tally.TopTwo())
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
