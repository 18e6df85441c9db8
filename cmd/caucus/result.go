package main

import (
	"github.com/urfave/cli/v2"

	"caucus/answer"
	"caucus/budget"
	"caucus/problems"
)

// resultOf is what a run found out about a problem, for a result file.
func resultOf(c *cli.Context, p problems.Problem, r budget.Result) problems.Result {
	verdict, _ := r.Verdict(c.Float64("delta")) // which the flags' check has found right
	result := problems.Result{
		ID: p.ID, Problem: p.Text, Answer: r.Answer, Reference: p.Answer, Verdict: string(verdict), Votes: votesOf(r),
		Samples: countsOf(r), Seconds: r.Seconds, Tokens: r.Tokens,
	}
	if p.Answer != "" {
		correct := isRight(p.Answer, r.Answer)
		result.Correct = &correct
	}
	return result
}

// isRight judges an answer by its reference. None is never right.
func isRight(reference, given string) bool {
	return given != "" && answer.Equal(answer.Bare(reference), answer.Bare(given))
}

// votesOf lists the answers, each in the words of the sample that gave it first.
func votesOf(r budget.Result) problems.Votes {
	votes := make(problems.Votes, len(r.Counts))
	for i, count := range r.Counts {
		votes[i] = problems.Vote{Answer: count.Text, Count: count.Votes}
	}
	return votes
}

// statuses are the ways in which a sample can end, as reports list them.
var statuses = []budget.Status{budget.Finished, budget.Landed, budget.Truncated, budget.Cancelled, budget.Failed}

// countsOf is the number of samples by status, those with none left out.
func countsOf(r budget.Result) map[string]int {
	counts := make(map[string]int)
	for _, status := range statuses {
		if n := r.Count(status); n > 0 {
			counts[string(status)] = n
		}
	}
	return counts
}
