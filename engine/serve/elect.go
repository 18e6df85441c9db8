package serve

import (
	"context"
	"math/rand/v2"
	"time"

	"caucus/budget"
	"caucus/engine/sampling"
	"caucus/problems"
)

// tally is what a reply tells of a vote.
type tally struct {
	Answer  string         `json:"answer"`  // "" if no sample gave one
	Verdict string         `json:"verdict"` // what the votes are worth
	Votes   problems.Votes `json:"votes"`
	Samples map[string]int `json:"samples"` // by status
	Seconds float64        `json:"seconds"`
	Warning []string       `json:"warnings,omitempty"`
}

// delta is the chance of an error that verdicts have.
const delta = 0.05

// elect answers an order by a vote. Its window, which is at most as long as a request may take, is what bounds it: a deadline beside that
// would race with its end.
func (s *Server) elect(ctx context.Context, o *order, l listener) *failure {
	begun := time.Now()
	slots := min(o.votes, s.opt.Engine.Slots())
	mine, fail := s.desk.open(slots)
	if fail != nil {
		return fail
	}
	prompt, err := s.opt.Model.Open(o.withSuffix(s.opt.About.Suffix))
	if err != nil {
		mine.Close()
		return badRequest("%v", err)
	}
	defer s.opt.Model.ClosePrompt(prompt.ID)
	sampler := sampling.New(mine, o.params, []sampling.Prompt{prompt}, false)
	defer sampler.Close()
	policy, err := budget.ParsePolicy("voi", o.votes)
	if err != nil {
		return badRequest("votes: %v", err)
	}
	seed := rand.Uint64()
	if o.seed != nil {
		seed = *o.seed
	}
	window := budget.Window{Start: begun, End: begun.Add(o.budget)}
	report, err := budget.Run(ctx, window, []string{"1"}, sampler, policy, budget.Options{Seed: seed, LandTokens: s.opt.About.LandTokens})
	if err == nil {
		err = sampler.Failure()
	}
	switch {
	case ctx.Err() != nil:
		return why(ctx)
	case err != nil && (report.Results == nil || report.Results[0].Answer == ""):
		return &failure{status: 500, kind: "server_error", message: err.Error()}
	}
	return s.elected(report, prompt.Tokens, l)
}

// elected tells what a vote has come to.
func (s *Server) elected(report budget.Report, prompt int, l listener) *failure {
	r := report.Results[0]
	verdict, _ := r.Verdict(delta) // which is a chance
	t := &tally{Answer: r.Answer, Verdict: string(verdict), Samples: make(map[string]int), Seconds: report.Seconds}
	for _, c := range r.Counts {
		t.Votes = append(t.Votes, problems.Vote{Answer: c.Text, Count: c.Votes})
	}
	for _, o := range r.Samples {
		t.Samples[string(o.Status)]++
		s.metrics.endedAs(string(o.Status))
	}
	for _, w := range r.Warnings {
		t.Warning = append(t.Warning, string(w))
	}
	s.metrics.tokens(prompt, r.Tokens)
	l.vote(t)
	if l.end(0, r.Answer, nil, "stop") != nil || l.done(usageOf(prompt, r.Tokens)) != nil {
		return errGone
	}
	return nil
}
