package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"caucus/voting"
)

func compareCommand() *cli.Command {
	return &cli.Command{
		Name:      "compare",
		Usage:     "tell which of two recorded runs is better, and whether that is more than chance",
		ArgsUsage: "LEDGER LEDGER",
		Description: "The runs may differ in policy, model, window or engine. Problems are matched by id and must have the same\n" +
			"text; those without a reference answer are left out. Differences are the second run less the first, problem by\n" +
			"problem, with an interval of 95%. Whether more than chance is in it is told by an exact sign test on the problems\n" +
			"that only one has right. Of runs with the policy uniform, single samples (pass@1) and majorities of k (maj@k)\n" +
			"are compared as well.",
		Flags: []cli.Flag{
			&cli.Uint64Flag{Name: "seed", Value: 1, Usage: "`S` decides the resampling of the intervals"},
			&cli.BoolFlag{Name: "json", Usage: "write JSON instead of a table"},
		},
		Action: runCompare,
	}
}

func runCompare(c *cli.Context) error {
	if err := flagsFirst(c); err != nil {
		return err
	}
	if c.NArg() != 2 {
		return usagef("compare takes two ledgers, got %s", counted(c.NArg(), "argument"))
	}
	a, err := readCompared(c.Args().Get(0))
	if err != nil {
		return err
	}
	b, err := readCompared(c.Args().Get(1))
	if err != nil {
		return err
	}
	pairs, err := pair(c, a, b)
	if err != nil {
		return err
	}
	result, err := compareRuns(pairs, a.uniform && b.uniform, c.Uint64("seed"))
	if err != nil {
		return err
	}
	result.A, result.B = a.path, b.path
	if c.Bool("json") {
		if err := json.NewEncoder(c.App.Writer).Encode(result); err != nil {
			return fmt.Errorf("write the comparison: %w", err)
		}
		return nil
	}
	return result.write(c)
}

// write writes the verdict and a table.
func (x *comparison) write(c *cli.Context) error {
	_, err := fmt.Fprintf(c.App.Writer, "%s\n%d problems: %d only the first run has right, %d only the second\n\n",
		x.Verdict, x.Problems, x.OnlyA, x.OnlyB)
	if err != nil {
		return fmt.Errorf("write the comparison: %w", err)
	}
	var rows [][]string
	for _, m := range x.Measures {
		rows = append(rows, []string{
			m.Name, percent(m.A), percent(m.B), fmt.Sprintf("%+.1f", 100*m.Gain), span(voting.Interval{Low: m.Low, High: m.High}, "%+.1f"),
		})
	}
	return table(c.App.Writer, []column{{"", left}, {filepath.Base(x.A), right}, {filepath.Base(x.B), right}, {"difference", right},
		{"95%", right}}, rows)
}
