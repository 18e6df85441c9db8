package budget

import (
	"fmt"
	"math"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"

	"caucus/voting"
)

// score is a policy of the user's own: the next sample goes to the problem with the largest value of an expression. A
// problem whose value is 0 or less is decided.
type score struct {
	most    int
	program *vm.Program
	known   []scored // of each problem
}

// scored is a value that need not be computed again.
type scored struct {
	standing Standing
	value    float64
}

// scorable is what an expression can use.
type scorable struct {
	Started  int     `expr:"started"`
	Running  int     `expr:"running"`
	Counted  int     `expr:"counted"`
	Votes    int     `expr:"votes"`
	Leader   int     `expr:"leader"`
	RunnerUp int     `expr:"runner_up"`
	Streak   int     `expr:"streak"`
	Tokens   float64 `expr:"tokens"`
	Lead     float64 `expr:"lead"` // voting.LeadProbability, the running samples taken to agree
	Gain     float64 `expr:"gain"` // what voi divides by tokens
}

// newScore compiles an expression.
func newScore(expression string, most int) (*score, error) {
	program, err := expr.Compile(expression, expr.Env(scorable{}), expr.AsFloat64())
	if err != nil {
		return nil, fmt.Errorf("policy score: %w", err)
	}
	s := &score{most: most, program: program}
	if _, err := s.compute(Standing{}); err != nil { // the first problem's, before any sample
		return nil, fmt.Errorf("policy score: %w", err)
	}
	return s, nil
}

func (s *score) Next(v View) (problem int, ok bool) {
	for len(s.known) < len(v.Problems) {
		s.known = append(s.known, scored{standing: Standing{Started: -1}})
	}
	problem, best, ok := v.largest(s.most, func(i int, p *Standing) float64 { return s.valueOf(i, *p) })
	return problem, ok && best > 0
}

func (s *score) Decided(p Standing) bool {
	value, err := s.compute(p)
	return err == nil && value <= 0 || p.Counted >= s.most
}

func (s *score) valueOf(problem int, p Standing) float64 {
	known := &s.known[problem]
	if !known.standing.like(p) {
		value, err := s.compute(p)
		if err != nil || !(value > 0) {
			value = 0 // a division of whole numbers by 0, or no number at all, is as good as nothing
		}
		*known = scored{p, value}
	}
	return known.value
}

// like reports whether nothing has changed but the expected tokens, and those hardly.
func (s Standing) like(p Standing) bool {
	near := math.Abs(s.Tokens-p.Tokens) <= 0.05*p.Tokens
	s.Tokens = p.Tokens
	return near && s == p
}

func (s *score) compute(p Standing) (float64, error) {
	value, err := expr.Run(s.program, scorable{
		Started: p.Started, Running: p.Running, Counted: p.Counted, Votes: p.Votes, Leader: p.Leader, RunnerUp: p.RunnerUp,
		Streak: p.Streak, Tokens: p.Tokens, Lead: voting.LeadProbability(p.Leader+p.Running, p.RunnerUp),
		Gain: gain(p, s.most-p.Started),
	})
	if err != nil {
		return 0, err
	}
	return value.(float64), nil
}
