package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"caucus/budget"
	"caucus/problems"
	"caucus/voting"
)

func solveCommand() *cli.Command {
	return &cli.Command{
		Name:      "solve",
		Usage:     "answer one problem",
		ArgsUsage: "[PROBLEM]",
		Description: "The problem is the argument, the content of --file, or standard input, which - stands for, too. The\n" +
			"window opens when the problem is known, and the answer is out when it closes, or before if the votes\n" +
			"are as clear as the policy wants them.\n" +
			"Put -- before a problem that begins with a minus sign.",
		Flags: append(runFlags(),
			&cli.StringFlag{Name: "file", Usage: "read the problem from `FILE`"},
			&cli.BoolFlag{Name: "json", Usage: "print the result as JSON"},
			&cli.BoolFlag{Name: "show-samples", Usage: "print what every sample wrote"},
		),
		Action: runSolve,
	}
}

func runSolve(c *cli.Context) error {
	if err := checkRunFlags(c); err != nil {
		return err
	}
	policy, err := policyOf(c)
	if err != nil {
		return err
	}
	text, start, err := readProblem(c)
	if err != nil {
		return err
	}
	window := budget.Window{Start: start, End: start.Add(c.Duration("budget"))}
	from, err := openSourceBy(c, window.End)
	if err != nil {
		return err
	}
	problem := problems.Problem{ID: "1", Text: text}
	run, err := spend(c, from, spendingOf(c, window, []problems.Problem{problem}, policy))
	if run == nil {
		return err
	}
	defer run.sampler.Close()
	defer keepProfile(c, run.source, run.Profile) // when the answer is out
	if err == nil || run.Results[0].Answer != "" {
		write := writeSolved
		if c.Bool("json") {
			write = writeSolvedJSON
		}
		if werr := write(c, problem, run); werr != nil {
			return werr
		}
	}
	if err == nil && run.Results[0].Answer == "" {
		return noAnswer(c, run)
	}
	return err
}

// noAnswer says why there is none, and what may help.
func noAnswer(c *cli.Context, run *spent) error {
	n, all := make(map[budget.Status]int), 0
	late := false
	for _, r := range run.Results {
		late = late || !r.Decided
		for _, s := range r.Samples {
			n[s.Status]++
			all++
		}
	}
	because := func(format string, args ...any) error { return cli.Exit(fmt.Sprintf(format, args...), exitNoAnswer) }
	switch {
	case run.Interrupted:
		return because("interrupted before any sample gave an answer")
	case all > 0 && n[budget.Truncated] == all:
		return because("no sample gave an answer: all %d reached the limit of %d tokens; a larger --max-tokens may help", all,
			maxTokens(c, run.source))
	case all > 0 && !late:
		return because("no sample gave an answer, though all %d ran to their end; more --samples may help", all)
	}
	return because("no sample gave an answer within the window; a longer --budget may help")
}

// readProblem returns the problem and when its window opens: with the program, or, if it came from standard input, when
// it had been read.
func readProblem(c *cli.Context) (text string, start time.Time, err error) {
	start = opened(c)
	if err := flagsFirst(c); err != nil {
		return "", start, err
	}
	switch path, argument := c.String("file"), c.Args().First(); {
	case c.NArg() > 1:
		return "", start, usagef("solve takes one problem, got %d arguments; put it in quotes", c.NArg())
	case c.NArg() == 1 && path != "":
		return "", start, usagef("solve takes a problem or --file, not both")
	case c.NArg() == 1 && argument != "-":
		text = argument
	case path != "" && path != "-":
		text, err = within(c.Context, "reading "+path, func() (string, error) { return readFile(path) })
		if err != nil {
			return "", start, fmt.Errorf("read the problem: %w", err)
		}
	default:
		if f, ok := c.App.Reader.(*os.File); ok && path+argument == "" && term.IsTerminal(int(f.Fd())) {
			return "", start, usagef("solve needs a problem: caucus solve \"What is 3*(17 - 5)/4?\"")
		}
		text, err = within(c.Context, "reading standard input", func() (string, error) { return readText(c.App.Reader) })
		if err != nil {
			return "", start, fmt.Errorf("read the problem from standard input: %w", err)
		}
		start = time.Now()
	}
	if len(text) > problems.MaxText { // its length is unknown: no more was read
		return "", start, usagef("the problem has more than %d bytes; shorten it", problems.MaxText)
	}
	if err := problems.Check(text); err != nil {
		return "", start, usagef("the problem: %v", err)
	}
	return text, start, nil
}

func readFile(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = file.Close() }() // nothing was written: closing cannot lose data
	return readText(file)
}

