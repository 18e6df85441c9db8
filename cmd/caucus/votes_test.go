package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"caucus/problems"
)

func TestAVoteTableIsShortAndNarrow(t *testing.T) {
	votes := problems.Votes{{Answer: strings.Repeat("x + ", 70) + "1", Count: 9}, {Answer: "\\begin{cases}\n 1 \n\\end{cases}", Count: 2}, {Answer: strings.Repeat("数", 40), Count: 2}}
	all := 13
	for i := range 30 {
		var out bytes.Buffer
		if err := writeVotes(&out, votes, all); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
		if i <= 7 && len(lines) != 2+len(votes) || i > 7 && len(lines) != 2+10+1 {
			t.Fatalf("%d answers have %d lines:\n%s", len(votes), len(lines), out.String())
		}
		if widthOf(out.String()) > 60 || !strings.HasPrefix(lines[2], " x + x") || !strings.Contains(lines[2], "… ") {
			t.Fatalf("the table is\n%s", out.String())
		}
		if i == 29 && lines[12] != " other answers: 22, with 22 of 42 votes" {
			t.Errorf("the last line is %q", lines[12])
		}
		votes, all = append(votes, problems.Vote{Answer: fmt.Sprint(i), Count: 1}), all+1
	}
}
