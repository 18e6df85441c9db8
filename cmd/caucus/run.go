package main

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"caucus/answer"
	"caucus/budget"
	"caucus/engine"
	"caucus/kernels"
	"caucus/problems"
	"caucus/voting"
)

// Bounds on memory, in bytes, whatever the flags ask for.
const (
	promptMemory = 512 << 20 // states that are kept to fork samples from
	kvMemory     = 4 << 30   // keys and values of the running samples; when it is full, the newest of them wait
)

// runFlags are the flags of the commands that spend a window.
func runFlags() []cli.Flag {
	const ofModel = "the model's"
	return append(modelFlags(),
		&cli.DurationFlag{Name: "budget", Value: 10 * time.Second, Usage: "answer within `TIME`, such as 5s or 2m"},
		&cli.StringFlag{Name: "policy", Value: defaultPolicy, Usage: "give slots to problems by `POLICY`: " + strings.Join(policyNames(), ", ")},
		&cli.StringFlag{Name: "weighting", Value: "plain", Usage: "weigh votes by `W`: " + strings.Join(voting.Weightings(), ", ")},
		&cli.Float64Flag{Name: "landed-weight", Value: 1, Usage: "let a landed vote weigh `W`, from 0 (not at all) to 1"},
		&cli.Float64Flag{Name: "delta", Value: 0.05, Usage: "certify a mode with an error probability of at most `D`"},
		&cli.IntFlag{Name: "samples", Value: 64, Usage: "sample a problem at most `N` times"},
		&cli.IntFlag{Name: "slots", Value: 64, Usage: "run `N` samples at once"},
		&cli.IntFlag{Name: "max-tokens", DefaultText: ofModel, Usage: "end a sample after `N` tokens"},
		&cli.Float64Flag{Name: "temperature", DefaultText: ofModel, Usage: "sample at `T`; 0 is greedy"},
		&cli.Float64Flag{Name: "top-p", DefaultText: ofModel, Usage: "sample from the fewest tokens with probability `P` together"},
		&cli.Uint64Flag{Name: "seed", Value: 1, Usage: "`S` decides every sample"},
	)
}

// checkRunFlags reports the first flag of runFlags that has no meaning.
func checkRunFlags(c *cli.Context) error {
	temperature, topP := c.Float64("temperature"), c.Float64("top-p")
	switch {
	case c.Duration("budget") <= 0:
		return usagef("--budget %v is no time at all; give it a duration such as 5s", c.Duration("budget"))
	case c.Int("samples") < 1:
		return usagef("--samples %d leaves nothing to vote with; give at least 1", c.Int("samples"))
	case c.Int("slots") < 1 || c.Int("slots") > 4096:
		return usagef("--slots %d is not between 1 and 4096", c.Int("slots"))
	case c.Int("max-tokens") < 0 || c.Int("max-tokens") > 1<<20:
		return usagef("--max-tokens %d is not between 0 and %d", c.Int("max-tokens"), 1<<20)
	case temperature < 0 || temperature > 100 || math.IsNaN(temperature):
		return usagef("--temperature %v is not between 0 and 100", temperature)
	case !(c.Float64("landed-weight") >= 0 && c.Float64("landed-weight") <= 1):
		return usagef("--landed-weight %v is not between 0 and 1", c.Float64("landed-weight"))
	case !(c.Float64("delta") > 0 && c.Float64("delta") < 1):
		return usagef("--delta %v is not between 0 and 1", c.Float64("delta"))
	case topP < 0 || topP > 1 || math.IsNaN(topP):
		return usagef("--top-p %v is not between 0 and 1", topP)
	}
	if _, err := voting.ParseWeighting(c.String("weighting")); err != nil {
		return usagef("--weighting: %v", err)
	}
	return nil
}

// defaultPolicy is the best of them in docs/policies.md.
const defaultPolicy = "voi"

// policyNames lists the policies.
func policyNames() []string {
	var names []string
	for _, p := range budget.PolicyHelp() {
		names = append(names, p[0])
	}
	return names
}

// policyHelp tells what they do.
func policyHelp() string {
	help := "Policies, of which each says which problem gets the next free slot:"
	for _, p := range budget.PolicyHelp() {
		help += fmt.Sprintf("\n%-12s %s", p[0], p[1])
	}
	return help
}

