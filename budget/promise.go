package budget

import (
	"slices"
	"time"
)

// promise fixes the time of a problem that begins.
func (r *run) promise(now time.Time, problem int) {
	own, kept := r.timed.Allot(r.view, problem)
	b := r.ballots[problem]
	b.share = share{own: own.Seconds(), since: r.clock.each}
	r.kept = kept.Seconds()
	r.promises = append(r.promises, b)
	r.keepPromises(now)
}

// keepPromises takes back what has been promised beyond the time that is left: first of what is kept for the problems that
// have not begun, down to an equal part for each, then of all.
func (r *run) keepPromises(now time.Time) {
	left, others := r.window.End.Sub(now).Seconds(), float64(len(r.ballots)-r.begun)
	if len(r.promises) > 0 && r.promised() > left {
		equal := left / (others + float64(len(r.promises)))
		r.kept = min(r.kept, max(equal, (left-r.promisedToBegun())/max(others, 1)))
		if sum := r.promisedToBegun(); sum > left-others*r.kept {
			r.cutShares(max(left-others*r.kept, 0) / sum)
		}
	}
}

// cutShares leaves a part of what begun problems may yet take.
func (r *run) cutShares(part float64) {
	for _, b := range r.promises {
		b.share.own -= (1 - part) * b.share.left(&r.clock)
	}
}

// promised is the time, in seconds, that begun problems may yet take and that is kept for the others.
func (r *run) promised() float64 {
	return r.promisedToBegun() + float64(len(r.ballots)-r.begun)*r.kept
}

func (r *run) promisedToBegun() float64 {
	sum := 0.0
	for _, b := range r.promises {
		sum += b.share.left(&r.clock)
	}
	return sum
}

// landingOf is when the samples of a problem must be landed so that it takes no more than its share.
func (r *run) landingOf(now time.Time, b *ballot) time.Time {
	wall := func(seconds float64) time.Duration {
		return time.Duration(b.share.passes(seconds, r.live) * float64(time.Second))
	}
	return now.Add(wall(b.share.left(&r.clock)) - r.pace.reserve(r.live, wall(b.share.own)))
}

// expire lands the samples of the problems whose time is over. What has not landed after twice the time that it takes
// never will, and is cancelled: it must not hold up the problems that wait for its end.
func (r *run) expire(now time.Time) {
	r.promises = slices.DeleteFunc(r.promises, func(b *ballot) bool { return b.settled })
	r.keepPromises(now)
	for _, b := range r.promises {
		switch {
		case !b.expired && !r.landing && !now.Before(r.landingOf(now, b)):
			running := b.runningIDs()
			r.note(now, Expired, b.problem, len(running))
			r.landAll(running)
			b.expired, b.overdue = true, now.Add(2*r.pace.reserve(r.live, r.window.End.Sub(r.begin)))
		case b.expired && !now.Before(b.overdue):
			r.cancel(b.runningIDs())
		}
		r.settle(b, now)
	}
}
