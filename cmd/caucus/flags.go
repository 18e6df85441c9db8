package main

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"caucus/voting"
)

// defaultDelta is the chance of an error that certificates have.
const defaultDelta = 0.05

// runFlags are the flags of the commands that spend a window.
func runFlags() []cli.Flag {
	return slices.Concat(sourceFlags(), []cli.Flag{
		&cli.DurationFlag{Name: "budget", Value: 10 * time.Second, Usage: "answer within `TIME`, such as 5s or 2m"},
		&cli.StringFlag{Name: "policy", Value: defaultPolicy, Usage: "give slots to problems by `POLICY`: " + strings.Join(policyNames(), ", ")},
		&cli.StringFlag{Name: "weighting", Value: "plain", Usage: "weigh votes by `W`: " + strings.Join(voting.Weightings(), ", ")},
		&cli.Float64Flag{Name: "landed-weight", Value: 1, Usage: "let a landed vote weigh `W`, from 0 (not at all) to 1"},
		&cli.Float64Flag{Name: "delta", Value: defaultDelta, Usage: "certify a mode with an error probability of at most `D`"},
	}, samplingFlags())
}

// sourceFlags are the flags of the commands that can have their samples from a model here or on servers.
func sourceFlags() []cli.Flag {
	return slices.Concat([]cli.Flag{modelFlag(", or that of servers, as " + remotePrefix + "NAME,")}, engineFlags(), remoteFlags())
}

// samplingFlags are the flags that decide what samples are drawn.
func samplingFlags() []cli.Flag {
	const ofModel = "the model's"
	return []cli.Flag{
		&cli.StringFlag{Name: "template", DefaultText: "the server's, in a chat",
			Usage: "complete `TEXT`, with {} where the problem belongs, instead of opening a chat"},
		&cli.IntFlag{Name: "samples", Value: 64, Usage: "sample a problem at most `N` times"},
		&cli.IntFlag{Name: "slots", Value: 64, Usage: "run `N` samples at once, on all devices together"},
		&cli.IntFlag{Name: "max-tokens", DefaultText: ofModel, Usage: "end a sample after `N` tokens; 0 is the model's limit"},
		&cli.Float64Flag{Name: "temperature", DefaultText: ofModel, Usage: "sample at `T`; 0 is greedy"},
		&cli.Float64Flag{Name: "top-p", DefaultText: ofModel, Usage: "sample from the fewest tokens with probability `P` together; 0 or 1 takes all"},
		&cli.Uint64Flag{Name: "seed", Value: 1, Usage: "`S` decides every sample"},
	}
}

// checkRunFlags reports the first flag of runFlags that has no meaning.
func checkRunFlags(c *cli.Context) error {
	switch {
	case c.Duration("budget") <= 0:
		return usagef("--budget %v is no time at all; give it a duration such as 5s", c.Duration("budget"))
	case !(c.Float64("landed-weight") >= 0 && c.Float64("landed-weight") <= 1):
		return usagef("--landed-weight %v is not between 0 and 1", c.Float64("landed-weight"))
	case !(c.Float64("delta") > 0 && c.Float64("delta") < 1):
		return usagef("--delta %v is not above 0 and below 1", c.Float64("delta"))
	}
	if _, err := voting.ParseWeighting(c.String("weighting")); err != nil {
		return usagef("--weighting: %v", err)
	}
	return checkSamplingFlags(c)
}

// checkSamplingFlags does the same for samplingFlags.
func checkSamplingFlags(c *cli.Context) error {
	temperature, topP := c.Float64("temperature"), c.Float64("top-p")
	switch {
	case c.Int("samples") < 1:
		return usagef("--samples %d leaves nothing to vote with; give at least 1", c.Int("samples"))
	case c.Int("slots") < 1 || c.Int("slots") > 4096:
		return usagef("--slots %d is not between 1 and 4096", c.Int("slots"))
	case c.Int("max-tokens") < 0 || c.Int("max-tokens") > 1<<20:
		return usagef("--max-tokens %d is not between 0 and %d", c.Int("max-tokens"), 1<<20)
	case temperature < 0 || temperature > 100 || math.IsNaN(temperature):
		return usagef("--temperature %v is not between 0 and 100", temperature)
	case topP < 0 || topP > 1 || math.IsNaN(topP):
		return usagef("--top-p %v is not between 0 and 1", topP)
	}
	return nil
}
