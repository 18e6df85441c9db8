package voting

import (
	"fmt"
	"math"
	"slices"

	"caucus/answer"
)

// LogEValue is the natural logarithm of E(a, b) = 2^{a+b+1} * Int_{1/2}^1 x^a (1-x)^b dx, what a bet on answer A against
// answer B has made of a stake of 1 after a votes for A and b for B. A vote for A multiplies it by 2x and one for B by
// 2(1-x), averaged over all x above 1/2. If A is no more probable than B, no vote makes it grow on average, so it ever
// reaches 1/alpha with a probability of at most alpha (Ville's inequality).
//
// It is LeadProbability(a, b) times 2^{a+b+1} B(a+1, b+1). Negative counts are taken as 0. It takes up to a steps, few
// beyond sqrt(a+b) if A does not lead, and is exact to a part in 10^9 for a million votes.
func LogEValue(a, b int) float64 {
	a, b = max(a, 0), max(b, 0)
	return logTail(a, b) - math.Log(float64(b+1)) // E(a, b) = a! b!/n! * (C(n, 0) + ... + C(n, a)), n = a+b+1
}

// A Certificate says that an answer is the mode, and for one problem is wrong about it with a probability of at most
// delta, whenever it is looked at and however that moment was chosen. It needs to know neither how many answers there
// are nor which.
//
// Let an answer be the r-th to appear. From its first vote on, which does not count, it bets against every other answer,
// those that nobody has given yet among them, as in LogEValue. It is certified once all these bets stand at
// r(r+1)/delta or more. If another answer is as probable or more, then the bet against that one gets so far with a
// probability of at most delta/(r(r+1)), and the sum of these over all r is delta. The bounds are the one-sided mixtures
// of Robbins (Ann. Math. Stat. 41, 1970), the pairs and counting from the first appearance follow plurality e-processes
// (PPR-1v1, arXiv 2109.05047, and CITE, arXiv 2605.05873).
//
// What is certified stays certified. Ville's inequality bounds the probability that a bet ever gets so far, not that it
// stands there at the end, so with probability 1-delta every certificate that any moment would have given is true. A later
// fall of the bet is no reason to take it back. Two answers cannot both be the more probable one: if a second would be
// certified as well, one of the two is false, which is within delta, and nothing says which. The first stands, so that what
// was printed stays printed, and later votes are not looked at.
//
// It speaks of the model's mode, the most probable answer of a sample that answers, and never of correctness: a model
// that is mistaken is certified to be mistaken as fast. On a tie nothing is certified (but for delta).
//
// It needs votes that are independent and alike. So they are added in launch order, up to the first sample that is still
// running: short samples end first, and what has arrived so far is a sample of the short ones. Samples that a deadline cut
// off are no abstentions in this sense either, since they are the long ones: stop before the first of them. A key must
// mean the same throughout. Where a new answer changes the classes of others, add all votes to a new certificate: delta is
// for one way to put the answers into classes.
type Certificate struct {
	delta   float64
	places  map[answer.Key]int // in answers
	answers []candidate        // by first appearance
	votes   int
	mode    answer.Key // the certified answer, if there is one
}

// A candidate is an answer that may become certified.
type candidate struct {
	at   []int // numbers of its votes among all; the first does not count for it
	next int   // counted votes that it needs at least
}

// NewCertificate is a certificate without votes that errs with a probability of at most delta, above 0 and below 1.
func NewCertificate(delta float64) (*Certificate, error) {
	if !(delta > 0 && delta < 1) {
		return nil, fmt.Errorf("certificate with an error probability of %v: want one above 0 and below 1", delta)
	}
	return &Certificate{delta: delta, places: map[answer.Key]int{}}, nil
}

// Delta is the probability of an error that the certificate allows for.
func (c *Certificate) Delta() float64 { return c.delta }

// Mode is the certified answer, if there is one.
func (c *Certificate) Mode() (answer.Key, bool) { return c.mode, c.mode != "" }

// Add counts the vote of the next sample in launch order. The empty key abstains, which changes nothing.
func (c *Certificate) Add(key answer.Key) {
	if key == "" || c.mode != "" {
		return
	}
	c.votes++
	place, known := c.places[key]
	if !known {
		place = len(c.answers)
		c.places[key] = place
		c.answers = append(c.answers, candidate{})
	}
	k := &c.answers[place]
	k.at = append(k.at, c.votes)
	counted := len(k.at) - 1
	if counted < k.next {
		return
	}
	missing := c.missing(place)
	if missing <= 0 {
		c.mode = key
		return
	}
	k.next = counted + int(math.Ceil(missing/math.Ln2)) // a vote makes a bet twice as large at most
}

// missing is the logarithm of what the worst bet of an answer would have to be multiplied by for a certificate. That is the
// bet against the rival with the most votes; only the answer that got the last vote can have come nearer to one.
func (c *Certificate) missing(place int) float64 {
	k := &c.answers[place]
	most := 0 // as an answer has that nobody has given yet
	for j := range c.answers {
		if j != place {
			most = max(most, c.answers[j].votesAfter(k.at[0]))
		}
	}
	r := float64(place + 1)
	return math.Log(r*(r+1)) - math.Log(c.delta) - LogEValue(len(k.at)-1, most)
}

// votesAfter is how many votes it got after the one with this number.
func (k *candidate) votesAfter(number int) int {
	if k.at[0] > number {
		return len(k.at)
	}
	i, _ := slices.BinarySearch(k.at, number)
	return len(k.at) - i // number itself is another answer's vote
}
