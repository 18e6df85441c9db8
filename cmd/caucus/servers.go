package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"strings"

	"github.com/urfave/cli/v2"

	"caucus/engine"
	"caucus/engine/remote"
	"caucus/engine/sampling"
	"caucus/engine/serve"
	"caucus/problems"
)

// remotePrefix begins the name, in --model, of a model on servers.
const remotePrefix = "openai:"

func isRemote(name string) bool { return strings.HasPrefix(name, remotePrefix) }

// remoteFlags are the flags of every command that can have its samples from servers.
func remoteFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "base-url", EnvVars: []string{"OPENAI_BASE_URL"},
			Usage: "the servers of --model " + remotePrefix + "NAME, as `URL[,URL...]`"},
		&cli.StringFlag{Name: "api-key-file", Usage: "send the key in `FILE` to the servers", DefaultText: "the key in OPENAI_API_KEY, if any"},
		&cli.StringFlag{Name: "suffix", DefaultText: "as for M1, or what caucus serve tells", Usage: "put `TEXT` behind every problem"},
		&cli.DurationFlag{Name: "hedge", DefaultText: "never",
			Usage: "ask a second server, too, where one has not begun a sample after `TIME`, and keep what begins first"},
		&cli.StringFlag{Name: "landing", DefaultText: "by what the sample has written", Usage: "make samples answer by adding `TEXT`"},
	}
}

// noRemoteFlags refuses flags that mean nothing for a model here.
func noRemoteFlags(c *cli.Context) error {
	for _, name := range []string{"base-url", "api-key-file", "template", "suffix", "landing", "hedge"} {
		if given(c, name) {
			return usagef("--%s is for models on servers; name one with --model %sNAME", name, remotePrefix)
		}
	}
	return nil
}

// given reports whether a flag is set, and not by a variable of the environment that is there for other programs, too.
func given(c *cli.Context, name string) bool {
	value, everywhere := os.LookupEnv("OPENAI_BASE_URL") // which may be empty, and is as good as a flag to c
	return c.IsSet(name) && (name != "base-url" || !everywhere || c.String(name) != value)
}

// What servers are asked for unless a flag, or the server, says something else.
const (
	remoteTemperature = 0.7
	remoteTopP        = 0.95
)

// servers are a model behind OpenAI's interface.
type servers struct {
	usage
	options  remote.Options
	params   engine.Params
	template string
}

// openServers asks the servers for the model.
func openServers(ctx context.Context, c *cli.Context) (*servers, error) {
	if err := noLocalFlags(c); err != nil {
		return nil, err
	}
	o := remote.Options{Model: strings.TrimPrefix(c.String("model"), remotePrefix), Slots: c.Int("slots")}
	for _, address := range strings.Split(c.String("base-url"), ",") {
		if strings.TrimSpace(address) == "" {
			continue
		}
		url, err := remote.ParseURL(address)
		if err != nil {
			return nil, usagef("--base-url: %v", err)
		}
		o.URLs = append(o.URLs, url)
	}
	if len(o.URLs) == 0 {
		return nil, usagef("--model %s%s needs a server; give --base-url http://localhost:8000/v1, or several with commas", remotePrefix, o.Model)
	}
	if o.Hedge = c.Duration("hedge"); c.IsSet("hedge") && (o.Hedge <= 0 || len(o.URLs) == 1) {
		return nil, usagef("--hedge %v needs a time above 0 and two servers or more; otherwise leave it out", o.Hedge)
	}
	var err error
	if o.Key, err = remote.ReadKey(c.String("api-key-file"), os.Getenv); err != nil {
		return nil, err
	}
	found, told, err := remote.Find(ctx, o)
	if err != nil {
		return nil, err
	}
	for _, trouble := range told {
		say(c.App.ErrWriter, "%s", trouble)
	}
	s := &servers{options: o, template: c.String("template")}
	if s.template != "" && strings.Count(s.template, "{}") != 1 {
		return nil, usagef("--template has {} %d times; put it once, where the problem belongs", strings.Count(s.template, "{}"))
	}
	s.learn(found)
	if c.IsSet("suffix") {
		s.suffix = c.String("suffix")
	}
	if c.IsSet("landing") {
		s.options.Landing = c.String("landing")
	}
	return s, nil
}

// noLocalFlags refuses flags that servers have set already.
func noLocalFlags(c *cli.Context) error {
	for _, name := range []string{"weights", "kv", "inputs", "device", "threads"} {
		if c.IsSet(name) {
			return usagef("--%s is for models on this machine; the servers of --model %s have theirs", name, c.String("model"))
		}
	}
	if c.String("weighting") == "entropy" {
		return usagef("--weighting entropy: servers do not tell the entropy of their tokens; use logprob or tail")
	}
	return nil
}

// learn takes over what the servers tell of the model.
func (s *servers) learn(m remote.Model) {
	s.options.Model = m.Name
	s.usage = usage{name: remotePrefix + m.Name, suffix: problems.M1Suffix, maxTokens: 8192, landing: 24}
	s.params = engine.Params{Temperature: remoteTemperature, TopP: remoteTopP}
	if m.MaxTokens > 0 {
		s.maxTokens = min(s.maxTokens, max(m.MaxTokens/2, m.MaxTokens-1024)) // the rest is for the prompt
	}
	if x := m.Caucus; x != nil {
		s.suffix, s.maxTokens, s.landing = x.Suffix, cmp.Or(x.MaxTokens, s.maxTokens), cmp.Or(x.LandTokens, s.landing)
		s.options.Landing, s.options.SeedBits = x.Landing, 64
		s.params = engine.Params{Temperature: x.Temperature, TopP: x.TopP, TopK: x.TopK}
	}
}

func (s *servers) about() usage          { return s.usage }
func (s *servers) chosen() engine.Params { return s.params }
func (s *servers) landingText() string   { return s.options.Landing }
func (s *servers) computes() string      { return strings.Join(s.options.URLs, ", ") }

func (s *servers) pacedBy(*cli.Context) string {
	return s.name + "|" + strings.Join(s.options.URLs, ",")
}

func (s *servers) fingerprint(p engine.Params, maxTokens int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %q %q %q %+v %d", s.name, s.suffix, s.template, s.options.Landing, p, maxTokens))
	return hex.EncodeToString(sum[:])
}

func (s *servers) start(c *cli.Context) (*remote.Engine, error) {
	o := s.options
	o.MaxTokens, o.LandTokens = maxTokens(c, s), s.landing
	return remote.New(o)
}

func (s *servers) open(c *cli.Context) (sampling.Engine, serve.Model, error) {
	e, err := s.start(c)
	return e, passedOn{e}, err
}

// prepare opens a stream for each sample when it begins; until then it costs nothing.
func (s *servers) prepare(c *cli.Context, list []problems.Problem) (*sampling.Sampler, error) {
	e, err := s.start(c)
	if err != nil {
		return nil, err
	}
	prompts := make([]sampling.Prompt, len(list))
	for i, p := range list {
		prompts[i].ID = e.Open(s.prompt(p.Text))
	}
	return sampling.New(e, samplingParams(c, s), prompts, c.Bool("show-samples")), nil
}

// prompt is a problem as the model is asked.
func (s *servers) prompt(problem string) remote.Prompt {
	text := problems.Prompt(problem, s.suffix)
	if s.template != "" {
		return remote.Prompt{Text: strings.Replace(s.template, "{}", text, 1)}
	}
	return remote.Prompt{Messages: []remote.Message{{Role: "user", Content: text}}}
}
