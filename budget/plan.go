package budget

import "time"

// look brings the view up to date.
func (r *run) look(now time.Time) {
	r.view.Elapsed, r.view.Left, r.view.Sample = now.Sub(r.begin), r.window.End.Sub(now), r.pace.sample(r.width)
	landing := r.landingTime()
	left, step := landing.Sub(now), r.pace.steps(now)
	hurry := left < landing.Sub(r.begin)/2 // the first half is never late, however short the window
	tokens := left.Seconds() / r.pace.at(r.width).Seconds()
	mean := r.pace.mean(step)
	r.fresh = Standing{Tokens: mean, Closed: hurry && tokens < firstTokens}
	for i, b := range r.shown() {
		s := &r.view.Problems[i]
		s.Tokens = b.effort.expected(step, mean)
		s.Settled = b.settled
		least := float64(firstTokens)
		if s.Started > 0 {
			least = r.pace.worthwhile(s.Tokens, mean)
		}
		s.Closed = b.decided || b.expired || hurry && tokens < least
	}
}

// show extends the view as far as to this problem.
func (r *run) show(problem int) {
	for n := len(r.view.Problems); n <= problem && n < len(r.standings); n++ {
		if len(r.ballots[n].samples) == 0 {
			r.standings[n] = r.fresh
		}
		r.view.Problems = r.standings[:n+1]
	}
}

// shown are the problems of the view: no other has a sample.
func (r *run) shown() []*ballot { return r.ballots[:len(r.view.Problems)] }

// setWidth chooses how many slots to use, anew when more is known or the samples have another time.
func (r *run) setWidth(now time.Time) {
	sampling := r.sampling()
	switch change := float64(sampling) / float64(r.planned); {
	case r.pace.planDue():
		r.pace.plan(r.ages(now))
	case change > 1/replan && change < replan:
		return
	}
	before := r.width
	r.width, r.planned = r.pace.width(r.slots, sampling), sampling
	if r.width != before {
		r.note(now, Width, -1, r.width)
	}
}

// sampling is the time that a sample may have: the window's, or what its problem was promised.
func (r *run) sampling() time.Duration {
	d := r.landingTime().Sub(r.begin)
	if n := len(r.promises); n > 0 {
		s := &r.promises[n-1].share
		d = min(d, time.Duration(s.passes(s.own, r.live)*float64(time.Second)))
	}
	return d
}

// ages are the tokens that the running samples have.
func (r *run) ages(now time.Time) []float64 {
	ages := make([]float64, 0, r.live)
	for _, b := range r.shown() {
		for _, id := range b.runningIDs() {
			ages = append(ages, r.pace.age(b.launches[id.Index].step, now))
		}
	}
	return ages
}
