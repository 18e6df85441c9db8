package budget

// esc is Early-Stopping Self-Consistency (arXiv 2401.10480): one problem after the other, in windows of so many samples,
// each until the answers of one window are all the same.
type esc struct {
	inOrder
	window int
}

func (e esc) Next(v View) (problem int, ok bool) {
	for i := range v.Problems {
		s := &v.Problems[i]
		windows := s.Counted/e.window + 1 // a further one may not be needed
		if s.open(min(windows*e.window, e.most)) {
			return i, true
		}
	}
	return 0, false
}

func (e esc) Decided(s Standing) bool {
	return s.Counted%e.window == 0 && s.Streak >= e.window || e.inOrder.Decided(s)
}
