package main

import (
	"context"
	"fmt"

	"github.com/urfave/cli/v2"

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

// spending is how a window is to be spent.
type spending struct {
	window       budget.Window
	list         []problems.Problem
	seed         uint64
	policy       budget.Policy
	named        string // the policy
	weighting    voting.Weighting
	landedWeight float64
	delta        float64    // of certificates
	watch        *observers // nil if nobody follows it
}

// spendingOf is what the flags of a run ask for.
func spendingOf(c *cli.Context, w budget.Window, list []problems.Problem, policy budget.Policy) spending {
	weighting, _ := voting.ParseWeighting(c.String("weighting")) // which the flags' check has found right
	return spending{
		window: w, list: list, seed: c.Uint64("seed"), policy: policy, named: c.String("policy"), weighting: weighting,
		landedWeight: c.Float64("landed-weight"), delta: c.Float64("delta"),
	}
}

// A spent window: the report and what else is known of its samples.
// Its sampler is to be closed when the results are out.
type spent struct {
	budget.Report
	model   *openedModel
	sampler *sampler
	drawn   int // tokens, those of cancelled samples too
}

// spend runs the samples of a list on m until the window's end or until every problem is decided.
func spend(c *cli.Context, m *openedModel, plan spending) (*spent, error) {
	ctx, cancel := context.WithDeadline(c.Context, plan.window.End)
	defer cancel()
	s, err := within(ctx, "preparing the problems", func() (*sampler, error) { return prepare(c, m, plan.list) })
	if err != nil {
		return nil, err
	}
	o := budget.Options{
		Seed: plan.seed, LandTokens: m.landing, Profile: knownProfile(c, m),
		Weighting: plan.weighting, LandedDiscount: 1 - plan.landedWeight,
	}
	if plan.watch != nil {
		if o.Earlier, err = plan.watch.begin(ctx, m, s, plan); err != nil {
			s.close()
			return nil, err
		}
		o.Observer = plan.watch
	}
	hide := showProgress(c, plan.window, s)
	report, err := budget.Run(c.Context, plan.window, idsOf(plan.list), s, plan.policy, o)
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
	return &spent{report, m, s, s.engine.Stats().Drawn}, err
}

// prepare starts an engine that is fit for the problems and opens their prompts.
func prepare(c *cli.Context, m *openedModel, list []problems.Problem) (*sampler, error) {
	statements, longest := make([]string, len(list)), 0
	for i, p := range list {
		statements[i] = p.Text
		longest = max(longest, len(p.Text))
	}
	maxTokens := maxTokens(c, m)
	have, err := m.device.memory()
	if err != nil {
		return nil, err
	}
	options := func(slots int) engine.Options { // of a device
		return engine.Options{
			Slots:     slots,
			Prompts:   min(len(list), max(16, promptMemory/max(1, m.Model.SlotBytes()))),
			MaxTokens: maxTokens,
			KVTokens: min(slots*(maxTokens+1024)+2*longest, // a token is at least a byte of the statement
				int(min(kvMemory, have/4))/max(1, m.Model.PageBytes()/kernels.PageLen)),
			Landing: m.Landing, LandTokens: m.landing,
		}
	}
	slots := c.Int("slots")
	need := func(n int) float64 {
		o := options(n)
		capacity, err := o.Capacity()
		if err != nil {
			return 0 // the engine will say so
		}
		return m.Model.Memory(capacity)
	}
	if err := m.device.checkSlots(m.Model, m.name, slots, need, have); err != nil {
		return nil, err
	}
	fleet, err := m.start(slots, options)
	if err != nil {
		return nil, err
	}
	return newSampler(m, fleet, samplingParams(c, m), statements, c.Bool("show-samples"))
}

// maxTokens is the most that a sample may draw.
func maxTokens(c *cli.Context, m *openedModel) int {
	if n := c.Int("max-tokens"); n > 0 {
		return n
	}
	return m.maxTokens
}

func idsOf(list []problems.Problem) []string {
	ids := make([]string, len(list))
	for i, p := range list {
		ids[i] = p.ID
	}
	return ids
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
