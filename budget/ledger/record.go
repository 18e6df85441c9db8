package ledger

import (
	"time"

	"caucus/answer"
	"caucus/budget"
)

// A Run is what a sample is a function of, besides its problem's text and its index.
type Run struct {
	Seed        uint64
	Model       string            // its name
	Fingerprint string            // of weights, tokenizer and sampling parameters
	Settings    map[string]string // the flags that it was begun with, by name: defaults of a session that resumes it
}

// A Problem is one of the run's.
type Problem struct {
	ID, Text     string
	Reference    string // the right answer; empty if unknown
	PromptTokens int
}

// A Session is one process that spent time on the run.
type Session struct {
	Opened  time.Time      // its window
	Budget  time.Duration  // the window's length
	Begun   time.Duration  // from its opening to the first sample
	Spent   time.Duration  // of it, so far: of a killed session it is right to a second
	Policy  string         // as it was named
	Slots   int            // of its engine
	Machine string         // processor, cores, kernels
	Version string         // of caucus
	Profile budget.Profile // what was known of the sampler at the end
	Ended   string         // "done", "deadline", "interrupted" or "failed: ..."; empty while it runs, and if it was killed
}

// A Sample is what became of one, from its start to its text.
type Sample struct {
	Problem, Index int // the problem's position in Problems(), and its own in launch order
	Session        int // that ran it
	Seed           uint64
	Started, Ended float64 // seconds since the session's window opened
	Status         budget.Status
	Tokens         int
	Answer         string     // as it wrote it
	Key            answer.Key // what that is by itself
	LogProb        float64    // mean natural logarithm of the tokens' probabilities
	TailLogProb    float64    // the same of its last part
	Entropy        float64    // mean entropy, in nats, of their distributions
	Text           string     // what it wrote; Samples leaves it out
}

// A Landing is what a sample answered when it was made to: by a probe, or at the end of a session before the one that ran it
// to its end. Of the latter it is not known how many tokens the landing itself took: Drawn is Tokens.
type Landing struct {
	Problem, Index int
	Drawn          int // tokens until then
	Tokens         int // with those of the landing
	Answer         string
	Key            answer.Key
}

// A Decision is why the run went on as it did.
type Decision struct {
	At      float64 // seconds since the session's window opened
	Kind    string
	Problem int // -1: the whole run
	Detail  string
}

// A Result is the final answer to a problem in a session.
type Result struct {
	Problem     int
	Answer      string
	Key         answer.Key
	Votes       int
	Abstentions int
	Counted     int
	Decided     bool    // by the policy, before the deadline
	Seconds     float64 // since the session's window opened
	Verdict     string
}

// statuses are those of samples that have ended, by their number in the file less one. The first two are final.
var statuses = []budget.Status{budget.Finished, budget.Truncated, budget.Landed, budget.Cancelled, budget.Failed}