// policyOf is the policy that the flags name.
func policyOf(c *cli.Context) (budget.Policy, error) {
	policy, err := budget.ParsePolicy(c.String("policy"), c.Int("samples"))
	if err != nil {
		return nil, usagef("--policy: %v", err)
	}
	return policy, nil
}

// A spent window: the report and what else is known of its samples.
// Its sampler is to be closed when the results are out.
type spent struct {
	budget.Report
	sampler *sampler
	drawn   int // tokens, those of cancelled samples too
}

// spend runs the samples of list on m until the window's end or until every problem is decided.
func spend(c *cli.Context, m *openedModel, w budget.Window, list []problems.Problem, policy budget.Policy, observer budget.Observer) (*spent, error) {
	weighting, _ := voting.ParseWeighting(c.String("weighting")) // which the flags' check has found right
	ids, statements, longest := make([]string, len(list)), make([]string, len(list)), 0
	for i, p := range list {
		ids[i], statements[i] = p.ID, p.Text
		longest = max(longest, len(p.Text))
	}
	slots, maxTokens := c.Int("slots"), m.maxTokens
	if n := c.Int("max-tokens"); n > 0 {
		maxTokens = n
	}
	cfg := &m.Model.Config
	options := engine.Options{
		Slots:     slots,
		Prompts:   min(len(list), max(16, promptMemory/max(1, cfg.SlotBytes()))),
		MaxTokens: maxTokens,
		KVTokens: min(slots*(maxTokens+1024)+2*longest, // a token is at least a byte of the statement
			kvMemory/max(1, cfg.PageBytes(m.ops.Precision().KV)/kernels.PageLen)),
		Landing: m.Landing, LandTokens: m.landing,
	}
	ctx, cancel := context.WithDeadline(c.Context, w.End)
	defer cancel()
	s, err := within(ctx, "preparing the problems", func() (*sampler, error) {
		return newSampler(m, options, samplingParams(c, m), statements, c.Bool("show-samples"))
	})
	if err != nil {
		return nil, err
	}
	hide := showProgress(c, w, s)
	report, err := budget.Run(c.Context, w, ids, s, policy, budget.Options{
		Seed: c.Uint64("seed"), LandTokens: m.landing, Profile: knownProfile(c, m), Weighting: weighting, LandedDiscount: 1 - c.Float64("landed-weight"),
		Observer: observer,
	})
	hide()
	if report.Results == nil { // it never ran
		s.close()
		return nil, err
	}
	if err == nil {
		err = s.failure()
	}
	if err != nil {
		err = fmt.Errorf("sample: %w", err)
	}
	return &spent{report, s, s.engine.Stats().Drawn}, err
}

// samplingParams are the model's own, as far as the flags do not change them.
func samplingParams(c *cli.Context, m *openedModel) engine.Params {
	p := m.Params
	if c.IsSet("temperature") {
		p.Temperature = float32(c.Float64("temperature"))
	}
	if c.IsSet("top-p") {
		p.TopP = float32(c.Float64("top-p"))
	}
	return p
}

// resultOf is what a run found out about a problem, for a result file.
func resultOf(c *cli.Context, p problems.Problem, r budget.Result) problems.Result {
	verdict, _ := r.Verdict(c.Float64("delta")) // which the flags' check has found right
	result := problems.Result{
		ID: p.ID, Problem: p.Text, Answer: r.Answer, Reference: p.Answer, Verdict: string(verdict), Votes: votesOf(r),
		Samples: countsOf(r), Seconds: r.Seconds, Tokens: r.Tokens,
	}
	if p.Answer != "" {
		correct := r.Answer != "" && answer.Equal(answer.Bare(p.Answer), answer.Bare(r.Answer))
		result.Correct = &correct
	}
	return result
}

// votesOf lists the answers, each in the words of the sample that gave it first.
func votesOf(r budget.Result) problems.Votes {
	votes := make(problems.Votes, len(r.Counts))
	for i, count := range r.Counts {
		votes[i] = problems.Vote{Answer: count.Text, Count: count.Votes}
	}
	return votes
}

// statuses are the ways in which a sample can end, as reports list them.
var statuses = []budget.Status{budget.Finished, budget.Landed, budget.Truncated, budget.Cancelled, budget.Failed}

// countsOf is the number of samples by status, those with none left out.
func countsOf(r budget.Result) map[string]int {
	counts := make(map[string]int)
	for _, status := range statuses {
		if n := r.Count(status); n > 0 {
			counts[string(status)] = n
		}
	}
	return counts
}
