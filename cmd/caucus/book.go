package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"caucus/budget"
	"caucus/budget/ledger"
	"caucus/engine/sampling"
)

// A book is the ledger that a run is written to, as this program uses one. What was broken off is resumed with it.
type book struct {
	c        *cli.Context
	ledger   *ledger.Ledger
	fresh    bool             // there was no file
	problems []ledger.Problem // that it had, if it held a run
	resumes  bool
	had      int // samples that need not run again

	plan      spending
	writer    *ledger.Writer // nil until the run begins
	positions []int          // of the list's problems in the ledger
	warned    bool           // that it cannot be written
}

// openBook opens or creates the ledger at path. If it holds a run, the flags that are not set become those of that run, and
// the budget what is left of its window.
func openBook(c *cli.Context, path string) (*book, error) {
	_, missing := os.Lstat(path) // a link to nowhere is no file of ours
	l, err := ledger.Open(path)
	if err != nil {
		return nil, err
	}
	b := &book{c: c, ledger: l, fresh: errors.Is(missing, fs.ErrNotExist)}
	if err := b.resume(); err != nil {
		return nil, errors.Join(err, b.close(nil, err))
	}
	return b, nil
}

// begin opens a session for a window in which sampling begins now, and returns what earlier ones have left of it.
func (b *book) begin(from source, s *sampling.Sampler, plan spending) (map[budget.ID]budget.Event, error) {
	asked := make([]ledger.Problem, len(plan.list))
	for i, p := range plan.list {
		asked[i] = ledger.Problem{ID: p.ID, Text: p.Text, Reference: p.Answer, PromptTokens: s.Prompts()[i].Tokens}
	}
	b.plan = plan
	var err error
	b.writer, b.positions, err = b.ledger.Begin(
		ledger.Run{
			Seed: plan.seed, Model: from.about().name, Settings: b.settings(from.about()),
			Fingerprint: from.fingerprint(samplingParams(b.c, from), maxTokens(b.c, from)),
		},
		ledger.Session{
			Opened: plan.window.Start, Budget: plan.window.End.Sub(plan.window.Start), Begun: time.Since(plan.window.Start), Policy: plan.named,
			Slots: b.c.Int("slots"), Machine: machineName(from), Version: version(),
		}, asked)
	err = b.nameFlags(err)
	if err != nil || !b.resumes {
		return nil, err
	}
	return b.earlier()
}

// since is a moment as the ledger has it.
func (b *book) since(t time.Time) float64 { return t.Sub(b.plan.window.Start).Seconds() }

// ended writes a sample. If what came before could not be written, it says so once; it is tried again.
func (b *book) ended(r budget.Record) {
	if err := b.writer.Err(); err != nil && !b.warned {
		b.warned = true
		say(b.c.App.ErrWriter, "%v; the samples are kept in memory until they can be written", err)
	}
	b.writer.Add(ledger.Sample{
		Problem: b.positions[r.Problem], Index: r.Index, Seed: r.Seed, Started: b.since(r.Started), Ended: b.since(r.Ended),
		Status: r.Status, Tokens: r.Tokens, Answer: r.Answer, Key: r.Key, LogProb: r.LogProb, TailLogProb: r.TailLogProb,
		Entropy: r.Entropy, Text: r.Text,
	})
}

// decided writes a decision.
func (b *book) decided(d budget.Decision) {
	position := -1
	if d.Problem >= 0 {
		position = b.positions[d.Problem]
	}
	b.writer.Decide(ledger.Decision{At: b.since(d.At), Kind: string(d.Kind), Problem: position, Detail: fmt.Sprint(d.Samples)})
}

// settled writes an answer.
func (b *book) settled(problem int, r budget.Result) {
	verdict, _ := r.Verdict(b.plan.delta) // which is known to be right
	b.writer.Settle(ledger.Result{
		Problem: b.positions[problem], Answer: r.Answer, Key: r.Key, Votes: r.Votes, Abstentions: r.Abstentions,
		Counted: r.Counted, Decided: r.Decided, Seconds: r.Seconds, Verdict: string(verdict),
	})
}

// close ends the session and the ledger. If none began, it leaves no file that was not there.
func (b *book) close(run *spent, failed error) error {
	switch {
	case b.writer == nil && b.fresh:
		return b.ledger.Discard()
	case b.writer == nil:
		return b.ledger.Close()
	}
	var profile budget.Profile
	if run != nil && run.drawn > 0 { // or it would pass for what this session has seen
		profile = run.Profile
	}
	return errors.Join(b.writer.Close(ending(run, failed), profile), b.ledger.Close())
}

// sayWhatIsKept tells what a session has added, and how to go on if the user has ended it.
func (b *book) sayWhatIsKept(run *spent) {
	out, path := b.c.App.ErrWriter, b.c.String("ledger")
	line := fmt.Sprintf("%s has %d samples more than the %d that it had", path, b.writer.Recorded(), b.had)
	if b.had > 0 {
		line += "; seconds and tokens are those of this session, the rest is of all"
	}
	say(out, "%s", line)
	if run.Interrupted {
		say(out, "caucus batch --ledger %s goes on where it was, in what is left of the window", path)
	}
}

// The ways in which a session ends, beside a failure.
const (
	endedDone        = "done"
	endedDeadline    = "deadline"
	endedInterrupted = "interrupted"
)

// ending says how a session ended.
func ending(run *spent, failed error) string {
	switch {
	case failed != nil:
		return "failed: " + failed.Error()
	case run.Interrupted:
		return endedInterrupted
	case slices.ContainsFunc(run.Results, func(r budget.Result) bool { return !r.Decided }):
		return endedDeadline
	}
	return endedDone
}
