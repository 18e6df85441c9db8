package engine

import "time"

// Status says how a sample ended.
type Status string

// The ways to end. Every sample ends in exactly one.
const (
	Finished  Status = "finished"  // by itself: an end-of-text token or a stop text
	Landed    Status = "landed"    // by answering when told to
	Truncated Status = "truncated" // at its token limit, or landed without closing its box
	Cancelled Status = "cancelled"
	Failed    Status = "failed" // Event.Err says why
)

// Event tells that a sample has ended.
type Event struct {
	ID          uint64 // of the Request
	Status      Status
	Text        string  // what was generated, a landing's text included; without end-of-text token and stop text
	Tokens      int     // drawn by the sample; a landing's text is not
	LogProb     float64 // mean natural logarithm of the drawn tokens' probabilities under the model (temperature 1)
	TailLogProb float64 // the same of the last tenth of them, or of the last 16 if those are more
	Entropy     float64 // mean entropy, in nats, of the distributions that they were drawn from
	Seconds     float64 // since the sample began to run; 0 if it never did
	Step        Step    // the newest step of the engine
	Err         error   // why it Failed
}

// Step is the size and duration of one step of the whole batch: what a model of step times learns from.
type Step struct {
	Time    time.Duration
	Samples int // samples that drew a token
	Rows    int // tokens read, of samples and prompts
	Context int // positions that the samples and prompts of the step had read when it ended, summed
}

// Stats counts what an Engine has done so far, or all of a Fleet.
type Stats struct {
	Steps      int
	Drawn      int           // tokens drawn by samples
	Prefilled  int           // prompt tokens read for prompts: each prompt once, however many samples it has
	Forked     int           // samples begun from a prompt's state; more than were started if pages ran short
	Running    int           // samples in slots
	Waiting    int           // samples waiting for one
	Engines    int           // that step side by side: 1, or those of a Fleet
	Working    int           // those of them that have samples
	Rows       int           // tokens read in steps
	Context    int           // Step.Context, summed over the steps
	Busy       time.Duration // time in steps
	Step       Step          // the newest
	PeakSlots  int           // most slots of samples and prompts in use at once
	PeakPages  int           // most KV pages in use at once
	StateBytes int           // of the recurrent states and pages at those peaks
	Delay      time.Duration // from the start of a sample, or of its landing, to its first token; 0 where that is a matter of steps
}

// add adds what another engine has done.
func (s *Stats) add(o Stats) {
	s.Steps += o.Steps
	s.Drawn += o.Drawn
	s.Prefilled += o.Prefilled
	s.Forked += o.Forked
	s.Running += o.Running
	s.Waiting += o.Waiting
	s.Engines += o.Engines
	s.Working += o.Working
	s.Rows += o.Rows
	s.Context += o.Context
	s.Busy += o.Busy
	s.PeakSlots += o.PeakSlots
	s.PeakPages += o.PeakPages
	s.StateBytes += o.StateBytes
}

// Occupancy is the mean share of the slots of an engine that drew a token in a step.
func (s Stats) Occupancy(slots int) float64 {
	if s.Steps == 0 {
		return 0
	}
	return float64(s.Drawn) / float64(s.Steps*slots)
}
