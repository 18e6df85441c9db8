package budget

// uniform gives every problem the same number of samples and stops at nothing but the end.
type uniform struct{ most int }

func (u uniform) Next(v View) (problem int, ok bool) {
	for i, s := range v.Problems {
		if !s.Closed && s.Started < u.most && (!ok || s.Started < v.Problems[problem].Started) {
			problem, ok = i, true
		}
	}
	return problem, ok
}

func (u uniform) Decided(s Standing) bool { return s.Counted >= u.most }
