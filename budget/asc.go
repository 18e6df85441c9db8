package budget

// asc is Adaptive-Consistency (arXiv 2305.11860): one problem after the other, each until its stop rule holds.
type asc struct{ StopRule }

// NewASC is the policy for one problem. With more, it serves them in order: what the first does not need, the next gets.
func NewASC(r StopRule) (Policy, error) {
	r, err := r.withDefaults()
	return asc{r}, err
}

func (a asc) Next(standings []Standing) (problem int, ok bool) {
	for i, s := range standings {
		if a.open(s) {
			return i, true
		}
	}
	return 0, false
}
