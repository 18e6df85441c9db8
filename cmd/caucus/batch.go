package main

import (
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
			"that ends in .parquet; a summary goes to standard error. docs/formats.md tells more.",
		Flags: append(append(runFlags(), problemFlags()...),
			&cli.StringFlag{Name: "out", Usage: "write the results to `FILE`"},
			&cli.BoolFlag{Name: "stream", Usage: "take the problems one at a time, and write each result before the next is looked at"},
			&cli.StringFlag{Name: "record", Usage: "write every sample to `FILE`, for caucus simulate"},
		),
		Action: runBatch,
	}
}

func runBatch(c *cli.Context) error {
	if err := checkRunFlags(c); err != nil {
		return err
	}
	policy, err := policyOf(c)
	if err != nil {
		return err
	}
	if c.Bool("stream") {
		policy = budget.Stream(policy)
	}
	list, start, err := readProblems(c)
	if err != nil {
		return err
	}
	out := results{c.App.Writer, c.String("out")}
	if err := out.check(); err != nil {
		return err
	}
	window := budget.Window{Start: start, End: start.Add(c.Duration("budget"))}
	m, err := openModelBy(c, window.End)
	if err != nil {
		return err
	}
	watch, err := observe(c, list, out)
	if err != nil {
		return err
	}
	run, err := spend(c, m, window, list, policy, watch)
	if run == nil {
		return errors.Join(err, watch.cancel())
	}
	defer run.sampler.close()
	defer keepProfile(c, m, run.Profile)
	graded := make([]problems.Result, len(list))
	for i, r := range run.Results {
		graded[i] = resultOf(c, list[i], r)
	}
	if !watch.streams() {
		err = errors.Join(err, out.write(func(w io.Writer) error { return out.encode(w, graded) }))
	}
	err = errors.Join(err, watch.close())
	if werr := writeSummary(c.App.ErrWriter, graded, run); err != nil || werr != nil {
		return errors.Join(err, werr)
	}
	if !slices.ContainsFunc(run.Results, func(r budget.Result) bool { return r.Answer != "" }) {
		return noAnswer(run)
	}
	return nil
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
	say(out, "%d of %d slots in use, %.0f%% of the time until the last tenth of the window", run.Slots, run.sampler.Slots(),
		100*run.Occupancy)
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
