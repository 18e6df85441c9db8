package main

import (
	"context"
	"time"

	"github.com/urfave/cli/v2"

	"caucus/problems"
)

// problemFlags are the flags of the commands that read a problem file. They need --seed beside them.
func problemFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringSliceFlag{Name: "field", Usage: "take a part from another field, by `PART=NAME`: statement, answer or id; repeat for more"},
		&cli.StringFlag{Name: "filter", Usage: "take the problems for which `EXPR` is true, such as 'level >= 4 && subject == \"Algebra\"'"},
		&cli.IntFlag{Name: "limit", DefaultText: "all", Usage: "take at most `N` problems"},
		&cli.BoolFlag{Name: "shuffle", Usage: "take them in an order that --seed decides"},
		&cli.BoolFlag{Name: "strict", Usage: "refuse a file with bad rows instead of leaving them out"},
	}
}

// problemOptions is what problemFlags say.
func problemOptions(c *cli.Context) (problems.Options, error) {
	o := problems.Options{Limit: c.Int("limit"), Shuffle: c.Bool("shuffle"), Seed: c.Uint64("seed")}
	for _, field := range c.StringSlice("field") {
		if err := o.Fields.Set(field); err != nil {
			return o, usagef("--field: %v", err)
		}
	}
	if c.IsSet("limit") && o.Limit < 1 {
		return o, usagef("--limit %d leaves no problem; give at least 1", o.Limit)
	}
	if expression := c.String("filter"); expression != "" {
		filter, err := problems.ParseFilter(expression)
		if err != nil {
			return o, usagef("--filter: %v", err)
		}
		o.Filter = filter
	}
	if !c.Bool("strict") {
		o.Warn = func(bad error) { say(c.App.ErrWriter, "left out %v", bad) }
	}
	return o, nil
}

// problemsFor are the problems of the file, or, if there is none, of the run that the book holds. Examples are for who wants
// to see what happens, and not for a ledger whose name is mistyped.
func problemsFor(ctx context.Context, c *cli.Context, book *book) (list []problems.Problem, start time.Time, err error) {
	if book == nil || !book.resumes || c.NArg() > 0 {
		if path := c.String("ledger"); path != "" && c.NArg() == 0 {
			return nil, start, usagef("%s holds no run to go on with; give the problems' FILE", path)
		}
		return readProblems(ctx, c)
	}
	return statementsOf(book.problems), opened(c), noChoice(c)
}

// noChoice refuses flags that choose among the problems of a file, where there is none.
func noChoice(c *cli.Context) error {
	for _, f := range problemFlags() {
		if name := f.Names()[0]; c.IsSet(name) {
			return usagef("--%s is for problem files; a ledger has its problems", name)
		}
	}
	return nil
}

// readProblems returns the problems and when their window opens: with the program, or, if they came from standard input,
// when they had been read. Standard input is not bounded by ctx, since there is no window until then.
func readProblems(ctx context.Context, c *cli.Context) (list []problems.Problem, start time.Time, err error) {
	if err := flagsFirst(c); err != nil {
		return nil, start, err
	}
	if c.NArg() > 1 {
		return nil, start, usagef("%s takes one problem file, or - for standard input, got %d arguments", c.Command.Name, c.NArg())
	}
	o, err := problemOptions(c)
	if err != nil {
		return nil, start, err
	}
	if c.NArg() == 0 {
		say(c.App.ErrWriter, "no FILE given, so these are examples")
		list, err = problems.Examples(o)
		return list, opened(c), err
	}
	if path := c.Args().First(); path != "-" {
		list, err = within(ctx, "reading "+path, func() ([]problems.Problem, error) { return problems.ReadFile(path, o) })
		return list, opened(c), err
	}
	list, err = within(c.Context, "reading standard input", func() ([]problems.Problem, error) {
		return problems.Read(c.App.Reader, "standard input", o)
	})
	return list, time.Now(), err
}
