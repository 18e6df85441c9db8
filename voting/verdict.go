package voting

import "fmt"

// A Verdict says in words what the count of a problem's votes is worth. One that is certified names its delta: "certified
// mode (delta 0.05)".
type Verdict string

// The verdicts without a certificate.
const (
	NoVerdict Verdict = ""        // nobody has voted
	Leading   Verdict = "leading" // the leader is three times as likely as not to be more probable than the runner-up
	Split     Verdict = "split"   // it is not
)

// leading is the LeadProbability of three to one. A single vote reaches it, up to rounding.
const leading = 0.75 - 1e-9

// Verdict judges a tally with this leader, whose best rival has so many votes (Tally.Leader and Tally.TopTwo). The mode is
// certified only if it is the leader: with weights, or with votes that the certificate has not seen, it may not be.
func (c *Certificate) Verdict(leader Count, runnerUp int) Verdict {
	mode, certified := c.Mode()
	switch {
	case leader.Votes == 0:
		return NoVerdict
	case certified && mode == leader.Key:
		return Verdict(fmt.Sprintf("certified mode (delta %v)", c.delta))
	case LeadProbability(leader.Votes, runnerUp) >= leading:
		return Leading
	}
	return Split
}
