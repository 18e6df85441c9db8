package budget

import (
	"crypto/sha256"
	"encoding/binary"
	"time"
)

// A Sampler generates samples. It serves one Run.
//
// Slots and Events return at once. The other calls come one after the other, from one goroutine; they should only pass
// the request on. A sample that is started ends with exactly one event, but for cancelled ones, whose event may be left
// out. Events must have room, or drop, when nobody reads any more: Run stops reading when it returns.
type Sampler interface {
	// Slots is the number of samples that can run at once. Run never has more running.
	Slots() int
	// Start begins a sample. One that comes while a cancelled sample still leaves its slot waits for that.
	Start(Sample)
	// Cancel ends samples without an answer. Ids that do not run are passed over.
	Cancel([]ID)
	// Land makes samples state their answer within Options.LandTokens. Ids that do not run are passed over.
	Land([]ID)
	// Events tells what became of the samples. A closed channel means that the sampler is gone.
	Events() <-chan Event
}

// ID names a sample within a run.
type ID struct {
	Problem int // index in Run's ids
	Index   int // position among the problem's samples, in launch order
}

// A Sample is a request for one chain of reasoning.
type Sample struct {
	ID
	Seed uint64
}

// Status says what became of a sample.
type Status string

// A sample is Running until it ends in one of the other ways.
const (
	Running   Status = "running"
	Finished  Status = "finished"  // by itself
	Landed    Status = "landed"    // by answering when told to
	Truncated Status = "truncated" // at its token limit, without an answer; in a landing, a Run takes it for landed
	Cancelled Status = "cancelled"
	Failed    Status = "failed"
)

// Final reports whether a sample has ended by itself, at its end or its limit. Others can be run again, to such an end.
func (s Status) Final() bool { return s == Finished || s == Truncated }

// An Event reports that a sample has ended, or, with the status Running, how fast steps are; such an event needs no ID.
// The time of landing depends on it: a sampler should send one within its first steps, and again when steps grow slower.
type Event struct {
	ID
	Status      Status
	Text        string  // what was generated
	Tokens      int     // drawn by the sample
	LogProb     float64 // mean natural logarithm of the tokens' probabilities
	TailLogProb float64 // the same of its last part
	Entropy     float64 // mean entropy, in nats, of their distributions
	Seconds     float64 // that the sample ran
	Step        Step    // what steps take now; zero if unknown

	// Delay is what passes from a call to Land to a sample's first step, as where servers have to be asked. Landing begins
	// earlier by it. 0 is as it was.
	Delay time.Duration

	Answer Reading // what Text states; Run finds it out itself, Simulate wants it here
}

// Seed is the seed of a problem's sample: the first 8 bytes of SHA-256 over the run's seed, the index and the id.
func Seed(run uint64, problem string, index int) uint64 {
	b := binary.LittleEndian.AppendUint64(nil, run)
	b = binary.LittleEndian.AppendUint64(b, uint64(index))
	sum := sha256.Sum256(append(b, problem...))
	return binary.LittleEndian.Uint64(sum[:])
}
