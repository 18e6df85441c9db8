package budget

import "time"

// recallPart is the part of the time for sampling that counting recalled samples one by one may take.
const recallPart = 0.25

// recallAll counts what an earlier run left, as far as it goes without a gap: one by one, so that a problem is decided where
// it was decided then, or at once if there are so many that this would take the window.
func (r *run) recallAll() {
	if len(r.options.Earlier) == 0 {
		return
	}
	hurry := r.begin.Add(time.Duration(recallPart * float64(r.landingTime().Sub(r.begin))))
	for i, b := range r.ballots {
		for !b.decided && r.recall(b) {
			if r.driver.now().Before(hurry) {
				b.count(r.policy)
			}
		}
		if len(b.samples) == 0 {
			continue
		}
		r.show(i + 1)
		b.countAtOnce(r.policy)
		r.conclude(b)
	}
}

// recall takes the next sample of a problem from an earlier run, if that has it.
func (r *run) recall(b *ballot) bool {
	e, ok := r.options.Earlier[ID{b.problem, len(b.samples)}]
	if !ok {
		return false
	}
	o := outcome(e)
	r.pace.learn(&b.effort, o)
	b.recall(o)
	return true
}
