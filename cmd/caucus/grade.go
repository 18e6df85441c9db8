package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"time"

	"github.com/sourcegraph/conc/stream"
	"github.com/urfave/cli/v2"
)

func gradeCommand() *cli.Command {
	return &cli.Command{
		Name:      "grade",
		Usage:     "tell which answers of a file are equal to their references",
		ArgsUsage: "FILE",
		Description: "FILE has one JSON object a line, - is standard input:\n" +
			"   {\"gold\": \"1/2\", \"pred\": \"so it is \\\\boxed{0.5}\", \"equal\": true}\n" +
			"pred is a text that states its answer, or, where \"mode\" is \"bare\", the answer itself; gold is the\n" +
			"answer, or, where \"gold_mode\" is \"text\", a text that states it. equal is optional: what a person says\n" +
			"of the two. Each row is written with its fields and, in place of any so named, equal (a label is now in\n" +
			"label, and what was there in own_label), extracted (the answer found in pred), key (the class that it\n" +
			"votes for) and reason. A summary goes to standard error.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "out", Usage: "write the rows to `FILE`"},
			&cli.BoolFlag{Name: "failures", Usage: "write only the rows whose verdict is not that of their label"},
		},
		Action: runGrade,
	}
}

func runGrade(c *cli.Context) error {
	if err := flagsFirst(c); err != nil {
		return err
	}
	if c.NArg() != 1 {
		return usagef("grade takes one file of rows, or - for standard input, got %s", counted(c.NArg(), "argument"))
	}
	in, name, err := openRows(c)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }() // nothing was written: closing cannot lose data
	out := results{c.App.Writer, c.String("out")}
	if err := out.apart(c.Args().First(), "the file of the rows"); err != nil {
		return err
	}
	if err := out.check(); err != nil {
		return err
	}
	g := &grading{name: name, failures: c.Bool("failures"), report: c.App.ErrWriter, begun: time.Now()}
	err = out.write(func(w io.Writer) error { return g.run(c, newRowReader(in), w) })
	if g.score.rows+g.bad > 0 {
		err = errors.Join(g.score.write(c.App.ErrWriter, time.Since(g.begun), g.failures), err)
	}
	return errors.Join(err, g.complaint(err == nil))
}

// openRows opens the file of the argument. It is named as messages name it.
func openRows(c *cli.Context) (in io.ReadCloser, name string, err error) {
	name = c.Args().First()
	if name == "-" {
		return io.NopCloser(c.App.Reader), "standard input", nil
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, name, fmt.Errorf("read rows: %w", err)
	}
	return file, name, nil
}

// grading is a file's way from rows to verdicts. Batches are graded side by side and written in their order; only the
// goroutine that writes touches score and bad.
type grading struct {
	name     string
	failures bool
	report   io.Writer
	begun    time.Time
	score    score
	bad      int // rows that could not be graded
}

// run grades what in holds, batch after batch, until it ends, the user interrupts, or the verdicts cannot be written.
func (g *grading) run(c *cli.Context, in *rowReader, out io.Writer) error {
	broken := make(chan error, 1) // the first failure to write
	s := stream.New().WithMaxGoroutines(runtime.GOMAXPROCS(0))
	for {
		batch, err := within(c.Context, "reading "+g.name, in.batch)
		if len(batch) > 0 {
			s.Go(func() stream.Callback {
				graded := gradeBatch(batch)
				return func() { g.write(out, graded, broken) }
			})
		}
		if err == nil && len(broken) == 0 {
			continue
		}
		s.Wait()
		if errors.Is(err, io.EOF) {
			err = nil
		}
		select {
		case failure := <-broken:
			return failure
		default:
			return err
		}
	}
}

// gradeBatch gives the verdict on each of the rows.
func gradeBatch(batch []inputRow) []verdict {
	graded := make([]verdict, len(batch))
	for i, in := range batch {
		graded[i].line = in.line
		r, err := parseRow(in)
		if err == nil {
			err = graded[i].judge(r)
		}
		graded[i].err = err
	}
	return graded
}

// write writes a batch in one piece and enters it in the score. Once that has failed it does nothing.
func (g *grading) write(out io.Writer, graded []verdict, broken chan<- error) {
	if len(broken) > 0 {
		return
	}
	var text bytes.Buffer
	for i := range graded {
		v := &graded[i]
		if v.err != nil {
			g.reject(v)
			continue
		}
		g.score.add(v)
		if !g.failures || v.label != nil && *v.label != v.equal {
			text.Write(v.text)
		}
	}
	if text.Len() == 0 {
		return
	}
	if _, err := out.Write(text.Bytes()); err != nil {
		broken <- fmt.Errorf("write graded rows: %w", err)
	}
}

// maxListed is how many bad rows are named.
const maxListed = 10

func (g *grading) reject(v *verdict) {
	if g.bad++; g.bad <= maxListed {
		say(g.report, "%s:%d: %v", g.name, v.line, v.err)
	}
}

// complaint is what is wrong with the file as a whole, of which everything was read or not.
func (g *grading) complaint(whole bool) error {
	switch {
	case g.bad > maxListed:
		return fmt.Errorf("%s: %d rows were not graded, of which the first %d are named; mend them and grade it again",
			g.name, g.bad, maxListed)
	case g.bad > 1:
		return fmt.Errorf("%s: %d rows were not graded; mend them and grade it again", g.name, g.bad)
	case g.bad == 1:
		return fmt.Errorf("%s: 1 row was not graded; mend it and grade it again", g.name)
	case g.score.rows == 0 && whole:
		return fmt.Errorf("%s: no rows: write one object a line, such as %s", g.name, exampleRow)
	}
	return nil
}
