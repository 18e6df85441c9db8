package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"caucus/engine"
	"caucus/engine/sampling"
	"caucus/engine/serve"
	"caucus/problems"
)

// A source is where samples come from: a model on this machine, or servers.
type source interface {
	about() usage
	// chosen are the parameters that whoever made or serves the model has chosen.
	chosen() engine.Params
	// prepare makes a sampler that is fit for the problems, with their prompts open.
	prepare(c *cli.Context, list []problems.Problem) (*sampling.Sampler, error)
	// open starts an engine for prompts that come later, and what makes them.
	open(c *cli.Context) (sampling.Engine, serve.Model, error)
	// landingText is what makes samples answer; "" if that depends on what they have written.
	landingText() string
	// fingerprint tells its samples apart from those of others.
	fingerprint(p engine.Params, maxTokens int) string
	// computes says what computes them, for people.
	computes() string
	// pacedBy says what the pace depends on, but for this machine.
	pacedBy(c *cli.Context) string
}

var _, _ source = (*openedModel)(nil), (*servers)(nil)

// What a server's engine is made for: so many prompts that are kept at once, the longest of so many bytes.
const (
	servedPrompts = 64
	servedPrompt  = 64 << 10
)

// openSource opens what the flags name, unless the user interrupts it.
func openSource(c *cli.Context) (source, error) { return openSourceWithin(c.Context, c) }

// openSourceBy does the same, with a deadline.
func openSourceBy(c *cli.Context, end time.Time) (source, error) {
	ctx, cancel := context.WithDeadline(c.Context, end)
	defer cancel()
	return openSourceWithin(ctx, c)
}

func openSourceWithin(ctx context.Context, c *cli.Context) (source, error) {
	name := c.String("model")
	switch {
	case isRemote(name):
		return within(ctx, "asking the servers", func() (source, error) { return openServers(ctx, c) })
	case strings.HasPrefix(name, randomPrefix):
		return nil, usagef("--model %s: a random model answers nothing; only bench and model info take one", name)
	}
	if err := noRemoteFlags(c); err != nil {
		return nil, err
	}
	return openModelWithin(ctx, c)
}

func (m *openedModel) about() usage          { return m.usage }
func (m *openedModel) chosen() engine.Params { return m.Params }
func (m *openedModel) computes() string      { return namesOf(m.ops) }
func (m *openedModel) landingText() string   { return m.Landing }

func (m *openedModel) open(c *cli.Context) (sampling.Engine, serve.Model, error) {
	e, err := m.startEngine(c, servedPrompts, servedPrompt)
	return e, servedModel{m, newOpenPrompts(e, servedPrompts/2)}, err
}

func (m *openedModel) pacedBy(c *cli.Context) string {
	return fmt.Sprintf("%s|%d|%d|%v|%v|%s|%d", m.name, m.Model.Params(), m.Model.SlotBytes(), m.Model.Format(),
		m.Model.Ops.Precision(), namesOf(m.ops), c.Int("threads"))
}
