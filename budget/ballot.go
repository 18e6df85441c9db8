package budget

import (
	"time"

	"caucus/answer"
	"caucus/voting"
)

// A ballot is one problem of a run: its samples and their votes.
type ballot struct {
	id      string
	problem int // index in the run
	weigh   func(Outcome) float64

	samples   []Outcome // in launch order
	launches  []launch  // of each
	effort    effort
	counted   int // samples in the tally, from the first on
	tally     voting.Tally
	values    []answer.Value            // of different keys, in the tally
	classes   map[answer.Key]answer.Key // of their keys
	ambiguous bool                      // not all of them are definite
	latest    answer.Key                // the class that the newest counted samples voted for

	standing *Standing // what the policy sees of it

	begun   bool // in this run
	decided bool
	settled bool
	share   share     // of a Timed policy
	expired bool      // its time is over: its samples have been told to land
	overdue time.Time // when those that still run are given up
	seconds float64   // from the window's start until it was settled
}

// A launch is how a sample began.
type launch struct {
	step float64
	at   time.Time
	seed uint64
}

// launch adds a sample that begins.
func (b *ballot) launch(l launch) {
	b.samples = append(b.samples, Outcome{Status: Running})
	b.launches = append(b.launches, l)
	b.standing.Started++
	b.standing.Running++
}

// recall adds a sample that ended in an earlier run.
func (b *ballot) recall(o Outcome) {
	b.samples = append(b.samples, o)
	b.launches = append(b.launches, launch{})
	b.standing.Started++
}

// end records what became of a sample.
func (b *ballot) end(index int, o Outcome) {
	b.samples[index] = o
	b.standing.Running--
}

// count adds the votes of samples that have ended, in launch order, up to the first that has not or to a decision.
func (b *ballot) count(p Policy) {
	for !b.decided && !b.settled && b.counted < len(b.samples) && b.samples[b.counted].Status != Running {
		b.countTo(b.counted + 1)
		b.decided = p.Decided(*b.standing)
	}
}

// countAtOnce adds the votes of all samples, which have ended, and asks only then for a decision.
func (b *ballot) countAtOnce(p Policy) {
	if !b.decided && b.counted < len(b.samples) {
		b.countAll()
		b.decided = p.Decided(*b.standing)
	}
}

// countAll adds the votes of all other samples.
func (b *ballot) countAll() { b.countTo(len(b.samples)) }

// countTo adds votes until n samples are counted. An answer that was not given before may change what others are taken
// for: 25% is 25 until somebody says 0.25. So all are counted anew then.
func (b *ballot) countTo(n int) {
	from := b.counted
	b.counted = n
	if b.learn(b.samples[from:n]) {
		b.reclass()
		b.tally, from = voting.Tally{}, 0
		b.latest, b.standing.Streak = "", 0
	}
	for i := from; i < n; i++ {
		b.add(i)
	}
	s := b.standing
	s.Counted, s.Votes = b.counted, b.tally.Votes()
	s.Leader, s.RunnerUp = b.tally.TopTwo()
}

// learn takes in the answers that were not given before. It reports whether the classes of all have to be found anew, which
// they need not while all are definite: most are, and a problem can have hundreds.
func (b *ballot) learn(samples []Outcome) (anew bool) {
	if b.classes == nil {
		b.classes = make(map[answer.Key]answer.Key)
	}
	for _, s := range samples {
		if _, known := b.classes[s.Key]; known || s.Key == "" {
			continue
		}
		b.values = append(b.values, s.value)
		b.classes[s.Key] = s.Key
		b.ambiguous = b.ambiguous || !s.value.Definite()
		anew = b.ambiguous
	}
	return anew
}

// reclass finds the classes of all answers.
func (b *ballot) reclass() {
	for i, class := range answer.Classes(b.values) {
		b.classes[b.values[i].Key()] = class
	}
}

// add counts a sample for its class.
func (b *ballot) add(i int) {
	s := &b.samples[i]
	class := b.classes[s.Key]
	s.Class = class
	b.tally.Add(voting.Vote{Sample: i, Key: class, Text: s.Answer, Weight: b.weigh(*s)})
	if class == "" || class != b.latest {
		b.standing.Streak = 0
	}
	if b.latest = class; class != "" {
		b.standing.Streak++
	}
}

// runningIDs lists the running samples.
func (b *ballot) runningIDs() []ID {
	if b.standing.Running == 0 {
		return nil
	}
	ids := make([]ID, 0, b.standing.Running)
	for i, s := range b.samples {
		if s.Status == Running {
			ids = append(ids, ID{b.problem, i})
		}
	}
	return ids
}
