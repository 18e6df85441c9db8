package voting_test

import (
	"fmt"

	"caucus/answer"
	"caucus/voting"
)

func Example() {
	var t voting.Tally
	c, err := voting.NewCertificate(0.05)
	if err != nil {
		panic(err)
	}
	for i, key := range []answer.Key{"1/2", "", "1/3", "1/2", "1/2", "1/2"} {
		t.Add(voting.Vote{Sample: i, Key: key, Weight: 1})
		c.Add(key)
	}
	leader, _ := t.Leader()
	votes, runnerUp := t.TopTwo()
	fmt.Printf("%s with %d of %d votes, %d abstained, lead %.2f: %s\n",
		leader.Key, votes, t.Votes(), t.Abstentions(), voting.LeadProbability(votes, runnerUp), c.Verdict(leader, runnerUp))

	for range 8 {
		c.Add("1/2")
	}
	fmt.Println(c.Verdict(leader, runnerUp))
	// Output:
	// 1/2 with 4 of 5 votes, 1 abstained, lead 0.89: leading
	// certified mode (delta 0.05)
}