// readText reads a statement and, of one that is too long, just enough to say so.
func readText(r io.Reader) (string, error) {
	data, err := io.ReadAll(io.LimitReader(r, problems.MaxText+1))
	return string(data), err
}

// writeSolved prints the votes and what they took.
func writeSolved(c *cli.Context, _ problems.Problem, run *spent) error {
	r, out := run.Results[0], c.App.Writer
	if r.Answer != "" {
		verdict, err := r.Verdict(c.Float64("delta"))
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(out, "answer: %s\n%s\n\n", r.Answer, inWords(verdict)); err != nil {
			return fmt.Errorf("write the answer: %w", err)
		}
		if err := writeVotes(out, votesOf(r), r.Votes); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(out); err != nil {
			return fmt.Errorf("write the answer: %w", err)
		}
	}
	if err := writeEffort(out, run); err != nil {
		return err
	}
	for _, w := range r.Warnings {
		say(c.App.ErrWriter, "note: %s", w)
	}
	if c.Bool("show-samples") {
		return writeSamples(out, run)
	}
	return nil
}

// inWords says a verdict so that nobody takes it for more than it is.
func inWords(v voting.Verdict) string {
	switch v {
	case voting.Leading:
		return "the vote: leading, not certain"
	case voting.Split:
		return "the vote: split"
	}
	return fmt.Sprintf("the vote: %s; it is what the model says most often, which need not be right", v)
}

// writeEffort prints how the samples ended, and the time and tokens of the whole run.
func writeEffort(out io.Writer, run *spent) error {
	var columns []column
	var row []string
	for _, status := range statuses {
		n := 0
		for _, r := range run.Results {
			n += r.Count(status)
		}
		columns, row = append(columns, column{string(status), right}), append(row, strconv.Itoa(n))
	}
	columns = append(columns, column{"seconds", right}, column{"tokens", spare}, column{"tokens/s", spare})
	row = append(row, fmt.Sprintf("%.2f", run.Seconds), strconv.Itoa(run.drawn),
		fmt.Sprintf("%.0f", float64(run.drawn)/run.Seconds))
	return table(out, columns, [][]string{row})
}

// writeSamples prints every sample's text under a line that says what became of it.
func writeSamples(out io.Writer, run *spent) error {
	for i, s := range run.Results[0].Samples {
		text := run.sampler.Text(budget.ID{Index: i})
		_, err := fmt.Fprintf(out, "\n--- sample %d: %s, %d tokens, answer %q\n%s\n", i, s.Status, s.Tokens, s.Answer, text)
		if err != nil {
			return fmt.Errorf("write sample %d: %w", i, err)
		}
	}
	return nil
}

// solved is solve's JSON: a line of a result file, and what else is known of a single problem.
type solved struct {
	problems.Result
	Confidence float64          `json:"confidence"` // that the leader would stay ahead of the runner-up, by their votes
	Decided    bool             `json:"decided"`    // before the window closed
	Warnings   []budget.Warning `json:"warnings"`
	Model      string           `json:"model"`
	Seed       uint64           `json:"seed"`
	Budget     float64          `json:"budget_seconds"`
	Step       float64          `json:"step_seconds"` // estimate at the end
	Drawn      int              `json:"drawn"`        // tokens of all samples, those of cancelled ones too
	Texts      []sampleText     `json:"texts,omitempty"`
}

// sampleText is one sample in solve's JSON.
type sampleText struct {
	Status  budget.Status `json:"status"`
	Answer  string        `json:"answer"`
	Tokens  int           `json:"tokens"`
	LogProb float64       `json:"mean_log_prob"`
	Entropy float64       `json:"mean_entropy"`
	Text    string        `json:"text"`
}

func writeSolvedJSON(c *cli.Context, p problems.Problem, run *spent) error {
	r := run.Results[0]
	s := solved{
		Result: resultOf(c, p, r), Confidence: r.Confidence, Decided: r.Decided, Warnings: r.Warnings,
		Model: run.source.about().name, Seed: c.Uint64("seed"), Budget: c.Duration("budget").Seconds(),
		Step: run.Step.Seconds(), Drawn: run.drawn,
	}
	if s.Warnings == nil {
		s.Warnings = []budget.Warning{} // an array, as in every other case
	}
	if c.Bool("show-samples") {
		for i, o := range r.Samples {
			text := run.sampler.Text(budget.ID{Index: i})
			s.Texts = append(s.Texts, sampleText{o.Status, o.Answer, o.Tokens, o.LogProb, o.Entropy, text})
		}
	}
	encoder := json.NewEncoder(c.App.Writer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(s); err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	return nil
}
