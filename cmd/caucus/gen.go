package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/urfave/cli/v2"

	"caucus/problems/gen"
)

// generated is one line of gen's output: a problem as batch reads it, with its worked solution.
type generated struct {
	ID string `json:"id"`
	gen.Item
}

func genCommand() *cli.Command {
	return &cli.Command{
		Name:  "gen",
		Usage: "make problems with worked solutions, as JSON lines",
		Flags: []cli.Flag{
			&cli.IntFlag{Name: "count", Value: 10, Usage: "make `N` problems; 0 goes on without end"},
			&cli.Uint64Flag{Name: "seed", Value: 1, Usage: "`S` decides the problems"},
			&cli.Float64Flag{Name: "level", Value: -1, DefaultText: "mixed", Usage: "make them as hard as `L`, from 0 to 1"},
			&cli.StringSliceFlag{Name: "family", Usage: "make problems of family `NAME` alone; repeat for more"},
			&cli.BoolFlag{Name: "list", Usage: "list the families and stop"},
		},
		Action: runGen,
	}
}

func runGen(c *cli.Context) error {
	if err := noArguments(c); err != nil {
		return err
	}
	if c.Bool("list") {
		for _, f := range gen.Families() {
			if _, err := fmt.Fprintln(c.App.Writer, f.Name); err != nil {
				return fmt.Errorf("list families: %w", err)
			}
		}
		return nil
	}
	families, err := familiesNamed(c.StringSlice("family"))
	if err != nil {
		return err
	}
	level, count := c.Float64("level"), c.Int("count")
	switch {
	case c.IsSet("level") && !(level >= 0 && level <= 1):
		return usagef("--level %v is not between 0 and 1", level)
	case count < 0:
		return usagef("--count %d is negative; 0 goes on without end", count)
	}
	return writeItems(c, families, level, count)
}

func writeItems(c *cli.Context, families []gen.Family, level float64, count int) error {
	out := bufio.NewWriter(c.App.Writer)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	made := 0
	for item := range gen.Stream(families, c.Uint64("seed"), level) {
		made++
		if err := encoder.Encode(generated{ID: strconv.Itoa(made), Item: item}); err != nil {
			return fmt.Errorf("write problem %d: %w", made, err)
		}
		if made == count || c.Err() != nil {
			break
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write problems: %w", err)
	}
	return nil
}

// familiesNamed returns the families with the given names, all of them when there is none.
func familiesNamed(names []string) ([]gen.Family, error) {
	all := gen.Families()
	if len(names) == 0 {
		return all, nil
	}
	var chosen []gen.Family
	for _, name := range names {
		i := slices.IndexFunc(all, func(f gen.Family) bool { return f.Name == name })
		if i < 0 {
			return nil, usagef("no family %q; see caucus gen --list", name)
		}
		chosen = append(chosen, all[i])
	}
	return chosen, nil
}
