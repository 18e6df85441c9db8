package main

import (
	"context"
	"fmt"

	"github.com/sourcegraph/conc/iter"
	"github.com/urfave/cli/v2"

	"caucus/budget"
	"caucus/engine"
	"caucus/engine/sampling"
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
	source  source
	sampler *sampling.Sampler
	drawn   int // tokens, those of cancelled samples too
}

// spend runs the samples of a list from a source until the window's end or until every problem is decided.
func spend(c *cli.Context, from source, plan spending) (*spent, error) {
	ctx, cancel := context.WithDeadline(c.Context, plan.window.End)
	defer cancel()
	s, err := within(ctx, "preparing the problems", func() (*sampling.Sampler, error) { return from.prepare(c, plan.list) })
	if err != nil {
		return nil, err
	}
	o := budget.Options{
		Seed: plan.seed, LandTokens: from.about().landing, Profile: knownProfile(c, from),
		Weighting: plan.weighting, LandedDiscount: 1 - plan.landedWeight,
	}
	if plan.watch != nil {
		if o.Earlier, err = plan.watch.begin(ctx, from, s, plan); err != nil {
			s.Close()
			return nil, err
		}
		o.Observer = plan.watch
	}
	window, err := plan.toSample()
	if err != nil {
		s.Close()
		return nil, err
	}
	hide := showProgress(c, plan.window, s)
	report, err := budget.Run(c.Context, window, idsOf(plan.list), s, plan.policy, o)
	hide()
	knowSteps(&report.Profile, s)
	for _, trouble := range s.Troubles() {
		say(c.App.ErrWriter, "%s", trouble)
	}
	if report.Results == nil { // it never ran
		s.Close()
		return nil, err
	}
	if err == nil {
		err = s.Failure()
	}
	if err != nil {
		err = fmt.Errorf("sample: %w", err)
	}
	return &spent{report, from, s, s.Stats().Drawn}, err
}

// knowSteps lets a run that was over before it was told of any step know what they took.
func knowSteps(p *budget.Profile, s *sampling.Sampler) {
	if step, made := s.MeanStep(); made && !p.StepTime.Known() {
		p.StepTime.Observe(step)
	}
}

// prepare starts engines that are fit for the problems and opens their prompts.
func (m *openedModel) prepare(c *cli.Context, list []problems.Problem) (*sampling.Sampler, error) {
	longest := 0
	for _, p := range list {
		longest = max(longest, len(p.Text))
	}
	e, err := m.startEngine(c, len(list), longest)
	if err != nil {
		return nil, err
	}
	prompts, err := m.openPrompts(e, list)
	if err != nil {
		e.Close()
		return nil, err
	}
	return sampling.New(e, samplingParams(c, m), prompts, c.Bool("show-samples")), nil
}

// openPrompts opens the prompts of problems.
func (m *openedModel) openPrompts(e *engine.Fleet, list []problems.Problem) ([]sampling.Prompt, error) {
	type encoded struct {
		tokens []int32
		err    error
	}
	all := iter.Map(list, func(p *problems.Problem) encoded {
		tokens, err := m.prompt(p.Text)
		return encoded{tokens, err}
	})
	prompts := make([]sampling.Prompt, len(list))
	for i, p := range all {
		if p.err == nil {
			prompts[i].Tokens = len(p.tokens)
			prompts[i].ID, p.err = e.Open(p.tokens)
		}
		if p.err != nil {
			return nil, p.err // the first: they may all be the same
		}
	}
	return prompts, nil
}

// startEngine starts engines for so many prompts, the longest of them of so many bytes.
func (m *openedModel) startEngine(c *cli.Context, prompts, longest int) (*engine.Fleet, error) {
	maxTokens := maxTokens(c, m)
	have, err := m.device.memory()
	if err != nil {
		return nil, err
	}
	options := func(slots int) engine.Options { // of a device
		return engine.Options{
			Slots:     slots,
			Prompts:   min(prompts, max(16, promptMemory/max(1, m.Model.SlotBytes()))),
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
	return m.start(slots, options)
}

// maxTokens is the most that a sample may draw.
func maxTokens(c *cli.Context, from source) int {
	if n := c.Int("max-tokens"); n > 0 {
		return n
	}
	return from.about().maxTokens
}

func idsOf(list []problems.Problem) []string {
	ids := make([]string, len(list))
	for i, p := range list {
		ids[i] = p.ID
	}
	return ids
}

// samplingParams are the source's own, as far as the flags do not change them.
func samplingParams(c *cli.Context, from source) engine.Params {
	p := from.chosen()
	if c.IsSet("temperature") {
		p.Temperature = float32(c.Float64("temperature"))
	}
	if c.IsSet("top-p") {
		p.TopP = float32(c.Float64("top-p"))
	}
	return p
}
