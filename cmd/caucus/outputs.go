package main

import (
	"errors"
	"io"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"caucus/voting/curve"
)

// outputs are the files that a sweep is written to beside standard output.
type outputs []output

// An output is one of them.
type output struct {
	results
	has   func(*swept) bool // false: there is nothing to write
	write func(*swept, io.Writer) error
	drawn bool // it has a picture
}

// outputsOf reads --out and reports what cannot be written of so many players, before anything is computed.
func outputsOf(c *cli.Context, players int) (outputs, error) {
	var all outputs
	for _, path := range c.StringSlice("out") {
		of, err := outputsAt(path)
		if err != nil {
			return nil, err
		}
		all = append(all, of...)
	}
	for _, o := range all {
		if o.drawn && players > curve.MostSeries {
			return nil, usagef("--out %s: a picture shows at most %d policies, and there are %d with their weightings", o.path, curve.MostSeries, players)
		}
		if err := o.apart(c.Args().First(), "the file that is read"); err != nil {
			return nil, err
		}
		if err := o.check(); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// outputsAt are the files of a path: one, but pictures are several, of which the first has the name itself.
func outputsAt(path string) (outputs, error) {
	always := func(*swept) bool { return true }
	switch strings.ToLower(filepath.Ext(path)) {
	case ".csv":
		return outputs{
			{results{path: path}, always, (*swept).writeCSV, false},
			{results{path: beside(path, "-samples")}, (*swept).hasEstimates, (*swept).writeSamplesCSV, false},
		}, nil
	case ".jsonl":
		return outputs{{results{path: path}, always, (*swept).writeJSONLines, false}}, nil
	case ".html":
		return outputs{{results{path: path}, always, (*swept).writeHTML, true}}, nil
	case ".svg":
		return pictures(path, curve.Figure.WriteSVG), nil
	case ".png":
		return pictures(path, curve.Figure.WritePNG), nil
	}
	if path == "-" {
		return nil, usagef("--out -: standard output has the table, or with --json JSON lines; name a file")
	}
	return nil, usagef("--out %s: its ending is not .csv, .jsonl, .svg, .png or .html", path)
}

// beside is the path of a file with something behind its name.
func beside(path, suffix string) string {
	ending := filepath.Ext(path)
	return strings.TrimSuffix(path, ending) + suffix + ending
}

// pictures are the figures at NAME, NAME-gain and NAME-samples, each if there is such a one.
func pictures(path string, write func(curve.Figure, io.Writer) error) outputs {
	var all outputs
	for _, p := range []struct {
		suffix string
		has    func(*swept) bool
		figure func(*swept) curve.Figure
	}{
		{"", func(*swept) bool { return true }, (*swept).timeFigure},
		{"-gain", (*swept).compares, (*swept).gainFigure},
		{"-samples", (*swept).drawsEstimates, (*swept).samplesFigure},
	} {
		all = append(all, output{results{path: beside(path, p.suffix)}, p.has, func(s *swept, w io.Writer) error {
			return write(p.figure(s), w)
		}, true})
	}
	return all
}

// write writes a sweep to standard output and to the files.
func (o outputs) write(c *cli.Context, s swept) error {
	write := s.writeTables
	if c.Bool("json") {
		write = s.writeJSONLines
	}
	errs := []error{write(c.App.Writer)}
	for _, f := range o {
		if f.has(&s) {
			errs = append(errs, f.results.write(func(w io.Writer) error { return f.write(&s, w) }))
		}
	}
	return errors.Join(errs...)
}
