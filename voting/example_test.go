package voting_test

import (
	"fmt"

	"caucus/answer"
	"caucus/voting"
)

func Example() {
	var t voting.Tally
	for i, key := range []answer.Key{"1/2", "", "1/3", "1/2", "1/2", "1/2"} {
		t.Add(voting.Vote{Sample: i, Key: key, Weight: 1})
	}
	leader, _ := t.Leader()
	fmt.Printf("%s with %d of %d votes, %d abstained, lead %.2f\n",
		leader.Key, leader.Votes, t.Votes(), t.Abstentions(), voting.LeadProbability(4, 1))
	// Output: 1/2 with 4 of 5 votes, 1 abstained, lead 0.89
}
