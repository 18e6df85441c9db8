package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/clipperhouse/displaywidth"

	"caucus/problems"
)

// A table of votes has so many answers, of so many characters: who wants more than those has --json.
const (
	mostAnswers = 10
	mostAnswer  = 40
)

// writeVotes prints the answers with the most votes, of so many in all.
func writeVotes(out io.Writer, votes problems.Votes, all int) error {
	var rows [][]string
	rest := all
	for _, vote := range votes[:min(len(votes), mostAnswers)] {
		answer := displaywidth.TruncateString(strings.Join(strings.Fields(vote.Answer), " "), mostAnswer, "…")
		rows = append(rows, []string{answer, strconv.Itoa(vote.Count), fmt.Sprintf("%.0f%%", 100*float64(vote.Count)/float64(all))})
		rest -= vote.Count
	}
	if err := table(out, []column{{"answer", left}, {"votes", right}, {"share", right}}, rows); err != nil {
		return err
	}
	if more := len(votes) - len(rows); more > 0 {
		if _, err := fmt.Fprintf(out, " other answers: %d, with %d of %d votes\n", more, rest, all); err != nil {
			return fmt.Errorf("write the votes: %w", err)
		}
	}
	return nil
}
