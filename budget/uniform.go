package budget

// uniform gives every problem the same number of samples and stops at nothing but the end.
type uniform struct{ most int }

func (u uniform) Next(v View) (problem int, ok bool) {
	problem, _, ok = v.largest(u.most, func(_ int, s *Standing) float64 { return -float64(s.Started) })
	return problem, ok
}

func (u uniform) Decided(s Standing) bool { return s.Counted >= u.most }
