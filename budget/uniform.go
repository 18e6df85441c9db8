package budget

// uniform gives every problem the same number of samples, until its stop rule holds and others get its share.
type uniform struct{ StopRule }

// NewUniform is the policy for a batch: the next slot goes to the undecided problem with the fewest samples started, of
// equals to the first.
func NewUniform(r StopRule) (Policy, error) {
	r, err := r.withDefaults()
	return uniform{r}, err
}

func (u uniform) Next(standings []Standing) (problem int, ok bool) {
	for i, s := range standings {
		if u.open(s) && (!ok || s.Started < standings[problem].Started) {
			problem, ok = i, true
		}
	}
	return problem, ok
}
