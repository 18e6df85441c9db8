package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"caucus/budget"
	"caucus/budget/ledger"
	"caucus/problems"
)

// resume takes over what the ledger holds, if that is a run.
func (b *book) resume() error {
	run, begun, err := b.ledger.Run()
	if err != nil || !begun {
		return err
	}
	b.resumes = true
	if b.problems, err = b.ledger.Problems(); err != nil {
		return err
	}
	sessions, err := b.ledger.Sessions()
	if err != nil {
		return err
	}
	if hasFlag(b.c, "budget") && !b.c.IsSet("budget") {
		left := leftOf(sessions[len(sessions)-1])
		if left <= 0 {
			return usagef("the window that %s was written in is spent; --budget TIME opens another", b.c.String("ledger"))
		}
		run.Settings["budget"] = left.String()
	}
	return takeOver(b.c, run, slices.Sorted(maps.Keys(run.Settings))...)
}

// takeOver sets the flags of these names that are not given to what a run was begun with.
func takeOver(c *cli.Context, run ledger.Run, names ...string) error {
	for _, name := range names {
		value, known := run.Settings[name]
		if !known || given(c, name) || !hasFlag(c, name) || name == "base-url" && !isRemote(run.Settings["model"]) {
			continue
		}
		if err := c.Set(name, value); err != nil {
			return fmt.Errorf("take --%s %s over from the ledger: %w", name, value, err)
		}
	}
	return nil
}

// leftOf is how much of a session's window is left. One that is done needs no time.
func leftOf(s ledger.Session) time.Duration {
	switch s.Ended {
	case endedDone:
		return s.Budget
	case endedDeadline:
		return 0
	}
	return s.Budget - s.Spent
}

// hasFlag reports whether the command has a flag.
func hasFlag(c *cli.Context, name string) bool {
	return slices.ContainsFunc(c.Command.Flags, func(f cli.Flag) bool { return slices.Contains(f.Names(), name) })
}

// landTokensSetting is the name under which a ledger keeps what is no flag: the most tokens of a landed answer.
const landTokensSetting = "land-tokens"

// landTokens are those of a run; 0 if it does not say.
func landTokens(run ledger.Run) int {
	n, err := strconv.Atoi(run.Settings[landTokensSetting])
	if err != nil {
		return 0
	}
	return n
}

// sampleSettings are the flags, beside the model, that decide what a sample is. A ledger keeps them if they are given.
var sampleSettings = []string{
	"base-url", "template", "suffix", "landing", "weights", "kv", "inputs", "max-tokens", "temperature", "top-p",
}

// nameFlags puts flags in place of the fingerprints by which a ledger knows that a run is not its own.
func (b *book) nameFlags(err error) error {
	var other *ledger.AnotherRun
	if !errors.As(err, &other) {
		return err
	}
	var differ []string
	for _, name := range slices.Concat([]string{"seed", "model"}, sampleSettings) {
		there, here := other.Held.Settings[name], other.Given.Settings[name]
		if there == here || name == "base-url" { // where a sample is drawn makes no difference
			continue
		}
		differ = append(differ, fmt.Sprintf("--%s is %s there and %s here", name, cmp.Or(there, "not given"), cmp.Or(here, "not given")))
	}
	if len(differ) == 0 {
		return err
	}
	return fmt.Errorf("%s holds another run: %s; go on with what it was begun with, or name another file",
		b.c.String("ledger"), strings.Join(differ, ", and "))
}

// settings are the flags that a resumed run takes over.
func (b *book) settings(of usage) map[string]string {
	settings := map[string]string{"policy": b.plan.named, landTokensSetting: strconv.Itoa(of.landing)}
	for _, name := range []string{"samples", "slots", "seed"} {
		settings[name] = fmt.Sprint(b.c.Value(name))
	}
	for _, name := range slices.Concat(sampleSettings, []string{"weighting", "landed-weight", "delta", "stream"}) {
		if given(b.c, name) || name == "base-url" && isRemote(b.c.String("model")) {
			settings[name] = fmt.Sprint(b.c.Value(name))
		}
	}
	if model := b.c.String("model"); model != "" {
		settings["model"] = model
		if path, err := filepath.Abs(model); err == nil && !isRemote(model) {
			settings["model"] = path
		}
	}
	return settings
}

// statementsOf are a ledger's problems as a file has them.
func statementsOf(of []ledger.Problem) []problems.Problem {
	list := make([]problems.Problem, len(of))
	for i, p := range of {
		list[i] = problems.Problem{ID: p.ID, Text: p.Text, Answer: p.Reference}
	}
	return list
}

// earlier are the samples that need not run again. Answers are read here, each once, and not when the window passes.
func (b *book) earlier() (map[budget.ID]budget.Event, error) {
	places := make(map[int]int, len(b.positions)) // in the list
	for i, position := range b.positions {
		places[position] = i
	}
	earlier, readings := make(map[budget.ID]budget.Event), make(map[string]budget.Reading)
	for s, err := range b.ledger.Samples() {
		if err != nil {
			return nil, err
		}
		place, asked := places[s.Problem]
		if !asked || !s.Status.Final() {
			continue
		}
		reading, known := readings[s.Answer]
		if !known {
			reading = budget.ReadBare(s.Answer)
			readings[s.Answer] = reading
		}
		id := budget.ID{Problem: place, Index: s.Index}
		earlier[id] = budget.Event{
			ID: id, Status: s.Status, Answer: reading, Tokens: s.Tokens, LogProb: s.LogProb, TailLogProb: s.TailLogProb,
			Entropy: s.Entropy, Seconds: s.Ended - s.Started,
		}
	}
	b.had = len(earlier)
	return earlier, nil
}
