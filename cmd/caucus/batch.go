package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"caucus/budget"
	"caucus/problems"
	"caucus/voting"
)

func batchCommand() *cli.Command {
	return &cli.Command{
		Name:      "batch",
		Usage:     "answer the problems of a file within one window",
		ArgsUsage: "[FILE]",
		Description: "FILE is JSON lines, a JSON array, CSV, TSV or parquet, with the fields problem (or question) and, if known,\n" +
			"answer and id, or those of a well-known data set; - is standard input, and without FILE there are a\n" +
			"dozen examples. The results are JSON lines, on standard output or in the file of --out, or parquet if\n" +
			"that ends in .parquet; a summary goes to standard error. docs/formats.md tells more.\n\n" +
			"With --ledger the run is kept in a file. If that holds one already, its finished samples are not drawn again, flags\n" +
			"that are not given are those that it was begun with, the problems are its own if there is no FILE, and the\n" +
			"window is what was left, or a new one with --budget. If it holds none, FILE is needed.",
		Flags: slices.Concat(runFlags(), problemFlags(), []cli.Flag{
			&cli.StringFlag{Name: "out", Usage: "write the results to `FILE`"},
			&cli.BoolFlag{Name: "stream", Usage: "take the problems one at a time, and write each result before the next is looked at"},
			&cli.StringFlag{Name: "ledger", Usage: "keep the run in `FILE`, a database, and go on with the run that it holds"},
		}),
		Action: runBatch,
	}
}

func runBatch(c *cli.Context) (err error) {
	if err := errors.Join(flagsFirst(c), checkRunFlags(c)); err != nil {
		return err
	}
	book, err := bookOf(c)
	if err != nil {
		return err
	}
	watch, run, err := spendBatch(c, book)
	switch {
	case watch == nil && book != nil:
		return errors.Join(err, book.close(nil, err))
	case watch == nil:
		return err
	case run == nil:
		return errors.Join(err, watch.end(nil, err))
	}
	defer run.sampler.Close()
	defer keepProfile(c, run.source, run.Profile)
	graded := make([]problems.Result, len(watch.list))
	for i, r := range run.Results {
		graded[i] = resultOf(c, watch.list[i], r)
	}
	failed := err
	if !watch.streams() {
		err = errors.Join(err, watch.out.write(func(w io.Writer) error { return watch.out.encode(w, graded) }))
	}
	err = errors.Join(err, <-watch.done)
	err = errors.Join(err, writeSummary(c.App.ErrWriter, graded, run), watch.end(run, failed))
	if err != nil {
		return err
	}
	if book != nil {
		book.sayWhatIsKept(run)
	}
	if !slices.ContainsFunc(run.Results, func(r budget.Result) bool { return r.Answer != "" }) {
		return noAnswer(c, run)
	}
	return nil
}

// bookOf opens the ledger that the flags ask for, or none.
func bookOf(c *cli.Context) (*book, error) {
	path := c.String("ledger")
	if path == "" {
		return nil, nil
	}
	ctx := c.Context
	if c.IsSet("budget") {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, opened(c).Add(c.Duration("budget")))
		defer cancel()
	}
	open := func() (*book, error) { return openBook(c, path) }
	return withinOr(ctx, "opening the ledger "+path, open, func(b *book, err error) {
		if err == nil {
			_ = b.close(nil, context.DeadlineExceeded) // that the window has closed is said already
		}
	})
}

// spendBatch does what the flags say, which may be those of the run that the book holds. Without observers, nothing has
// begun; without a run, no window was spent.
func spendBatch(c *cli.Context, book *book) (*observers, *spent, error) {
	if err := checkRunFlags(c); err != nil {
		return nil, nil, err
	}
	policy, err := policyOf(c)
	if err != nil {
		return nil, nil, err
	}
	if c.Bool("stream") {
		policy = budget.Stream(policy)
	}
	ctx, cancel := context.WithDeadline(c.Context, opened(c).Add(c.Duration("budget")))
	defer cancel()
	list, start, err := problemsFor(ctx, c, book)
	if err != nil {
		return nil, nil, err
	}
	out := results{c.App.Writer, c.String("out")}
	if err := errors.Join(out.apart(c.Args().First(), "the file of the problems"), out.apart(c.String("ledger"), "the ledger")); err != nil {
		return nil, nil, err
	}
	if err := out.check(); err != nil {
		return nil, nil, err
	}
	window := budget.Window{Start: start, End: start.Add(c.Duration("budget"))}
	from, err := openSourceBy(c, window.End)
	if err != nil {
		return nil, nil, err
	}
	plan := spendingOf(c, window, list, policy)
	plan.watch = observe(c, list, book, out)
	run, err := spend(c, from, plan)
	return plan.watch, run, err
}

// writeSummary prints how many problems were answered, and rightly, and what it took.
func writeSummary(out io.Writer, graded []problems.Result, run *spent) error {
	answered, referenced, right, late := 0, 0, 0, 0
	for i, r := range run.Results {
		if r.Answer != "" {
			answered++
		}
		if !r.Decided {
			late++
		}
		if correct := graded[i].Correct; correct != nil {
			referenced++
			if *correct {
				right++
			}
		}
	}
	line := fmt.Sprintf("%d of %d problems answered", answered, len(graded))
	if referenced > 0 {
		line += fmt.Sprintf(", %d of %d right (%.1f%%)", right, referenced, 100*float64(right)/float64(referenced))
	}
	if late > 0 {
		line += fmt.Sprintf("; %d undecided when sampling ended", late)
	}
	if run.Interrupted {
		line += "; interrupted"
	}
	say(out, "%s", line)
	if line := verdictLine(graded); line != "" {
		say(out, "%s", line)
	}
	until := "until the last tenth of the window"
	if late == 0 {
		until = "until all were decided"
	}
	say(out, "%d of %d slots in use, %.0f%% of the time %s", run.Slots, run.sampler.Slots(), 100*run.Occupancy, until)
	return writeEffort(out, run)
}

// verdictLine tells how many votes are certified, and how rightly where there are references.
func verdictLine(graded []problems.Result) string {
	var parts []string
	for _, kind := range []string{"certified", string(voting.Leading), string(voting.Split)} {
		n, referenced, right := 0, 0, 0
		for _, r := range graded {
			if !strings.HasPrefix(r.Verdict, kind) {
				continue
			}
			n++
			if r.Correct != nil {
				referenced++
				if *r.Correct {
					right++
				}
			}
		}
		if n == 0 {
			continue
		}
		part := fmt.Sprintf("%d %s", n, kind)
		if referenced > 0 {
			part += fmt.Sprintf(" (%d of %d right)", right, referenced)
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, ", ")
}
