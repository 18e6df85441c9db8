package budget

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A Policy decides who gets the next free slot. It is asked from one goroutine and must answer at once.
type Policy interface {
	// Next is the problem to sample next; ok is false when none is worth another sample now. A Closed problem must not
	// be chosen.
	Next(View) (problem int, ok bool)
	// Decided reports whether a problem has had enough samples. It is asked after every counted sample.
	Decided(Standing) bool
}

// A Timed policy gives each problem a time of its own, and promises one to those that have not begun.
type Timed interface {
	Policy
	// Allot is asked when a problem's first sample starts: how long that problem may take, and how long is kept for each
	// of those that have not begun.
	Allot(v View, problem int) (own, others time.Duration)
}

// A View is what a policy sees of a run.
//
// It ends with the first problem behind which none has a sample: those are all like it, and of equals a policy takes the
// first. So a choice costs what the begun problems cost, however many wait.
type View struct {
	Problems []Standing
	Total    int           // problems, with those behind the view
	Elapsed  time.Duration // since sampling began
	Left     time.Duration // to the deadline
	Sample   time.Duration // that most samples take; 0 while that is unknown
}

// A Standing is a problem as a policy sees it.
type Standing struct {
	Started          int     // samples launched
	Running          int     // of them not ended
	Counted          int     // ended samples that count: the first ones in launch order, without a gap
	Votes            int     // among those; the others abstained
	Leader, RunnerUp int     // of the votes
	Streak           int     // the newest counted samples that all gave one answer
	Tokens           float64 // what a further sample is expected to take
	Closed           bool    // decided, out of its time, or too late for another sample
	Settled          bool    // its answer is final
}

// open reports whether a problem may get a further sample, of so many at most.
func (s *Standing) open(most int) bool { return !s.Closed && s.Started < most }

// largest is the open problem with the largest value, of equals the first.
func (v View) largest(most int, value func(problem int, s *Standing) float64) (problem int, best float64, ok bool) {
	for i := range v.Problems {
		s := &v.Problems[i]
		if !s.open(most) {
			continue
		}
		if x := value(i, s); !ok || x > best {
			problem, best, ok = i, x, true
		}
	}
	return problem, best, ok
}

// PolicyHelp lists the names that ParsePolicy knows, each with what the policy does.
func PolicyHelp() [][2]string {
	return [][2]string{
		{"uniform", "the same number of samples for every problem, to the end"},
		{"voi", "where a sample is most likely to change the answer for the better, by its expected time"},
		{"greedy-asc", "where the leader is least sure; a problem stops at 95% (Adaptive-Consistency)"},
		{"asc", "one problem after the other, each until its leader is 95% sure"},
		{"esc-5", "one after the other, each until 5 samples in a row agree (Early-Stopping Self-Consistency)"},
		{"first-to-4", "one after the other, each until an answer has 4 votes, of at most 8 samples"},
		{"bank", "one after the other, each with its share of the time and what others left (AIMO 2)"},
		{"clip", "one after the other, each with what others can spare (AIMO 3)"},
	}
}

// The parameters of policies that are named without any.
const (
	ascConfidence = 0.95
	ascVotes      = 3
	escWindow     = 5
	firstVotes    = 4
)

// ParsePolicy returns the policy of a name, which draws at most so many samples of a problem. The number in esc-5 and
// first-to-4 can be another, or be left out. A name such as "score: (1 - lead) / tokens" is a policy of its own: the problem
// with the largest value is next, and one with 0 or less is decided. The expression, in the language of expr-lang, can use
// started, running, counted, votes, leader, runner_up, streak and tokens, which are the fields of a Standing, lead, which is
// voting.LeadProbability if the running samples vote for the leader, and gain, which voi divides by tokens.
func ParsePolicy(name string, samples int) (Policy, error) {
	if samples < 1 {
		return nil, fmt.Errorf("policy %s: %d samples a problem, want 1 or more", name, samples)
	}
	if expression, own := strings.CutPrefix(name, "score:"); own {
		return newScore(expression, samples)
	}
	order := inOrder{samples}
	sure := asc{order, ascConfidence, ascVotes}
	switch name {
	case "voi":
		return &voi{most: samples}, nil
	case "greedy-asc":
		return greedyASC{sure}, nil
	case "uniform":
		return uniform{samples}, nil
	case "asc":
		return sure, nil
	case "bank":
		return bank{firstTo{inOrder{min(bankSamples, samples)}, aimoVotes}}, nil
	case "clip":
		return clip{firstTo{inOrder{min(clipSamples, samples)}, aimoVotes}}, nil
	}
	if n, ok := parameter(name, "esc", escWindow); ok {
		return esc{order, n}, nil
	}
	if n, ok := parameter(name, "first-to", firstVotes); ok {
		return firstTo{inOrder{min(2*n, samples)}, n}, nil
	}
	return nil, fmt.Errorf("unknown policy %q; there are %s", name, policyNames())
}

// parameter reads the number behind a policy's name, from 1 to 1000.
func parameter(name, of string, without int) (n int, ok bool) {
	if name == of {
		return without, true
	}
	number, ok := strings.CutPrefix(name, of+"-")
	n, err := strconv.Atoi(number)
	return n, ok && err == nil && n >= 1 && n <= 1000
}

func policyNames() string {
	var names []string
	for _, p := range PolicyHelp() {
		names = append(names, p[0])
	}
	return strings.Join(names, ", ")
}

// Stream makes a policy serve problems that become visible one at a time.
func Stream(p Policy) Policy {
	if _, all := p.(uniform); all {
		return stream{p, 1} // it never has enough
	}
	return stream{p, patience}
}
